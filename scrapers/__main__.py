"""``python -m scrapers``: crawl one source, as a child of the tracker."""

import sys

from scrapers.run import main

sys.exit(main())
