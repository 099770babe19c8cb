"""The product's own settings; only the peer that lines are compared with is added."""

from importlib.util import find_spec

from vaxcampaign.settings.base import *  # noqa: F403
from vaxcampaign.settings.base import INSTALLED_APPS, LOGGING

if find_spec("import_export"):
    INSTALLED_APPS = [*INSTALLED_APPS, "import_export"]
LOGGING["root"]["level"] = "WARNING"
ROOT_URLCONF = "bench.urls"  # the product's, and the bare view that P7 is compared with
