"""Visits, screenings, doses, adverse events, certificates."""

from .certificate import Certificate, SigningKey
from .reaction import CardMark, CaseCard, CaseEntry, ReactionGroup, ReactionPlan
from .visit import AdverseEvent, Dose, Screening, Visit

__all__ = [
    "AdverseEvent",
    "CardMark",
    "CaseCard",
    "CaseEntry",
    "Certificate",
    "Dose",
    "ReactionGroup",
    "ReactionPlan",
    "Screening",
    "SigningKey",
    "Visit",
]
