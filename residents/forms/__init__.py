"""Forms of the register."""

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
    "ConditionForm",
    "ConsentRecordForm",
    "DocumentForm",
    "DoseElsewhereForm",
    "PersonForm",
    "RemovalForm",
    "RestoreForm",
    "RevealForm",
]
