"""Models of the lowest floor."""

from .audit import AuditChain, AuditEvent
from .jobs import ChangeNote, Job

__all__ = ["AuditChain", "AuditEvent", "ChangeNote", "Job"]
