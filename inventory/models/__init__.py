"""Vaccines, lots, the ledger, its documents, the supplies beside them, and the cold chain."""

from .cold import ColdDevice, Excursion, LoggerFile, TemperatureReading
from .documents import DocumentCounter, DocumentLine, StockDocument
from .recall import LotRecall
from .stock import StockLevel, StockMovement
from .supplies import SupplyItem, SupplyLot, SupplyMovement
from .vaccine import Lot, Presentation, Vaccine

__all__ = [
    "ColdDevice",
    "DocumentCounter",
    "DocumentLine",
    "Excursion",
    "LoggerFile",
    "Lot",
    "LotRecall",
    "Presentation",
    "StockDocument",
    "StockLevel",
    "StockMovement",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
    "TemperatureReading",
    "Vaccine",
]
