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
from .merging import MergeForm, PairMarkForm, UnmergeForm
from .person import PersonForm

__all__ = [
    "BaseForm",
    "CensusForm",
    "ConditionForm",
    "ConsentRecordForm",
    "DocumentForm",
    "DoseElsewhereForm",
    "MergeForm",
    "PairMarkForm",
    "PersonForm",
    "RemovalForm",
    "RestoreForm",
    "RevealForm",
    "SettleForm",
    "UnmergeForm",
]
