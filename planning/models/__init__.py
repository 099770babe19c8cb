"""Plans: who is to receive what, and what is to be given by a deadline."""

from .allocation import AllocationLine, AllocationPlan, AllocationShare
from .clear_out import ClearOut, ClearOutCount, ClearOutStart

__all__ = [
    "AllocationLine",
    "AllocationPlan",
    "AllocationShare",
    "ClearOut",
    "ClearOutCount",
    "ClearOutStart",
]
