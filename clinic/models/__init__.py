"""Visits, screenings, doses, adverse events."""

from .visit import AdverseEvent, Dose, Screening, Visit

__all__ = ["AdverseEvent", "Dose", "Screening", "Visit"]
