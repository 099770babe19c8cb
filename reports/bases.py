"""基数: the kept version of the register that a percentage is of, and how many of a cohort it holds (S53)."""

from collections.abc import Collection

from django.db.models import Count

from campaigns.models import Campaign
from places.querysets import any_code_range
from reports.cohorts import EVERYONE, Cohort
from reports.units import Unit
from residents.choices import VersionKind
from residents.models import RegisterMember, RegisterVersion


def newest_base(campaign: Campaign) -> RegisterVersion | None:
    """The newest kept base of ``campaign``."""
    kept = RegisterVersion.objects.of(campaign=campaign, kind=VersionKind.BASE, place=campaign.place)
    return kept.order_by("-number").first()


def people_in(
    base: RegisterVersion, campaign: Campaign, units: Collection[Unit], cohort: Cohort = EVERYONE
) -> dict[Unit, int]:
    """Target persons of ``cohort`` in ``base`` by unit. Who was counted where is as it was kept; age and marks are as the
    register has them now."""
    if cohort is EVERYONE and not any(unit.group_no for unit in units):
        villages = base.counts["villages"].items()
        return {
            unit: sum(n["target"] for code, n in villages if code.startswith(unit.place.prefix))
            for unit in units
        }
    members = RegisterMember.objects.filter(
        any_code_range("unit_code", {unit.place.prefix for unit in units}),
        cohort.condition(campaign),
        version=base,
        is_target=True,
    )
    rows = members.values_list("unit_code", "village_code", "group_no").annotate(n=Count("pk")).order_by()
    return {unit: sum(n for *where, n in rows if _holds(unit, *where)) for unit in units}


def _holds(unit: Unit, unit_code: str, village_code: str, group_no: str) -> bool:
    if not unit.group_no:
        return unit_code.startswith(unit.place.prefix)
    return unit_code == village_code == unit.place.code and group_no == unit.group_no
