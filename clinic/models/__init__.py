"""Visits, screenings, doses, corrections, adverse events, certificates."""

from .certificate import Certificate, SigningKey
from .correction import Correction
from .reaction import CardMark, CaseCard, CaseEntry, ReactionGroup, ReactionPlan
from .visit import AdverseEvent, Dose, Screening, Visit

__all__ = [
    "AdverseEvent",
    "CardMark",
    "CaseCard",
    "CaseEntry",
    "Certificate",
    "Correction",
    "Dose",
    "ReactionGroup",
    "ReactionPlan",
    "Screening",
    "SigningKey",
    "Visit",
]
