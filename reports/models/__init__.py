"""Targets, roll-ups, files."""

from .report import ReportFile, Rollup, Target

__all__ = ["ReportFile", "Rollup", "Target"]
