"""Figures for Prometheus: requests as they are counted here, and what the database says when somebody asks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from db.job_queue import jobs_by_state
from db.models import Crawl, Delivery
from db.queries import newest_crawls
from db.vocabulary import DeliveryState
from notifications.alerts import standing_alerts
from tracker import __version__
from tracker.watch.look import last_backup, oldest_due

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def method_of(typed: str) -> str:
    """The method of a request; one that nobody knows is typed text, of any length, and counts as one."""
    return typed if typed in METHODS else "other"


class Metrics:
    """The requests of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.latency = Histogram(
            "kansenradar_request_seconds", "Requests by route and status: how many, and how long they took.",
            ("method", "route", "status"), registry=self.registry, buckets=BUCKETS,
        )  # fmt: skip

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add one request."""
        self.latency.labels(method, route, str(status)).observe(seconds)


def exposed(metrics: Metrics, session: Session, now: datetime) -> bytes:
    """Everything, as Prometheus reads it; where the database does not answer, that and what is counted here."""
    asked = CollectorRegistry()
    asked.register(_Asked(session, now))
    return generate_latest(metrics.registry) + generate_latest(asked)


class _Asked(Collector):
    """What the database says at this moment."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing ahead of time: the database is asked once, when it is collected."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure with its labels."""
        yield _gauge("build_info", "Which version answers.", {(__version__,): 1}, "version")
        try:
            figures = [*self._mail(), *self._sources(), *self._queue(), *self._troubles()]
        except SQLAlchemyError:
            figures = []
        yield _gauge("database_up", "Whether the database answers.", {(): int(bool(figures))})
        yield from figures

    def _mail(self) -> Iterator[GaugeMetricFamily]:
        rows = self.session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all()
        counts = dict.fromkeys((state.value for state in DeliveryState), 0) | dict(rows)
        by_state = {(state,): float(number) for state, number in counts.items()}
        yield _gauge("mails", "Mails by state.", by_state, "state")
        yield _gauge(
            "mail_oldest_due_seconds",
            "How late the oldest due mail is.",
            {(): self._age(oldest_due(self.session, self.now), 0)},
        )

    def _sources(self) -> Iterator[GaugeMetricFamily]:
        whole, last = newest_crawls(self.session, complete=True), newest_crawls(self.session)
        ages = {(name,): self._age(crawl.finished_at) for name, crawl in whole.items()}
        yield _gauge("source_complete_age_seconds", "Since a source was last read to its end.", ages, "source")
        whole_now = {(name,): float(crawl.complete) for name, crawl in last.items()}
        yield _gauge("source_complete", "Whether the last crawl was.", whole_now, "source")
        took = {(name,): (crawl.finished_at - crawl.started_at).total_seconds() for name, crawl in last.items()}
        yield _gauge("source_crawl_seconds", "How long the last crawl took.", took, "source")
        total = select(func.count()).select_from(Crawl)
        yield _gauge("crawls", "Crawls that are remembered.", {(): self.session.exec(total).one()})

    def _queue(self) -> Iterator[GaugeMetricFamily]:
        """Where several processes share the work; one process alone has none."""
        jobs = jobs_by_state(self.session)
        yield _gauge("jobs", "Jobs of the queue, by lane and state.", jobs, "lane", "state")

    def _troubles(self) -> Iterator[GaugeMetricFamily]:
        counts: dict[tuple[str, ...], float] = {}
        for alert in standing_alerts(self.session):
            kind = (alert.key.partition(":")[0],)
            counts[kind] = counts.get(kind, 0) + 1
        yield _gauge("alerts", "Alerts that stand, by kind.", counts, "kind")
        made = self._age(last_backup(self.session))
        yield _gauge("backup_age_seconds", "Since the last backup; -1: never.", {(): made})

    def _age(self, moment: datetime | None, never: float = -1) -> float:
        return (self.now - moment).total_seconds() if moment else never


def _gauge(name: str, text: str, values: Mapping[Any, float], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"kansenradar_{name}", text, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family
