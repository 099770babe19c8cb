"""Reads of accounts."""

from django.contrib.auth.models import UserManager
from django.db.models import Q, QuerySet

from accounts.choices import RoleState
from places.querysets import any_code_range


class RoleAssignmentQuerySet(QuerySet):
    """Reads of RoleAssignment."""

    def current(self, today):
        """In force on ``today``: not over, not still waiting for the security administrator."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=today), since__lte=today, state=RoleState.IN_FORCE
        )

    def not_over(self, today):
        """In force on ``today`` or later, also those that wait; the refused are over."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=today)).exclude(state=RoleState.REFUSED)

    def inside(self, prefixes):
        """Roles at places that begin with ``prefixes``, or at sites or organisations there."""
        return self.filter(
            any_code_range("place__code", prefixes)
            | any_code_range("site__place__code", prefixes)
            | any_code_range("organisation__place__code", prefixes)
        )


class SecurityEventQuerySet(QuerySet):
    """Reads of SecurityEvent."""

    def visible_to(self, user):
        """What staff of the security administrator's places did, and what nobody known did."""
        staff = user._meta.model.objects.inside(user.scope("security.guard").prefixes).order_by().values("pk")
        return self.filter(Q(user__in=staff) | Q(user__isnull=True))


class AccountManager(UserManager):
    """Users; ``visible_to`` is for those who manage or lock accounts."""

    def visible_to(self, user):
        """Accounts with a role (also a former one) inside the places where ``user`` looks after accounts.

        Seeing is not managing: ``accounts.services.accounts.may_manage`` decides about deeds.
        """
        return self.inside(user.scope("accounts.view").prefixes)

    def inside(self, prefixes):
        """Accounts with a role inside places that begin with ``prefixes``; never the installation's administrators."""
        inside = (
            any_code_range("assignments__place__code", prefixes)
            | any_code_range("assignments__site__place__code", prefixes)
            | any_code_range("assignments__organisation__place__code", prefixes)
        )
        return self.get_queryset().filter(inside, is_superuser=False).distinct()

    def without_certificate(self, user, *, today, until):
        """Vaccinators at work that ``user`` sees and whose training certificate is missing or ends by ``until``."""
        at_work = self.visible_to(user).filter(is_active=True)
        role = Q(assignments__role="vaccinator", assignments__since__lte=today) & (
            Q(assignments__until__isnull=True) | Q(assignments__until__gte=today)
        )
        valid = Q(qualifications__kind="vaccinator", qualifications__valid_to__gt=until)
        return at_work.filter(role).exclude(pk__in=self.get_queryset().filter(valid).values("pk"))


def audit_visible_to(events, user):
    """``events`` (AuditEvent) inside the auditor's places: done there, done by staff of there, or by the system nowhere.

    A function and not a queryset method: the trail lies a floor below and does not know users.
    """
    prefixes = user.scope("audit.view").prefixes
    staff = user._meta.model.objects.inside(prefixes).values("pk")
    return events.filter(
        any_code_range("place_code", prefixes) | Q(actor__in=staff) | Q(actor__isnull=True, place_code="")
    )
