"""Campaigns, rules and texts; who leads and who works."""

from .campaign import Campaign, ConsentForm, Phase, PriorityGroup, QuestionSet, ScheduleRule
from .groups import WorkGroup, WorkGroupMember

__all__ = [
    "Campaign",
    "ConsentForm",
    "Phase",
    "PriorityGroup",
    "QuestionSet",
    "ScheduleRule",
    "WorkGroup",
    "WorkGroupMember",
]
