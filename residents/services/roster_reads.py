"""What the roster pages count and list. Reads only; a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, FilteredRelation, Max, OuterRef, Prefetch, Q, QuerySet

from campaigns.models import Campaign
from residents.choices import EnrolmentStatus
from residents.grades import class_word
from residents.models import Consent, Enrolment, ResidentIdentifier, RosterEntry


@dataclass(frozen=True)
class Figures:
    """A roster in numbers. ``first``, ``complete``: with a first dose, with the primary course. ``none``: without any, and
    neither contraindicated nor outside the campaign. ``unchecked``: not confirmed yet."""

    people: int = 0
    first: int = 0
    complete: int = 0
    none: int = 0
    unchecked: int = 0
    checked_at: datetime | None = None


def in_campaign(entries: QuerySet, campaign: Campaign | None) -> QuerySet:
    """Adds ``mine``, the person's enrolment in ``campaign``, to conditions."""
    condition = Q(resident__enrolments__campaign=campaign.pk if campaign else 0)
    return entries.annotate(mine=FilteredRelation("resident__enrolments", condition=condition))


_FIRST = Q(mine__first_dose_on__isnull=False)
_COMPLETE = Q(mine__primary_complete_on__isnull=False)
# Who could still be brought: a pupil too young for the campaign is nobody's omission.
UNVACCINATED = ~_FIRST & ~Q(mine__status__in=(EnrolmentStatus.INELIGIBLE, EnrolmentStatus.CONTRA))


def figures(organisation_ids: Iterable[int], campaign: Campaign | None) -> dict[int, Figures]:
    """The numbers of these rosters, by organisation id; an empty roster is left out."""
    entries = RosterEntry.objects.current().filter(organisation__in=list(organisation_ids)).order_by()
    rows = in_campaign(entries, campaign).values("organisation")
    rows = rows.annotate(
        people=Count("pk"),
        first=Count("pk", _FIRST),
        complete=Count("pk", _COMPLETE),
        none=Count("pk", UNVACCINATED),
        unchecked=Count("pk", Q(confirmed_at__isnull=True)),
        checked_at=Max("confirmed_at"),
    )
    return {row.pop("organisation"): Figures(**row) for row in rows}


def totals(entries: QuerySet, campaign: Campaign | None) -> dict[str, int]:
    """{unchecked, none}: how many of ``entries`` are not confirmed, and could have a first dose but have none. For the desk."""
    return in_campaign(entries.order_by(), campaign).aggregate(
        unchecked=Count("pk", Q(confirmed_at__isnull=True)), none=Count("pk", UNVACCINATED)
    )


def with_people(entries: QuerySet, campaign: Campaign | None) -> QuerySet:
    """Everything a line of a roster shows; ``resident.in_campaign`` holds at most one enrolment."""
    mine = Enrolment.objects.filter(campaign=campaign)
    return entries.select_related("resident__village", "organisation", "confirmed_by").prefetch_related(
        Prefetch("resident__identifiers", ResidentIdentifier.objects.order_by("-is_primary", "pk")),
        Prefetch("resident__enrolments", mine, to_attr="in_campaign"),
    )


def enrolment_of(entry: RosterEntry) -> Enrolment | None:
    """The enrolment of an entry read by ``with_people``."""
    return next(iter(entry.resident.in_campaign), None)


# 在册, 目标, 同意, 已种1/2, 未种 and the health state (domain §7.3), in the order of the sheet.
SUMMARY = (
    ("people", "在册"),
    ("target", "目标"),
    ("agreed", "同意"),
    ("first", "已种第1剂"),
    ("second", "已种第2剂"),
    ("none", "未种"),
    ("ill", "有慢病或自述情况"),
    ("deferred", "暂缓或待鉴定"),
    ("contra", "禁忌"),
    ("outside", "住外县"),
)


_WAITING = (EnrolmentStatus.HOLD, EnrolmentStatus.REVIEW)
# Whom each of SUMMARY counts, of entries read by ``with_agreement``.
SUMMARY_OF = {
    "people": Q(),
    "target": Q(mine__is_target=True),
    "agreed": Q(agreed_now=True),
    "first": _FIRST,
    "second": Q(mine__doses_done__gte=2),
    "none": ~_FIRST,
    "ill": ~Q(resident__conditions=""),
    "deferred": Q(mine__status__in=_WAITING),
    "contra": Q(mine__status=EnrolmentStatus.CONTRA),
    "outside": ~Q(home_county=""),
}


def with_agreement(entries: QuerySet, campaign: Campaign | None) -> QuerySet:
    """Adds ``mine``, the person's enrolment in ``campaign``, and whether somebody has agreed to it."""
    agreed = Consent.objects.current().filter(enrolment=OuterRef("mine__pk"), given=True)
    return in_campaign(entries, campaign).annotate(agreed_now=Exists(agreed))


def school_summary(organisation_ids: Sequence[int], campaign: Campaign | None) -> list[dict]:
    """Lines {organisation, name, grade, class_no, part, <keys of SUMMARY>} of schools by grade and class (S30)."""
    entries = RosterEntry.objects.current().filter(organisation__in=organisation_ids)
    rows = with_agreement(entries, campaign).order_by()
    counts = {key: Count("pk", SUMMARY_OF[key]) for key, _ in SUMMARY}
    rows = rows.values("organisation", "organisation__name", "grade", "class_no").annotate(**counts)
    lines = [
        {
            **row,
            "name": row["organisation__name"],
            "part": class_word(row["grade"], row["class_no"]) or "未分班",
        }
        for row in rows
    ]
    return sorted(lines, key=lambda row: (row["name"], row["grade"] or 99, _class_order(row["class_no"])))


def sums(lines: Sequence[dict]) -> dict[str, int]:
    """The line 合计."""
    return {key: sum(line[key] for line in lines) for key, _ in SUMMARY}


def _class_order(class_no: str) -> tuple[int, str]:
    return (int(class_no), "") if class_no.isdigit() else (99, class_no)
