"""Settings come from the environment; see ``base``. Tests use ``vaxcampaign.settings.test``."""

from .base import *  # noqa: F403
