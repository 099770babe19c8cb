"""The visit round: who of my people is not vaccinated, what they said last, in which order to go. The page, the printed
list and the workbook read it from here, so they can never differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from campaigns.models import Campaign
from core.dates import add_months, age_on
from places.querysets import code_range
from residents.choices import DutyLevel, LiftState
from residents.models import Charge, Enrolment, LiftRequest, Outreach, OutreachClaim, Resident
from residents.querysets import resident_scope
from residents.responsibility import DutyBook
from residents.services.outreach import unit_of
from residents.wording import status_word

ELDER = 60
TODAY, PROMISED, NEW = "today", "promised", "new"
WHEN = [(TODAY, "今天要走访"), (PROMISED, "承诺已到期"), (NEW, "还没走访过")]


@dataclass(frozen=True)
class Stop:
    """One person of the round, ready for the screen or for paper."""

    enrolment: Enrolment
    age: int
    status: object
    last: Outreach | None
    visits: int
    responsible: str
    claimed_by: User | None

    @property
    def resident(self):
        return self.enrolment.resident


def round_of(user: User, campaign: Campaign, today: date) -> QuerySet[Enrolment]:
    """Target people of ``user`` without a first dose, those of 60 and over first, then by village, group, household."""
    last = Outreach.objects.filter(resident=OuterRef("resident")).order_by("-at", "-pk")
    elder = Case(
        When(resident__birth_date__lte=add_months(today, -12 * ELDER), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        Enrolment.objects.filter(
            resident_scope(user, "outreach.log", "resident__"), campaign=campaign, doses_done=0
        )
        .on_target()
        .filter(resident__removed_on__isnull=True)
        .annotate(
            younger=elder,
            last_pk=Subquery(last.values("pk")[:1]),
            last_promise=Subquery(last.values("promised_on")[:1]),
            last_next=Subquery(last.values("next_on")[:1]),
        )
        .select_related("resident__village", "resident__household")
        .order_by(
            "younger", "resident__village_code", "resident__group_no", "resident__household__number", "pk"
        )
    )


def narrow(rows: QuerySet[Enrolment], criteria: Mapping[str, str], today: date, user: User) -> QuerySet:
    """Keep the people who meet every criterion. Keys: village (code), group, grid, reason, tag (id), when (of WHEN),
    age ("60", "80"), mine ("1": in the care of ``user`` as head or cadre), q."""
    if village := criteria.get("village"):
        rows = rows.filter(code_range("resident__village_code", village))
    for key, column in (
        ("group", "resident__group_no"),
        ("grid", "resident__grid"),
        ("reason", "resident__not_vaccinated_reason"),
        ("tag", "resident__tags"),
    ):
        if value := criteria.get(key):
            rows = rows.filter(**{column: value})
    if years := criteria.get("age"):
        rows = rows.filter(resident__birth_date__lte=add_months(today, -12 * int(years)))
    if when := criteria.get("when"):
        rows = rows.filter(_moment(when, today))
    if criteria.get("mine"):
        rows = rows.filter(_mine(user))
    if text := criteria.get("q"):
        rows = rows.filter(resident__in=Resident.objects.matching(text))
    return rows


def _moment(when: str, today: date) -> Q:
    return {
        TODAY: Q(last_next__lte=today),
        PROMISED: Q(last_promise__lt=today),
        NEW: Q(last_pk__isnull=True),
    }[when]


def _mine(user: User) -> Q:
    """In the care of ``user``: people of the own charge, groups and grids."""
    query = Q(Exists(Charge.objects.filter(resident=OuterRef("resident"), until=None, duty__holder=user)))
    for duty in user.duties.filter(until=None, level=DutyLevel.CADRE):
        part = Q(resident__village=duty.village_id)
        part &= Q(resident__group_no=duty.group_no) if duty.group_no else Q(resident__grid=duty.grid)
        query |= part
    return query


def counts(user: User, campaign: Campaign, today: date) -> dict[str, int]:
    """For the desk: people to visit today, and promises that have passed."""
    rows = round_of(user, campaign, today).order_by()
    return rows.aggregate(
        today=Count("pk", _moment(TODAY, today)), promised=Count("pk", _moment(PROMISED, today))
    )


def stops(enrolments: Iterable[Enrolment], *, now: datetime, today: date) -> list[Stop]:
    """The enrolments of a page of ``round_of`` with what is said beside each; a fixed number of queries."""
    rows = list(enrolments)
    last = Outreach.objects.select_related("by").in_bulk([row.last_pk for row in rows if row.last_pk])
    people = [row.resident for row in rows]
    visits = dict(
        Outreach.objects.filter(resident__in=[row.resident_id for row in rows])
        .order_by()
        .values_list("resident")
        .annotate(Count("pk"))
    )
    units = {unit_of(person) for person in people}
    held = OutreachClaim.objects.filter(unit__in=units, expires_at__gt=now).select_related("by")
    claims = {claim.unit: claim.by for claim in held}
    book = DutyBook(people)
    return [
        Stop(
            enrolment=row,
            age=age_on(row.resident.birth_date, today),
            status=status_word(row, today),
            last=last.get(row.last_pk),
            visits=visits.get(row.resident_id, 0),
            responsible=book.name(row.resident),
            claimed_by=claims.get(unit_of(row.resident)),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Told:
    """What the ledgers of the elderly say about visits: how many, the last one, the ride."""

    visits: int
    last: Outreach | None
    lift: LiftRequest | None


def told(prefix: str, *, until: date) -> dict[int, Told]:
    """By resident id, of the people whose village code begins with ``prefix``; visits paid up to the day ``until``.
    Whom nobody visited or offered a ride is left out."""
    here = code_range("resident__village_code", prefix)
    visits: dict[int, list[Outreach]] = {}
    for row in Outreach.objects.filter(here, at__date__lte=until).select_related("by").order_by("at", "pk"):
        visits.setdefault(row.resident_id, []).append(row)
    rides = LiftRequest.objects.filter(here).exclude(state=LiftState.CANCELLED).order_by("on")
    lifts = {lift.resident_id: lift for lift in rides}
    return {
        pk: Told(len(mine := visits.get(pk, [])), mine[-1] if mine else None, lifts.get(pk))
        for pk in visits.keys() | lifts.keys()
    }
