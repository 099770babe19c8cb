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
from .moves import AnswerForm, ClaimForm, MoveForm
from .person import PersonForm

__all__ = [
    "AnswerForm",
    "BaseForm",
    "CensusForm",
    "ClaimForm",
    "ConditionForm",
    "ConsentRecordForm",
    "DocumentForm",
    "DoseElsewhereForm",
    "MergeForm",
    "PairMarkForm",
    "MoveForm",
    "PersonForm",
    "RemovalForm",
    "RestoreForm",
    "RevealForm",
    "SettleForm",
    "UnmergeForm",
]
