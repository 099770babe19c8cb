"""Models of the lowest floor."""

from .audit import AuditChain, AuditEvent, AuditProof
from .jobs import ChangeNote, Job

__all__ = ["AuditChain", "AuditEvent", "AuditProof", "ChangeNote", "Job"]
