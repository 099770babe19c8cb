"""What the pages of this room show: people to book, a session by slot and village, the lists of a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from appointments.invited import invitations
from appointments.models import Booking, ClinicSession, RosterSubmission, Slot
from appointments.rooms import SlotRoom
from appointments.second_doses import ringable
from core import phones
from core.dates import add_months
from places.models import Organisation, Place
from places.querysets import any_code_range, code_range
from residents.models import Enrolment, RosterEntry

ELDER_YEARS = 60


def due_people(user, session: ClinicSession) -> QuerySet[Enrolment]:
    """People of ``user`` whose next dose may be given on the session's day and who are not booked for it yet.

    The longest overdue first. Whether the session's products fit is decided when booking.
    """
    booked = Booking.objects.active().filter(enrolment=OuterRef("pk"), dose_number=OuterRef("next_dose"))
    people = Enrolment.objects.filter(campaign=session.campaign).visible_to(user, "bookings.make")
    invited = invitations([session.pk])[session.pk]
    if invited.villages or invited.hosts:
        listed = RosterEntry.objects.current().filter(
            resident=OuterRef("resident"), organisation__in=invited.hosts
        )
        people = people.filter(
            any_code_range("resident__village_code", invited.villages)
            | Q(resident__organisation__in=invited.hosts)
            | Exists(listed)
        )
    return (
        people.due(session.on)
        .filter(~Exists(booked), resident__removed_on__isnull=True)
        .select_related("resident__village", "resident__organisation", "last_product")
        .prefetch_related("resident__identifiers")
        .order_by(F("due_to").asc(nulls_last=True), "resident__village_code", "resident__group_no", "pk")
    )


def due_by_village(session: ClinicSession) -> dict[str, int]:
    """How many people are due on the day of ``session`` and not booked for it, by village code."""
    booked = Booking.objects.active().filter(enrolment=OuterRef("pk"), dose_number=OuterRef("next_dose"))
    due = Enrolment.objects.filter(campaign=session.campaign, resident__removed_on__isnull=True)
    town = code_range("resident__village_code", session.site.place.prefix)
    due = due.filter(town).due(session.on).filter(~Exists(booked)).order_by()
    return dict(due.values_list("resident__village_code").annotate(Count("pk")))


def limits_of(here: SlotRoom) -> list[str]:
    """What limits the places of a slot besides their number, in words."""
    room, words = here.room, []
    if room.percent < 100:
        words.append(f"已放 {room.released}")
    if room.reserved:
        words.append(f"常规预留 {room.reserved}")
    for dose, places in sorted(room.doses.items()):
        used = sum(people for (_, n), people in here.taken.items() if n == dose)
        words.append(f"第{dose}剂 {used}/{places}")
    if room.villages:
        words.append(f"{len(room.villages)} 个村有名额")
    return words


def elder_born_until(on: date) -> date:
    """Who was born on this day or before is ``ELDER_YEARS`` or older on ``on``."""
    return add_months(on, -12 * ELDER_YEARS)


@dataclass(frozen=True)
class Grid:
    """预约时段 × 社区(村) × 人数 (domain.md §7.4): one row per village, one column per slot, sums on both sides."""

    slots: list[Slot]
    rows: list[tuple[str, list[int], int]]
    totals: list[int]
    total: int


def village_grid(slots: Iterable[Slot], bookings: Iterable[tuple[int, str]], names: dict[str, str]) -> Grid:
    """Count ``bookings`` (slot id, village code) by village and slot; ``names`` of villages by code.

    Slots for which nobody is booked have no column.
    """
    bookings, counts = list(bookings), {}
    used = {slot_id for slot_id, _ in bookings}
    slots = [slot for slot in slots if slot.pk in used]
    for slot_id, code in bookings:
        row = counts.setdefault(code, dict.fromkeys((slot.pk for slot in slots), 0))
        row[slot_id] += 1
    rows = []
    for code in sorted(counts):
        numbers = list(counts[code].values())
        rows.append((names.get(code, code), numbers, sum(numbers)))
    totals = [sum(row[1][at] for row in rows) for at in range(len(slots))]
    return Grid(slots, rows, totals, sum(totals))


def village_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by code, one query."""
    return dict(Place.objects.filter(code__in=set(codes)).values_list("code", "name"))


@dataclass
class Roster:
    """The list of one session as one user sees it (each booking with ``phone_shown``); ``lists``: who sends people, and whether the list was handed in."""

    session: ClinicSession
    bookings: list[Booking]
    grid: Grid
    lists: list["SenderList"] = field(default_factory=list)


@dataclass
class SenderList:
    """The list of one village or organisation: how many stand on it now, and what was handed in."""

    sender: Place | Organisation
    people: int
    submission: RosterSubmission | None = None
    may_submit: bool = False

    @property
    def changed(self) -> bool:
        """True when people were added or cancelled since the list was handed in."""
        return self.submission is not None and self.submission.people != self.people

    @property
    def status_pair(self) -> tuple[str, str]:
        """(kind of tag, word): whether these people may come tomorrow."""
        if self.submission is None:
            return "due", "未上报"
        if not self.submission.is_late:
            return "done", "已上报"
        return ("done", "逾期,已批准") if self.submission.is_admitted else ("stop", "逾期,待镇办批准")


def rosters(user, sessions: Iterable[ClinicSession]) -> list[Roster]:
    """The lists of ``sessions`` with the people ``user`` may see, by slot and village, in a fixed number of queries."""
    sessions = list(sessions)
    rows = list(
        Booking.objects.visible_to(user)
        .filter(slot__session__in=sessions)
        .taking_place()
        .with_people()
        .order_by("slot__starts_at", "village_code", "enrolment__resident__group_no", "pk")
    )
    submissions = list(
        RosterSubmission.objects.filter(session__in=sessions).select_related(
            "place", "organisation", "approved_by"
        )
    )
    slots = list(Slot.objects.filter(session__in=sessions).order_by("starts_at"))
    may_ring = ringable(user, (row.enrolment.resident_id for row in rows))
    for row in rows:
        person = row.enrolment.resident
        row.phone_shown = person.phone if person.pk in may_ring else phones.mask(person.phone)
    names = village_names(row.village_code for row in rows)
    found = []
    for session in sessions:
        mine = [row for row in rows if row.slot.session_id == session.pk]
        grid = village_grid(
            [slot for slot in slots if slot.session_id == session.pk],
            [(row.slot_id, row.village_code) for row in mine],
            names,
        )
        found.append(
            Roster(
                session,
                mine,
                grid,
                _senders(user, mine, [s for s in submissions if s.session_id == session.pk]),
            )
        )
    return found


def _senders(user, bookings: list[Booking], submissions: list[RosterSubmission]) -> list[SenderList]:
    """One line per village that sends people, and per school or employer that handed in a list (its people stand on
    both). A school or employer sees its own line only."""
    scope = user.scope("bookings.make")
    organisations = {s.organisation_id: s for s in submissions if s.organisation_id}
    villages = {s.place_id: s for s in submissions if not s.organisation_id}
    senders: dict[tuple, SenderList] = {}

    def line(key: tuple, sender, submission, may_submit: bool) -> SenderList:
        return senders.setdefault(key, SenderList(sender, 0, submission, may_submit))

    for booking in bookings:
        resident, organisation = booking.enrolment.resident, booking.enrolment.resident.organisation
        handed_in = organisations.get(organisation.pk) if organisation else None
        own = organisation is not None and organisation.pk in scope.organisations
        if own or handed_in:
            line((True, organisation.pk), organisation, handed_in, own).people += 1
        if not own:
            village, may = resident.village, scope.covers(resident.village_code)
            line((False, village.pk), village, villages.get(village.pk), may).people += 1
    return list(senders.values())
