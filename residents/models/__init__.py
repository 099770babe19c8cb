"""The register and what happened to the people on it."""

from .census import CensusImport, CensusRow
from .enrolment import Enrolment
from .facts import Consent, Hold, VaccinationRecord
from .resident import Household, Resident, ResidentIdentifier

__all__ = [
    "CensusImport",
    "CensusRow",
    "Consent",
    "Enrolment",
    "Hold",
    "Household",
    "Resident",
    "ResidentIdentifier",
    "VaccinationRecord",
]
