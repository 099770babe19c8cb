"""Reads of campaigns."""

import uuid
from functools import lru_cache

from django.db.models import Q, QuerySet

from core.kept import Kept
from places.querysets import any_code_range, code_range


class CampaignQuerySet(QuerySet):
    """Reads of Campaign."""

    def running(self):
        """Campaigns in progress."""
        return self.filter(state="running")

    def stamp_anew(self) -> None:
        """Say that rules, phases or vaccines of these campaigns have changed (``Campaign.stamp``)."""
        self.update(stamp=uuid.uuid4())

    def choices_for(self, request) -> list:
        """The campaigns the user may work in, newest first. Read once per request."""
        if not hasattr(request, "_campaigns"):
            request._campaigns = _newest_first(self.model, _reach(request.user))()
        return request._campaigns

    def covering(self, code: str):
        """Campaigns whose place is, or lies above, the place with this 12-digit ``code``."""
        return self.filter(place__code__in={code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12)})

    def current_for(self, request):
        """The campaign the user works in: the one chosen in this log-in, else the newest running one; or None."""
        mine, chosen = self.choices_for(request), request.session.get("campaign")
        running = [campaign for campaign in mine if campaign.state == "running"]
        return next((c for c in mine if c.code == chosen), None) or next(iter(running + mine), None)

    def visible_to(self, user):
        """Campaigns of a place above, at or below one of the user's places."""
        return self.within(_reach(user))

    def within(self, prefixes):
        """Campaigns of a place above, at or below one of those that begin with ``prefixes``."""
        query = Q(pk__in=[])
        for prefix in sorted(prefixes):
            codes = [prefix[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12) if digits <= len(prefix)]
            query |= Q(place__code__in=codes) | Q(place__code__startswith=prefix)
        return self.filter(query)


def _reach(user) -> frozenset[str]:
    return frozenset(user.scope().town_prefixes | _organisation_prefixes(user))


@lru_cache(maxsize=256)
def _newest_first(model, prefixes: frozenset[str]) -> Kept:
    """Asked by every page, and by all who work at one place the same."""
    return Kept(lambda: model.objects.within(prefixes).order_by("-starts_on", "pk"))


class PriorityGroupQuerySet(QuerySet):
    """Reads of PriorityGroup."""

    def in_use(self, campaigns=()) -> list:
        """The groups that people can be put into under these campaigns (none: the defaults alone), K1, K2 … first.

        A default that a campaign renames carries that name (in memory only); one that it closes is left out there.
        """
        campaigns = [campaign.pk for campaign in campaigns]
        rows = _groups_of(self.model, frozenset(campaigns))()
        found = {}
        for campaign in campaigns or [None]:
            groups = {row.code: row for row in rows if row.campaign_id is None and row.is_active}
            for own in rows:
                if own.campaign_id is None or own.campaign_id != campaign:
                    continue
                if not own.is_active:
                    groups.pop(own.code, None)
                elif own.code in groups:
                    groups[own.code].name = own.name
                else:
                    groups[own.code] = own
            found |= {group.pk: group for group in groups.values()}
        return sorted(found.values(), key=lambda group: (not group.short_code, group.code))


def _organisation_prefixes(user) -> set[str]:
    return {a.organisation.place.prefix for a in user.roles() if a.organisation_id}


@lru_cache(maxsize=256)
def _groups_of(model, campaigns: frozenset[int]) -> Kept:
    return Kept(
        lambda: model.objects.filter(Q(campaign=None) | Q(campaign__in=sorted(campaigns))).order_by("code")
    )


class WorkGroupQuerySet(QuerySet):
    """Reads of WorkGroup."""

    def current(self):
        """Groups that were not dissolved."""
        return self.filter(ended_on__isnull=True)

    def under(self, place):
        """Groups of ``place`` and of every place below it."""
        return self.filter(code_range("place__code", place.prefix))

    def visible_to(self, user):
        """Everything of the user's township (a county's: of its county), and the groups of the places above it."""
        prefixes = {prefix[:9] for prefix in user.scope("directory.view").town_prefixes}
        prefixes |= {prefix[:9] for prefix in _organisation_prefixes(user)}
        above = {prefix[:digits].ljust(12, "0") for prefix in prefixes for digits in (2, 4, 6)}
        return self.filter(any_code_range("place__code", prefixes) | Q(place__code__in=above))

    def editable_by(self, user):
        """Groups of the user's own places; a village does not edit the group that the township sends to help it."""
        prefixes = user.scope("directory.edit").prefixes
        offices = {prefix for prefix in prefixes if len(prefix) < 12}
        return self.filter(
            any_code_range("place__code", offices)
            | (any_code_range("place__code", prefixes) & ~Q(kind="helping"))
        )


class MemberQuerySet(QuerySet):
    """Reads of WorkGroupMember."""

    def current(self):
        """Who is in the group now."""
        return self.filter(until__isnull=True)
