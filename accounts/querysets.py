"""Reads of accounts."""

from django.contrib.auth.models import UserManager
from django.db.models import Q, QuerySet

from places.querysets import any_code_range


class RoleAssignmentQuerySet(QuerySet):
    """Reads of RoleAssignment."""

    def current(self, today):
        """In force on ``today``."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)


class AccountManager(UserManager):
    """Users; ``visible_to`` is for those who manage accounts."""

    def visible_to(self, user):
        """Accounts whose every role lies inside the places where ``user`` manages accounts; never administrators'."""
        prefixes = user.scope("accounts.manage").prefixes
        inside = (
            any_code_range("assignments__place__code", prefixes)
            | any_code_range("assignments__site__place__code", prefixes)
            | any_code_range("assignments__organisation__place__code", prefixes)
        )
        return self.get_queryset().filter(inside, is_superuser=False).distinct()
