"""Who waits for a second or later dose: counted by village and by who answers for them, and by name. Page, print and
workbook read the same rows, so a number and the names behind it can never differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from appointments.choices import Band
from appointments.models import Booking
from appointments.second_rules import SOON, band_of
from campaigns.models import Campaign
from places.querysets import code_range
from residents.choices import DutyLevel
from residents.models import DutyAssignment, Enrolment, Outreach, Resident
from residents.querysets import resident_scope
from residents.responsibility import answering

NOBODY = "none"  # in an address: people for whom nobody answers


def waiting(user, campaign: Campaign, today: date) -> QuerySet[Enrolment]:
    """People of ``user`` with a begun course whose next dose may be given within a week; the most pressing first.

    Adds ``booked_on`` (the day they are booked for, or None) and ``responsible`` (id of the duty that answers for them).
    """
    booked = Booking.objects.active().filter(enrolment=OuterRef("pk"), dose_number=OuterRef("next_dose"))
    return (
        Enrolment.objects.filter(resident_scope(user, "residents.view", "resident__"), campaign=campaign)
        .due(today + timedelta(days=SOON))
        .exclude(status="hold", hold_until__gt=today)
        .filter(next_dose__gte=2, resident__removed_on__isnull=True)
        .annotate(
            booked_on=Subquery(booked.values("slot__session__on")[:1]), responsible=answering("resident__")
        )
        .order_by(
            F("due_to").asc(nulls_last=True), "due_from", "resident__village_code", "resident__group_no", "pk"
        )
    )


def in_band(band: str, today: date) -> Q:
    """The same bands as ``second_rules.band_of``, for the database."""
    soon = today + timedelta(days=SOON)
    now = Q(due_from__lte=today)
    return {
        Band.OVERDUE: now & Q(due_to__lt=today),
        Band.CLOSING: now & Q(due_to__gte=today, due_to__lte=soon),
        Band.DUE: now & (Q(due_to__gt=soon) | Q(due_to__isnull=True)),
        Band.COMING: Q(due_from__gt=today, due_from__lte=soon),
    }[Band(band)]


def narrow(rows: QuerySet[Enrolment], criteria: Mapping[str, str], today: date) -> QuerySet[Enrolment]:
    """Keep who meets every criterion. Keys: band (of ``Band``), village (code), who (id of a duty, or ``NOBODY``),
    dose ("2"; "3": third and later), booked ("no", "yes")."""
    if band := criteria.get("band"):
        rows = rows.filter(in_band(band, today))
    if village := criteria.get("village"):
        rows = rows.filter(code_range("resident__village_code", village))
    if who := criteria.get("who"):
        rows = rows.filter(responsible=None if who == NOBODY else int(who))
    if dose := criteria.get("dose"):
        rows = rows.filter(next_dose=2) if dose == "2" else rows.filter(next_dose__gte=3)
    if booked := criteria.get("booked"):
        rows = rows.filter(booked_on__isnull=booked == "no")
    return rows


@dataclass
class Line:
    """The numbers of one village, or of one who answers there; ``numbers`` in the order of ``Band``, then all."""

    name: str
    village: str
    who: str = ""
    phone: str = ""
    found: dict[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> list[tuple[str, int]]:
        """(band, people), "" being all bands."""
        return [(band, self.found.get(band, 0)) for band in (*Band.values, "")]

    def add(self, found: Mapping[str, int]) -> None:
        """Take the numbers of a part into this line."""
        for name, people in found.items():
            self.found[name] = self.found.get(name, 0) + people

    @property
    def everybody(self) -> int:
        """In all bands."""
        return self.found.get("", 0)

    @property
    def unbooked(self) -> int:
        """Who has no place yet."""
        return self.found.get("unbooked", 0)


@dataclass
class Village(Line):
    """A village with the lines of those who answer for its people."""

    parts: list[Line] = field(default_factory=list)


def board(rows: QuerySet[Enrolment], today: date) -> tuple[list[Village], Line]:
    """The numbers of ``rows`` by village and by who answers for the people, and their sum; three queries."""
    bands = {band: Count("pk", filter=in_band(band, today)) for band in Band.values}
    grouped = rows.order_by("resident__village_code", F("responsible").asc(nulls_last=True)).values(
        "resident__village_code", "resident__village__name", "responsible"
    )
    found = list(grouped.annotate(everybody=Count("pk"), unbooked=Count("pk", Q(booked_on=None)), **bands))
    duties = duties_by_id(row["responsible"] for row in found)
    villages: dict[str, Village] = {}
    total = Line("合计", "")
    for row in found:
        code, name = row.pop("resident__village_code"), row.pop("resident__village__name")
        duty = duties.get(row.pop("responsible"))
        row[""] = row.pop("everybody")
        village = villages.setdefault(code, Village(name, code))
        part = Line(name_of(duty), code, str(duty.pk) if duty else NOBODY, duty.phone if duty else "")
        for line in (part, village, total):
            line.add(row)
        village.parts.append(part)
    return list(villages.values()), total


def duties_by_id(ids: Iterable[int | None]) -> dict[int, DutyAssignment]:
    """The duties with these ids, with holder and village."""
    return (
        DutyAssignment.objects.select_related("holder", "village").filter(pk__in=set(ids) - {None}).in_bulk()
    )


def name_of(duty: DutyAssignment | None) -> str:
    """Who answers, for which part of the village; in words when there is nobody."""
    if duty is None:
        return "没有包保人"
    part = duty.part_word.removeprefix(duty.village.name).strip()
    if duty.level == DutyLevel.LEADER:
        part = duty.get_level_display()
    return f"{duty.name}({part})" if part else duty.name


@dataclass(frozen=True)
class Waiting:
    """One person of the list, ready for screen and paper. ``phone`` is "" for who may not see it."""

    enrolment: Enrolment
    band: Band
    responsible: str
    last: Outreach | None
    phone: str

    @property
    def resident(self) -> Resident:
        return self.enrolment.resident

    @property
    def tag(self) -> tuple[str, str]:
        """For ``status_tag``."""
        kinds = {Band.OVERDUE: "stop", Band.CLOSING: "due", Band.DUE: "due", Band.COMING: "plain"}
        return kinds[self.band], self.band.label


def names(rows: QuerySet[Enrolment], user, today: date) -> list[Waiting]:
    """The people of (a page of) ``waiting``, each with the last contact; a fixed number of queries."""
    people = list(
        rows.select_related("resident__village", "resident__organisation", "last_product").prefetch_related(
            "resident__identifiers"
        )
    )
    ids = [row.resident_id for row in people]
    last = {
        contact.resident_id: contact
        for contact in Outreach.objects.filter(resident__in=ids).latest().select_related("by")
    }
    may_ring = ringable(user, ids)
    duties = duties_by_id(row.responsible for row in people)
    return [
        Waiting(
            enrolment=row,
            band=band_of(row.due_from, row.due_to, today),
            responsible=_called(row, duties),
            last=last.get(row.resident_id),
            phone=row.resident.phone if row.resident_id in may_ring else "",
        )
        for row in people
    ]


def _called(row: Enrolment, duties: Mapping[int, DutyAssignment]) -> str:
    duty = duties.get(row.responsible)
    return duty.name if duty else row.resident.responsible_name


def ringable(user, resident_ids: Iterable[int]) -> set[int]:
    """Which of these people ``user`` may ring: whole numbers are shown for these only."""
    if not user.can("phones.view"):
        return set()
    mine = Resident.objects.filter(pk__in=list(resident_ids)).in_reach(user, "phones.view")
    return set(mine.values_list("pk", flat=True))
