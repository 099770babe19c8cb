"""Pure decisions about a person in a campaign: where counted, whether on target, and what comes next."""

from .alike import Alike
from .projection import CampaignRules, Facts, HoldFact, Projection, blocks, closed_phase, project
from .units import UNIT_RULES, CountingRules, Placing, Standing, accounting_unit, told

__all__ = [
    "UNIT_RULES",
    "Alike",
    "CampaignRules",
    "CountingRules",
    "Facts",
    "HoldFact",
    "Placing",
    "Projection",
    "Standing",
    "accounting_unit",
    "blocks",
    "closed_phase",
    "project",
    "told",
]
