"""Vaccines, lots, the ledger, its documents, what is counted and closed, the supplies beside them, and the cold chain."""

from .closing import CloseLine, DayClose
from .cold import ColdDevice, Excursion, LoggerFile, LotPlace, TemperatureReading
from .documents import DocumentCounter, DocumentLine, StockDocument
from .recall import LotRecall
from .stock import StockLevel, StockMovement
from .stocktake import StockTake, TakeLine
from .supplies import SupplyItem, SupplyLot, SupplyMovement
from .trace import TraceSpan
from .vaccine import Lot, Presentation, Vaccine

__all__ = [
    "ColdDevice",
    "CloseLine",
    "DayClose",
    "DocumentCounter",
    "DocumentLine",
    "Excursion",
    "LoggerFile",
    "Lot",
    "LotPlace",
    "LotRecall",
    "Presentation",
    "StockDocument",
    "StockLevel",
    "StockMovement",
    "StockTake",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
    "TemperatureReading",
    "TakeLine",
    "TraceSpan",
    "Vaccine",
]
