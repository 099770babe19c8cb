"""Targets, roll-ups, files, filed reports, the office's texts, the duty and meetings book."""

from .bulletin import Bulletin, BulletinVersion
from .cutoffs import CutOff, PushDay
from .duty_book import DutyDay, FollowUp, FollowUpStep, Hearing, Meeting
from .filed import FiledChange, FiledLine, FiledReport, ReportSeen
from .report import ReportFile, Rollup, TargetPopulation
from .rollup_part import RollupPart
from .schedule import ReportSchedule, ScheduledRun
from .target import Target

__all__ = [
    "Bulletin",
    "BulletinVersion",
    "CutOff",
    "DutyDay",
    "FiledChange",
    "FiledLine",
    "FiledReport",
    "FollowUp",
    "FollowUpStep",
    "Hearing",
    "Meeting",
    "PushDay",
    "ReportFile",
    "ReportSchedule",
    "ReportSeen",
    "Rollup",
    "RollupPart",
    "ScheduledRun",
    "Target",
    "TargetPopulation",
]
