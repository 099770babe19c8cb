"""Pure decisions of a campaign: dataclasses in, a verdict out. Nothing here touches the database or the
clock.
"""

from .cohort import Cohort, Registered, cohort_from_data, in_cohort, why_not_in_cohort
from .facts import GivenDose, Person
from .history import Course, ReviewedDose, review_history
from .parsing import rules_from_data
from .products import Refusal, check_product
from .question_data import question_set_from_data, question_sets_from_data
from .reading import BadRuleData
from .schedule import (
    Anchor,
    EarlyDose,
    Interval,
    Kind,
    OtherVaccineGap,
    Rule,
    Step,
    Unit,
    booster_products,
    in_force,
)
from .screening import (
    Answer,
    Outcome,
    Question,
    QuestionKind,
    QuestionSet,
    Scope,
    ScreeningVerdict,
    judge,
    question_set_for,
)
from .series import next_dose
from .verdict import Offer, State, Verdict

__all__ = [
    "Anchor",
    "Answer",
    "BadRuleData",
    "Cohort",
    "Course",
    "EarlyDose",
    "GivenDose",
    "Interval",
    "Kind",
    "Offer",
    "OtherVaccineGap",
    "Outcome",
    "Person",
    "Question",
    "QuestionKind",
    "QuestionSet",
    "Refusal",
    "Registered",
    "ReviewedDose",
    "Rule",
    "Scope",
    "ScreeningVerdict",
    "State",
    "Step",
    "Unit",
    "Verdict",
    "booster_products",
    "check_product",
    "cohort_from_data",
    "in_cohort",
    "in_force",
    "judge",
    "next_dose",
    "question_set_for",
    "question_set_from_data",
    "question_sets_from_data",
    "review_history",
    "rules_from_data",
    "why_not_in_cohort",
]
