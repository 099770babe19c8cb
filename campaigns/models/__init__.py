"""Campaigns, rules and texts; who leads and who works."""

from .campaign import Campaign, ConsentForm, Phase, PriorityGroup, QuestionSet, ScheduleRule
from .groups import WorkGroup, WorkGroupMember
from .texts import CampaignText

__all__ = [
    "Campaign",
    "CampaignText",
    "ConsentForm",
    "Phase",
    "PriorityGroup",
    "QuestionSet",
    "ScheduleRule",
    "WorkGroup",
    "WorkGroupMember",
]
