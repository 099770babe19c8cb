"""Targets, roll-ups, files, filed reports."""

from .cutoffs import CutOff, PushDay
from .filed import FiledChange, FiledLine, FiledReport, ReportSeen
from .report import ReportFile, Rollup, Target

__all__ = [
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
