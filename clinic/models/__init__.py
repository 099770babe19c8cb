"""Visits, screenings, doses, adverse events, certificates."""

from .certificate import Certificate, SigningKey
from .reaction import CardMark
from .visit import AdverseEvent, Dose, Screening, Visit

__all__ = ["AdverseEvent", "CardMark", "Certificate", "Dose", "Screening", "SigningKey", "Visit"]
