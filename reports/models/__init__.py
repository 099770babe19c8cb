"""Targets, roll-ups, files, filed reports, the office's texts."""

from .bulletin import Bulletin, BulletinVersion
from .cutoffs import CutOff, PushDay
from .filed import FiledChange, FiledLine, FiledReport, ReportSeen
from .report import ReportFile, Rollup
from .target import Target

__all__ = [
    "Bulletin",
    "BulletinVersion",
    "CutOff",
    "FiledChange",
    "FiledLine",
    "FiledReport",
    "PushDay",
    "ReportFile",
    "ReportSeen",
    "Rollup",
    "Target",
]
