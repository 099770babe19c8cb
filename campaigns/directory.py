"""The directory as it is read: groups in the order of the ground, the members in it now. Page, print and workbook use it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch

from campaigns.models import Campaign, WorkGroup, WorkGroupMember
from places.models import Place


@dataclass(frozen=True)
class Chapter:
    """The groups of one place."""

    place: Place
    groups: list[WorkGroup]

    @property
    def people(self) -> int:
        return sum(len(group.current_members) for group in self.groups)


def groups_of(user, campaign: Campaign | None, *, place_code: str = "", kind: str = "") -> list[WorkGroup]:
    """The groups of ``campaign`` that ``user`` sees, each with ``current_members``; narrowed to a place and a kind."""
    if campaign is None:
        return []
    now_in = WorkGroupMember.objects.current().select_related("user")
    groups = WorkGroup.objects.visible_to(user).current().filter(campaign=campaign)
    if place_code:
        groups = groups.filter(place__code=place_code)
    if kind:
        groups = groups.filter(kind=kind)
    members = Prefetch("members", now_in, to_attr="current_members")
    return list(groups.select_related("place").prefetch_related(members))


def chapters(groups: Iterable[WorkGroup]) -> list[Chapter]:
    """``groups`` by place, in their order."""
    return [Chapter(place, list(mine)) for place, mine in groupby(groups, key=lambda group: group.place)]
