"""The product's own settings; only what waits for minutes waits for seconds, so that a short run sees it happen."""

from datetime import timedelta

from bench.chaos import marks as _marks  # noqa: F401 (its signals are connected)
from vaxcampaign.settings.base import *  # noqa: F403
from vaxcampaign.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS, LOGGING, MIDDLEWARE

MIDDLEWARE = ["bench.chaos.marks.middleware", *MIDDLEWARE]
JOBS_STALE_AFTER = timedelta(seconds=10)
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"visibility_timeout": 10}
LOGGING["root"]["level"] = "WARNING"
EXPORT_FREE_PEOPLE = 1_000_000  # the second person has tests of her own
