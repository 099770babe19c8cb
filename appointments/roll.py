"""The roll call of a session: counted and named from the same rows, so head count and names always agree."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from appointments.choices import BookingState, Part
from appointments.listing import village_names
from appointments.models import Booking, ClinicSession
from appointments.roll_rules import EXPECTED, STATES, Line
from appointments.second_doses import NOBODY, duties_by_id, name_of, ringable
from residents.models import DutyAssignment, Outreach, Resident
from residents.querysets import reaches
from residents.responsibility import answering


def expected(user, session: ClinicSession) -> QuerySet[Booking]:
    """Who is expected at ``session`` of the people ``user`` may see; adds ``responsible`` (id of a duty)."""
    rows = Booking.objects.visible_to(user).filter(slot__session=session, state__in=EXPECTED)
    rows = rows.annotate(responsible=answering("enrolment__resident__"))
    return rows.order_by("slot__starts_at", "village_code", "enrolment__resident__group_no", "pk")


def narrow(rows: QuerySet[Booking], criteria: Mapping[str, str]) -> QuerySet[Booking]:
    """Keep who meets every criterion. Keys: part (of ``Part``, or "all"), slot (id), village (code), who (id of a duty or
    ``NOBODY``), with the values of the board."""
    if (part := criteria.get("part")) in STATES:
        rows = rows.filter(state__in=STATES[part])
    if slot := criteria.get("slot"):
        rows = rows.filter(slot=int(slot))
    if village := criteria.get("village"):
        rows = rows.filter(village_code=village)
    if who := criteria.get("who"):
        rows = rows.filter(responsible=None if who == NOBODY else int(who))
    return rows


@dataclass
class Village(Line):
    """A village with the lines of those who answer for its people."""

    parts: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """All numbers of a session. ``walked_in`` stands beside the others: nobody expected these."""

    total: Line
    slots: list[Line]
    villages: list[Village]
    duties: dict[int, DutyAssignment]
    walked_in: Line

    @property
    def lines(self) -> list[Line]:
        """Every line of people who are expected."""
        parts = [part for village in self.villages for part in village.parts]
        return [self.total, *self.slots, *self.villages, *parts]

    def values(self, key: str) -> Collection[str]:
        """What may be asked for by ``key`` of ``narrow``: what stands on the page, nothing else."""
        if key == "part":
            return {*STATES, "all"}
        return {line.query[key] for line in [*self.lines, self.walked_in] if key in line.query}


def board(rows: QuerySet[Booking], walked_in: Line) -> Board:
    """The numbers of ``rows`` by slot, by village and by who answers there; three queries. ``walked_in``: of those without
    a booking."""
    grouped = rows.order_by("slot__starts_at", "village_code", F("responsible").asc(nulls_last=True))
    keys = ("slot", "slot__starts_at", "slot__ends_at", "village_code", "responsible", "state")
    found = list(grouped.values_list(*keys).annotate(Count("pk", distinct=True)))
    duties = duties_by_id(row[4] for row in found)
    names = village_names(row[3] for row in found)
    total, slots, villages, parts = Line("合计"), {}, {}, {}
    for slot, starts, ends, code, duty_id, state, people in found:
        clock = f"{starts:%H:%M}–{ends:%H:%M}"
        slots.setdefault(slot, Line(clock, {"slot": str(slot)}))
        villages.setdefault(code, Village(names.get(code, code), {"village": code}))
        parts.setdefault((code, duty_id), _part(code, duties.get(duty_id)))
        for line in (total, slots[slot], villages[code], parts[code, duty_id]):
            line.add(state, people)
    for (code, _), part in parts.items():
        villages[code].parts.append(part)
    in_order = sorted(villages.values(), key=lambda village: village.query["village"])
    return Board(total, list(slots.values()), in_order, duties, walked_in)


def _part(code: str, duty: DutyAssignment | None) -> Line:
    query = {"village": code, "who": str(duty.pk) if duty else NOBODY}
    return Line(name_of(duty), query, duty.phone if duty else "")


@dataclass(frozen=True)
class Called:
    """One person of the roll call. ``phone`` is "" for who may not see it; ``is_overdue``: the slot is over."""

    booking: Booking
    duty: DutyAssignment | None
    last: Outreach | None
    phone: str
    is_overdue: bool
    may_visit: bool

    @property
    def resident(self) -> Resident:
        return self.booking.enrolment.resident

    @property
    def is_absent(self) -> bool:
        """Has not come, or not yet."""
        return self.booking.state in STATES[Part.ABSENT]

    @property
    def tag(self) -> tuple[str, str]:
        """For ``status_tag``; somebody whose slot is over is called for, somebody else still has time."""
        if self.booking.state == BookingState.BOOKED:
            return ("stop", "过时没来") if self.is_overdue else ("plain", "还没到时间")
        return self.booking.status_pair


def names(rows: QuerySet[Booking], user, now: datetime, duties: Mapping[int, DutyAssignment]) -> list[Called]:
    """The people of ``rows`` with the last contact of today; three queries. ``now`` is local, ``duties`` are the board's."""
    bookings = list(rows.select_related("slot__session", "enrolment__resident__village"))
    ids = [booking.enrolment.resident_id for booking in bookings]
    today = timezone.localdate(now)
    contacts = Outreach.objects.filter(resident__in=ids, at__date=today).select_related("by")
    last = {contact.resident_id: contact for contact in contacts.order_by("at", "pk")}
    may_ring = ringable(user, ids)
    visits = user.can("outreach.log")
    return [
        Called(
            booking=booking,
            duty=duties.get(booking.responsible),
            last=last.get(person.pk),
            phone=person.phone if person.pk in may_ring else "",
            is_overdue=(booking.slot.session.on, booking.slot.ends_at) <= (today, now.time()),
            may_visit=visits and reaches(user, "outreach.log", person),
        )
        for booking in bookings
        for person in [booking.enrolment.resident]
    ]
