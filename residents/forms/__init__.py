"""Forms of the register."""

from .census import CensusForm
from .deeds import (
    ConditionForm,
    ConsentRecordForm,
    DocumentForm,
    DoseElsewhereForm,
    RemovalForm,
    RestoreForm,
    RevealForm,
)
from .person import PersonForm

__all__ = [
    "CensusForm",
    "ConditionForm",
    "ConsentRecordForm",
    "DocumentForm",
    "DoseElsewhereForm",
    "PersonForm",
    "RemovalForm",
    "RestoreForm",
    "RevealForm",
]
