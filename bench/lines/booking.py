"""P8: thirty-two clients at the last places of one slot, beside three statements of psycopg2."""

import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from accounts.models import User
from appointments.models import Booking, ClinicSession, Slot
from appointments.rules import Window
from appointments.services import sessions
from bench import crew, databases, ground
from bench.measure import Line, percentile, say
from bench.web import address_of
from campaigns.models import Campaign
from places.models import Place, Site
from residents.models import Enrolment

OURS, CLIENTS, TARGET = "booking_ours", 32, 0.25
PEOPLE = 10_000
_ROOM = 0.75  # of those who ask there is a place for so many


def lines(setup) -> Iterator[Line]:
    """One line; on PostgreSQL, where many write at once."""
    if setup.engine != "postgresql":
        say("P8 is measured on PostgreSQL only")
        return
    ground.use_full(PEOPLE)
    databases.copy(databases.current(), OURS)
    databases.use(OURS)
    try:
        yield _line(setup)
    finally:
        databases.drop(OURS)


def _line(setup) -> Line:
    line = Line("P8", "postgresql", f"booking the last places of one slot, {CLIENTS} clients", "asked/s", {})
    site = Site.objects.create(code="bench", name="接种点", place=Place.objects.get(code=ground.TOWN))
    waiting = iter(Enrolment.objects.filter(is_target=True).order_by("pk").values_list("pk", flat=True))
    each, times, errors, oversold = max(3, setup.doses // 16), {}, [], 0  # besides the first of each client
    for number in range(setup.rounds):
        for name, module in (("ours", "bench.booking_hand"), ("raw psycopg2", "bench.raw.booking")):
            asking = list(islice(waiting, (each + 1) * CLIENTS))
            slot = _slot(site, day=2 * number + (name == "ours") + 3, places=int(len(asking) * _ROOM))
            job = _job(slot)
            hands = [job | {"people": asking[n::CLIENTS]} for n in range(CLIENTS)]
            seconds, answers = crew.at_once(module, hands)
            line.figures.setdefault(name, []).append(each * CLIENTS / seconds)
            for answer in answers:
                times.setdefault(name, []).extend(answer["times"]["booking"])
                errors += answer["errors"]
            databases.use(OURS)
            given = Booking.objects.filter(slot=slot).active().count()
            oversold += abs(given - slot.capacity)
    line.at_least("ours / raw", line.median("ours") / line.median("raw psycopg2"), TARGET)
    line.holds(f"0 oversold, no place left over ({oversold})", not oversold)
    line.notes.append(
        f"{each} people a client, places for {_ROOM:.0%}; asked again because busy: {len(errors)}"
    )
    line.notes += [f"{name}: p95 {percentile(values, 0.95):.0f} ms" for name, values in times.items()]
    return line


def _slot(site: Site, day: int, places: int) -> Slot:
    """A slot of ``places`` in some days, open for booking."""
    campaign, now = Campaign.objects.get(), timezone.now()
    session = sessions.plan_session(
        campaign=campaign,
        site=site,
        on=timezone.localdate(now) + timedelta(days=day),
        windows=[Window(time(9), time(10))],
        minutes=60,
        actor=None,
        key=uuid.uuid4(),
        now=now,
        needs_list=False,
    )
    sessions.open_session(session=session, actor=None, now=now)
    ClinicSession.objects.filter(pk=session.pk).update(second_reason="另有安排")
    session.slots.update(capacity=places)
    return session.slots.select_related("session").get()


def _job(slot: Slot) -> dict:
    morning = datetime.combine(slot.session.on - timedelta(days=1), time(9))
    return {
        "database": OURS,
        "dsn": address_of(OURS),
        "slot": slot.pk,
        "by": User.objects.get(username="town").pk,
        "now": timezone.make_aware(morning).isoformat(),
    }
