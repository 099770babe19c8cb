"""Visits, screenings, doses, adverse events, certificates."""

from .certificate import Certificate, SigningKey
from .visit import AdverseEvent, Dose, Screening, Visit

__all__ = ["AdverseEvent", "Certificate", "Dose", "Screening", "SigningKey", "Visit"]
