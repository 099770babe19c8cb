"""Vaccines, lots and the ledger."""

from .stock import StockLevel, StockMovement
from .supplies import SupplyItem, SupplyLot, SupplyMovement
from .vaccine import Lot, Presentation, Vaccine

__all__ = [
    "Lot",
    "Presentation",
    "StockLevel",
    "StockMovement",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
    "Vaccine",
]
