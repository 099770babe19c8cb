"""Pure decisions of a campaign: dataclasses in, a verdict out. Nothing here touches the database or the
clock.
"""

from .facts import GivenDose, Person
from .history import Course, ReviewedDose, review_history
from .parsing import BadRuleData, rules_from_data
from .products import Refusal, check_product
from .schedule import Anchor, EarlyDose, Interval, Kind, OtherVaccineGap, Rule, Step, Unit, in_force
from .series import next_dose
from .verdict import Offer, State, Verdict

__all__ = [
    "Anchor",
    "BadRuleData",
    "Course",
    "EarlyDose",
    "GivenDose",
    "Interval",
    "Kind",
    "Offer",
    "OtherVaccineGap",
    "Person",
    "Refusal",
    "ReviewedDose",
    "Rule",
    "State",
    "Step",
    "Unit",
    "Verdict",
    "check_product",
    "in_force",
    "next_dose",
    "review_history",
    "rules_from_data",
]
