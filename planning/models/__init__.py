"""Plans: who is to receive what."""

from .allocation import AllocationLine, AllocationPlan, AllocationShare

__all__ = ["AllocationLine", "AllocationPlan", "AllocationShare"]
