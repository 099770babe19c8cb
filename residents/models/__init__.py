"""The register and what happened to the people on it."""

from .census import CensusImport, CensusRow, HeaderMemory, RowCells, UnderstoodRows
from .duty import Charge, DutyAssignment
from .enrolment import Enrolment, UnitChoice
from .export_request import ExportRequest
from .facts import Consent, Hold, VaccinationRecord
from .merging import Merge, PairMark
from .move import Move
from .outreach import LiftRequest, Outreach, OutreachClaim
from .person_request import PersonRequest
from .proof import DoseProof, HoldProof
from .publicity import PublicityCount
from .reconciliation import ReconciliationSign, SchoolClaim
from .resident import Household, Resident, ResidentIdentifier
from .roster import RosterEntry
from .sticker import Sticker
from .submissions import PlanRow, Recheck, Submission, SubmissionCall, SubmissionStep
from .tag import Tag
from .versions import RegisterMember, RegisterVersion

__all__ = [
    "CensusImport",
    "CensusRow",
    "Charge",
    "Consent",
    "DoseProof",
    "DutyAssignment",
    "Enrolment",
    "ExportRequest",
    "HeaderMemory",
    "Hold",
    "HoldProof",
    "Household",
    "LiftRequest",
    "Merge",
    "Move",
    "Outreach",
    "OutreachClaim",
    "PairMark",
    "PersonRequest",
    "PlanRow",
    "PublicityCount",
    "Recheck",
    "RegisterMember",
    "RegisterVersion",
    "Resident",
    "ResidentIdentifier",
    "Submission",
    "SubmissionCall",
    "SubmissionStep",
    "Tag",
    "ReconciliationSign",
    "RosterEntry",
    "RowCells",
    "UnitChoice",
    "SchoolClaim",
    "Sticker",
    "VaccinationRecord",
    "UnderstoodRows",
]
