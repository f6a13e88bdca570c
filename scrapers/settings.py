"""Scrapy's settings: who we are, how politely we ask, and how much we take at most."""

from typing import Any

PAGE_BYTES = 15 * 2**20  # after decompression
CRAWL_BYTES = 400 * 2**20  # all pages of one crawl together
PAGE_SECONDS = 60
MOST_REDIRECTS = 5
ROBOTS_BYTES = 500 * 2**10
LONGEST_WAIT = 60  # seconds a Retry-After or crawl-delay is waited for within a crawl
MEMORY_BYTES = 1280 * 2**20  # address space of a child; an idle crawl takes about a quarter


def scrapy_settings(user_agent: str) -> dict[str, Any]:
    """Everything Scrapy would otherwise decide for itself; checked against 2.19 on 2026-11-23."""
    own = "scrapers.fetch"
    scrapys = "scrapy.downloadermiddlewares"
    return {
        "USER_AGENT": user_agent,
        "ROBOTSTXT_OBEY": False,  # Scrapy allows all when robots.txt fails; Politeness obeys and does not
        "CONCURRENT_REQUESTS": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # pages in the order in which they were asked
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": PAGE_SECONDS,
        "DOWNLOAD_MAXSIZE": PAGE_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver",  # the usual one knows no IPv6
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None},
        "REDIRECT_MAX_TIMES": MOST_REDIRECTS,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # only the proxy of the settings, by ThroughProxy
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_TIMES": 2,
        "RETRY_PRIORITY_ADJUST": 1000,  # before the pages that wait, not behind them
        "LOG_LEVEL": "ERROR",
        "LOGSTATS_INTERVAL": 0,
        "DOWNLOADER_MIDDLEWARES": {
            f"{own}.OwnHostsOnly": 90,
            f"{own}.ThroughProxy": 95,
            f"{own}.Politeness": 100,
            f"{own}.PatientRetry": 550,
            f"{scrapys}.retry.RetryMiddleware": None,
        },
    }
