"""Vaccines, lots, the ledger, its documents, and the supplies beside them."""

from .documents import DocumentCounter, DocumentLine, StockDocument
from .recall import LotRecall
from .stock import StockLevel, StockMovement
from .supplies import SupplyItem, SupplyLot, SupplyMovement
from .vaccine import Lot, Presentation, Vaccine

__all__ = [
    "DocumentCounter",
    "DocumentLine",
    "Lot",
    "LotRecall",
    "Presentation",
    "StockDocument",
    "StockLevel",
    "StockMovement",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
    "Vaccine",
]
