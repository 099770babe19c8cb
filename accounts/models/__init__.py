"""Accounts, roles, qualifications, and how log-ins are guarded."""

from .access import (
    AccessPolicy,
    DeviceReset,
    PasswordUsed,
    RecoveryCode,
    SecondFactor,
    SecurityEvent,
)
from .user import RoleAssignment, Scope, StaffQualification, User

__all__ = [
    "AccessPolicy",
    "DeviceReset",
    "PasswordUsed",
    "RecoveryCode",
    "RoleAssignment",
    "Scope",
    "SecondFactor",
    "SecurityEvent",
    "StaffQualification",
    "User",
]
