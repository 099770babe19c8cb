"""A day in full swing: sites with as many booked people each, and one more site whose people wait for the load.

Sessions, lots, stock and accounts come from the product's services; people, bookings and visits are thousands and go in in
bulk, with the facts that the services would have written (the audit rows excepted): ``verify_ledger`` and ``drift`` hold.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.choices import QualificationKind, Role
from accounts.models import StaffQualification, User
from accounts.services.accounts import create_account
from appointments.models import Booking, ClinicSession, RosterSubmission
from appointments.rules import Window
from appointments.services import sessions
from bench import crowd, floor_visits, ground
from campaigns.models import Campaign
from clinic.choices import Stage
from core import bulk
from inventory.choices import TransportMeans
from inventory.models import Lot, Presentation, Vaccine
from inventory.services.drafts import Transport
from inventory.services.receipts import Delivered, receive
from places.models import Place, Site
from residents.models import Enrolment
from residents.services.enrolments import refresh

SITES, PASSWORD = 5, "Bench-2026-vax"
_WINDOWS = (Window(time(8), time(12)), Window(time(14), time(17, 30)))
# Of a thousand booked people, where they are at this moment; the rest has not come yet.
_SHARES = (
    (Stage.LEFT, 550),
    (Stage.OBSERVING, 60),
    (Stage.CONSENTED, 10),
    (Stage.PASSED, 10),
    (Stage.CHECKED_IN, 20),
)
_BOOKED = {Stage.LEFT: "done", Stage.OBSERVING: "done"}


@dataclass
class Person:
    """Somebody who is booked at the site."""

    enrolment: int
    uid: str
    name: str
    number: str
    number_hash: str
    booking: int = 0
    stage: str = ""  # "" = has not come yet
    visit: str = ""


@dataclass
class Day:
    """One site with its session, staff (by role), lot and people."""

    site: Site
    session: ClinicSession
    lot: Lot
    staff: dict[str, list[User]]
    people: list[Person] = field(default_factory=list)

    def at(self, stage: str) -> list[Person]:
        """Who is at ``stage``."""
        return [person for person in self.people if person.stage == stage]


def make(per_site: int, ready: int, to_come: int, hands: int) -> tuple[list[Day], Day]:
    """The days of ``SITES`` sites with ``per_site`` people each, and the site of the load: ``ready`` people before the needle,
    ``to_come`` who are only booked, ``hands`` accounts of each role. Works in the current database, which has the people of ``ground`` or none."""
    campaign, now = Campaign.objects.get(), timezone.now()
    days = []
    for number in range(1, SITES + 1):
        stages = [stage for stage, share in _SHARES for _ in range(share * per_site // 1000)]
        days.append(_day(number, campaign, 1, now))
        _fill(days[-1], campaign, stages + [""] * (per_site - len(stages)), now)
    load = _day(SITES + 1, campaign, hands, now)
    _fill(load, campaign, [Stage.CONSENTED] * ready + [""] * to_come, now)
    User.objects.update(must_change_password=False)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves it
    return days, load


def _day(number: int, campaign: Campaign, hands: int, now: datetime) -> Day:
    town = Place.objects.get(code=f"150622{number:03d}000")
    site = Site.objects.create(code=f"site{number}", name=f"{town}卫生院接种点", place=town)
    office, today = User.objects.get(username="town"), timezone.localdate(now)
    staff = {
        role: [_account(role, site, hand, today) for hand in range(1 if role == Role.OBSERVER else hands)]
        for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER)
    }
    session = sessions.plan_session(
        campaign=campaign, site=site, on=today, windows=_WINDOWS, actor=office, key=uuid.uuid4(), now=now
    )
    sessions.open_session(session=session, actor=office, now=now)
    ClinicSession.objects.filter(pk=session.pk).update(started_at=now, started_by=staff[Role.SCREENER][0])
    villages = Place.objects.filter(parent=town)
    handed_in = {"people": 1, "submitted_at": now - timedelta(days=1), "submitted_by": office}
    RosterSubmission.objects.bulk_create(
        [RosterSubmission(session=session, place=village, **handed_in) for village in villages]
    )
    return Day(site, session, _lot(site, number, office, now), staff)


def _account(role: str, site: Site, hand: int, today: date) -> User:
    user, _ = create_account(
        actor=None,
        username=f"{role}-{site.code}-{hand}",
        display_name=f"{Role(role).label}{hand + 1}",
        phone="",
        role=role,
        where=site,
        since=today,
        password=PASSWORD,
    )
    if role == Role.VACCINATOR:
        StaffQualification.objects.create(
            user=user,
            kind=QualificationKind.VACCINATOR,
            cert_no=user.username,
            valid_to=today + timedelta(days=300),
        )
    return user


def _lot(site: Site, number: int, office: User, now: datetime) -> Lot:
    vaccine = Vaccine.objects.get(code="CV-SV")
    presentation, _ = Presentation.objects.get_or_create(vaccine=vaccine, doses_per_vial=1)
    lot = Lot.objects.create(
        presentation=presentation,
        lot_no=f"BENCH{number:03d}",
        expires_on=timezone.localdate(now) + timedelta(days=200),
        release_no="SPL2026001",
    )
    receive(
        site=site,
        goods=[Delivered(lot, 100_000)],
        counterparty="旗疾控中心",
        paper_no="",
        transport=Transport(
            means=TransportMeans.TRUCK,
            started_at=now,
            arrived_at=now,
            start_celsius=Decimal("4.5"),
            arrival_celsius=Decimal("4.5"),
        ),
        actor=office,
        key=uuid.uuid4(),
        now=now,
    )
    return lot


@transaction.atomic
def _fill(day: Day, campaign: Campaign, stages: Sequence[str], now: datetime) -> None:
    """One booked adult per entry of ``stages``, gone as far as it says."""
    villages = list(Place.objects.filter(parent=day.site.place).order_by("code").values_list("pk", "code"))
    seed = day.site.pk
    adults = (p for p in crowd.people(10**7, seed=seed, first=seed * 10**6) if p.birth_date.year < 2000)
    chunk = list(islice(adults, len(stages)))
    last = Enrolment.objects.aggregate(last=Max("pk", default=0))["last"]
    ground.register(chunk, 0, len(chunk), villages, campaign, day.session.on)
    rows = Enrolment.objects.filter(pk__gt=last).order_by("pk")
    columns = ("pk", "resident__uid", "resident__identifiers__number_hash", "unit_code")
    slots = list(day.session.slots.order_by("starts_at").values_list("pk", flat=True))
    ids = bulk.reserve(Booking, len(stages))
    bookings = []
    lines = zip(ids, stages, rows.values_list(*columns), chunk, strict=True)
    for n, (pk, stage, row, who) in enumerate(lines):
        enrolment, uid, number_hash, village = row
        day.people.append(Person(enrolment, str(uid), who.name, who.number, number_hash, pk, stage))
        state = _BOOKED.get(stage, "arrived") if stage else "booked"
        came = now if stage else None
        slot = slots[n * len(slots) // len(stages)]
        bookings.append((pk, uuid.uuid4(), enrolment, slot, 1, village, state, now - timedelta(days=2), came))
    names = "id key enrolment_id slot_id dose_number village_code state booked_at arrived_at"
    bulk.insert(Booking, names.split(), bookings)
    floor_visits.write(day, [person for person in day.people if person.stage], campaign, now)
    ids = [person.enrolment for person in day.people]
    refresh(ids, campaign=campaign, today=day.session.on)
