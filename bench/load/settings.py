"""The product's own settings; only what stands against many people on one machine, or has tests of its own, is let go."""

from vaxcampaign.settings.base import *  # noqa: F403

LOG_INS_PER_MINUTE = 10_000  # everybody comes from one address
EXPORT_FREE_PEOPLE = 10_000_000  # the second person has tests of her own
