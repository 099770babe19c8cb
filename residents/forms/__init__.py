"""Forms of the register."""

from .census import CensusForm
from .counting import BaseForm, SettleForm
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
    "BaseForm",
    "CensusForm",
    "ConditionForm",
    "ConsentRecordForm",
    "DocumentForm",
    "DoseElsewhereForm",
    "PersonForm",
    "RemovalForm",
    "RestoreForm",
    "RevealForm",
    "SettleForm",
]
