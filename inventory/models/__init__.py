"""Vaccines, lots and the ledger."""

from .stock import StockLevel, StockMovement
from .vaccine import Lot, Presentation, Vaccine

__all__ = ["Lot", "Presentation", "StockLevel", "StockMovement", "Vaccine"]
