"""Accounts, roles, qualifications."""

from .user import RoleAssignment, Scope, StaffQualification, User

__all__ = ["RoleAssignment", "Scope", "StaffQualification", "User"]
