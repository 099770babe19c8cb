"""Campaigns, rules and texts."""

from .campaign import Campaign, ConsentForm, Phase, PriorityGroup, QuestionSet, ScheduleRule

__all__ = ["Campaign", "ConsentForm", "Phase", "PriorityGroup", "QuestionSet", "ScheduleRule"]
