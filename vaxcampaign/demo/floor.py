"""Days on the floor, played through the services of every role: booked, checked in, screened, vaccinated, observed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from appointments.checklist import points_of
from appointments.choices import Duty, SessionKind
from appointments.models import Booking, ClinicSession
from appointments.readiness import LAYOUTS
from appointments.rules import Window
from appointments.services import bookings, promises, readiness, rosters, sessions
from campaigns.models import Campaign
from clinic.models import Dose, Visit
from clinic.services import checklist, consenting, doses, lots, observations, screenings, visits
from residents.choices import ConsentChannel, Relation
from residents.models import Enrolment
from residents.services.enrolments import verdict
from vaxcampaign.demo import closing, codes, corrections, documents, guests, needs, reactions
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

PER_VILLAGE = 4  # people each village sends on a demo day
EVERY_DAY_PRODUCTS = ("CV-SV", "CV-BJ")  # products with enough stock for second doses
DAY_WINDOWS = (Window(time(8), time(12)), Window(time(14), time(17, 30)))
_PATROL = ((Duty.PATROL, "巴特尔"), (Duty.PATROL, "王铁柱"))
# How the last people of today end up, newest first; everybody before them goes through.
WAITING = ["checked_in"] * 4 + ["passed"] * 3 + ["consented"] * 3 + ["fever", "allergy", "refused"]
# Of these, who needs somebody at the side, and who is: (step, place from the end) → (tag, name).
_NEEDS = {("checked_in", 1): ("mobility", "李志愿者"), ("consented", 8): ("sight", "")}


class Floor:
    """One campaign at one site, over several days."""

    def __init__(self, ground: Ground, campaign: Campaign, now: datetime):
        self.ground, self.campaign, self.now = ground, campaign, now
        self.today = now.date()
        self.users = ground.users
        self.vaccinated: list[Dose] = []  # on the day being played

    def plan(
        self, day: date, *, ahead: int = 3, site=None, kind: str = SessionKind.OPEN, **more
    ) -> ClinicSession:
        """A session of ``day``, planned and opened ``ahead`` days before it (or now)."""
        planned_at = min(self.now, self.at(day - timedelta(days=ahead), time(9)))
        self.vaccinated = []
        session = sessions.plan_session(
            campaign=self.campaign,
            site=site or self.ground.site,
            on=day,
            windows=DAY_WINDOWS,
            actor=self.users["town"],
            key=key("session", day, kind),
            now=planned_at,
            kind=kind,
            **more,
        )
        sessions.open_session(session=session, actor=self.users["town"], now=planned_at)
        if site is None:  # at the temporary site one can see what happens without
            words = "三周后同一时间加开第2剂场次,旗疾控已答应到苗"
            promises.let_first_doses(session=session, actor=self.users["town"], reason=words, now=planned_at)
        self.staff(session)
        return session

    def staff(self, session: ClinicSession) -> None:
        """Everybody a day needs: the accounts of the site, and the township's own people by name."""
        town = self.users["town"]
        accounts = [
            (Duty.DOCTOR, "screener"),
            (Duty.REGISTRAR, "registrar"),
            (Duty.VACCINATOR, "vaccinator"),
            (Duty.OBSERVER, "observer"),
            (Duty.FIRST_AID, "observer"),
        ]
        for duty, username in accounts:
            readiness.add_post(session=session, duty=duty, user=self.users[username], actor=town)
        valid = self.today + timedelta(days=300)
        readiness.add_post(session=session, duty=Duty.REGISTRAR, name="郝芳", actor=town)
        readiness.add_post(
            session=session,
            duty=Duty.VACCINATOR,
            name="白云",
            cert_no="DEMO-baiyun",
            cert_valid_to=valid,
            actor=town,
        )
        for duty, name in ((Duty.LEADER, "刘建军"), (Duty.CONTACT, "苏和"), *_PATROL):
            readiness.add_post(session=session, duty=duty, name=name, actor=town)

    def start(self, session: ClinicSession, now: datetime) -> None:
        """The morning round, everything in order, and the doors open."""
        readiness.put_checks(
            session=session,
            ticked=points_of(session, list(session.site.zones.all())),
            celsius=Decimal("4.6"),
            cold_note="冷藏包自带温度计",
            actor=self.users["screener"],
            now=now,
        )
        readiness.start_session(session=session, actor=self.users["registrar"], now=now)

    def at(self, day: date, clock: time) -> datetime:
        """Local time on ``day``."""
        return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())

    def send(self, session: ClinicSession, *, skip: tuple[int, ...] = ()) -> None:
        """Every village (but ``skip``) books due people the day before, each into a slot of its own, and hands its list in."""
        booked_at = min(self.at(session.on - timedelta(days=1), time(10)), self.now)
        slots = list(session.slots.order_by("starts_at"))
        due = Enrolment.objects.filter(campaign=self.campaign).on_target().due(session.on)
        served = Q(next_dose=1) | Q(next_dose=2, last_product__code__in=EVERY_DAY_PRODUCTS)
        for n, village in enumerate(self.ground.villages):
            if n in skip:
                continue
            mine = due.filter(served, unit_code=village.code).exclude(
                bookings__state__in=("booked", "arrived", "done")
            )
            people = [*mine.filter(next_dose=2)[: PER_VILLAGE // 2]]
            people += mine.filter(next_dose=1)[: PER_VILLAGE - len(people)]
            cadre = self.users.get(f"cadre{n + 1:02d}")
            bookings.book_many(
                enrolments=people,
                slot=slots[n % len(slots)],
                actor=cadre,
                key=key("booking", session.on, village.code),
                now=booked_at,
            )
            if people:
                rosters.submit_roster(session=session, place=village, actor=cadre, now=booked_at)

    def pass_through(self, booking: Booking, arrived: datetime, until: str = "left") -> Visit:
        """Take one booked person over the floor, up to and including the step ``until``."""
        tag = booking.uid
        visit = visits.check_in(
            enrolment=booking.enrolment,
            site=self.ground.site,
            booking=booking,
            actor=self.users["registrar"],
            key=key("visit", tag),
            now=arrived,
        )
        if until == "checked_in":
            return visit
        self.screen(visit, arrived + timedelta(minutes=3), until)
        if until in ("passed", "fever", "allergy"):
            return visit
        consenting.sign(
            visit=visit,
            given=until != "refused",
            signer_name=booking.enrolment.resident.name,
            relation=Relation.SELF,
            channel=ConsentChannel.PAPER,
            paper_no=f"ZQ{visit.on:%m%d}-{visit.queue_no:03d}",
            actor=self.users["registrar"],
            key=key("consent", tag),
            now=arrived + timedelta(minutes=5),
        )
        if until in ("consented", "refused"):
            return visit
        self.vaccinate(visit, arrived + timedelta(minutes=8))
        return visit

    def screen(self, visit: Visit, at: datetime, until: str) -> None:
        """预检, with a fever or an allergy when the story wants one."""
        _, questions = screenings.questions_for(visit.enrolment, visit.on)
        person = screenings.person_of(visit.enrolment)
        answers = {
            q.code: {"yes": not q.bad} for q in questions.asked(person, visit.on) if q.kind == "yes_no"
        }
        if until == "allergy":
            answers["Q4"] = {"yes": True}
        screenings.screen(
            visit=visit,
            answers=answers,
            celsius=Decimal("37.8" if until == "fever" else "36.5"),
            health_code_ok=True,
            actor=self.users["screener"],
            key=key("screening", visit.uid),
            now=at,
        )

    def vaccinate(self, visit: Visit, at: datetime) -> None:
        """The needle, and the way home when the observation is over by now."""
        nurse = self.users["vaccinator"]
        plan = verdict(visit.enrolment, on=visit.on)
        lot = lots.proposed_lots(self.ground.site, plan, nurse, visit.on)[0].lot
        is_other = plan.is_substitute(lot.presentation.vaccine.code)
        dose = doses.record_dose(
            visit=visit,
            lot=lot,
            body_site="left_arm",
            checklist=[item["code"] for item in checklist.items_of(visit.enrolment)],
            recipient_confirmed=True,
            actor=nurse,
            key=key("dose", visit.uid),
            now=at,
            substitute_reason="本接种点没有与上一剂同种的疫苗" if is_other else "",
            trace_code=codes.next_code(lot),
        )
        self.vaccinated.append(dose)
        leaves = at + timedelta(minutes=self.campaign.observation_minutes + 1)
        if leaves <= self.now:
            observations.release(visit=visit, actor=self.users["observer"], now=leaves)

    def arrivals(self, session: ClinicSession) -> Iterator[Booking]:
        """Who was booked, in order of slot; one in twelve does not come."""
        rows = Booking.objects.active().filter(slot__session=session)
        rows = rows.select_related("enrolment__resident", "enrolment__campaign", "slot__session__site")
        return (booking for n, booking in enumerate(rows, start=1) if n % 12)


def play(ground: Ground, campaign: Campaign, *, now: datetime, seed: int, say: Callable[[str], None]) -> None:
    """Two finished days, today in full swing, tomorrow's list half filled, a special session ahead."""
    floor = Floor(ground, campaign, now)
    reactions.prepare(floor)
    for site, zones in ((ground.site, 6), (ground.temporary_site, 4)):
        readiness.set_zones(site=site, zones=LAYOUTS[zones], actor=ground.users["town"])
    closing.take_stock(ground, now=floor.at(floor.today - timedelta(days=2), time(7, 20)))
    for ago in (2, 1):
        _finished_day(floor, floor.today - timedelta(days=ago))
        say(f"{ago} 天前的接种日")
    documents.today(ground, now=now)
    _today(floor)
    say("今天的接种现场")
    tomorrow = floor.plan(floor.today + timedelta(days=1))
    floor.send(tomorrow, skip=(4, 7))
    floor.plan(
        floor.today + timedelta(days=2),
        site=ground.temporary_site,
        kind=SessionKind.ELDERS,
        audience=ground.villages[:3],
        title="老年人专场(暖水中学)",
    )


def _finished_day(floor: Floor, day: date) -> None:
    session = floor.plan(day)
    floor.send(session)
    floor.start(session, floor.at(day, time(7, 50)))
    for n, booking in enumerate(floor.arrivals(session)):
        until = {5: "fever", 11: "fever", 17: "refused"}.get(n, "left")
        floor.pass_through(booking, floor.at(day, time(8, 5)) + timedelta(minutes=9 * n), until)
    reactions.finished(floor, floor.vaccinated[3])
    corrections.finished(floor, floor.vaccinated[5])
    sessions.close_session(session=session, actor=floor.users["town"], now=floor.at(day, time(18)))
    closing.close(floor.ground, now=floor.at(day, time(18, 20)))


def _today(floor: Floor) -> None:
    session = floor.plan(floor.today)
    floor.send(session)
    floor.start(session, min(floor.now, floor.at(floor.today, time(7, 50))))
    people = list(floor.arrivals(session))
    midnight = floor.at(floor.today, time(0, 0, 30))
    for n, booking in enumerate(people):
        left_to_come = len(people) - 1 - n
        if left_to_come < len(WAITING):
            until, ago = WAITING[left_to_come], 8 + left_to_come
        else:  # one dose every four minutes: the last seven are still under observation
            until, ago = "left", 12 + 4 * (left_to_come - len(WAITING))
        arrived = max(midnight + timedelta(seconds=n), floor.now - timedelta(minutes=ago))
        visit = floor.pass_through(booking, arrived, until)
        if (until, left_to_come) in _NEEDS:
            needs.stand_out(visit, *_NEEDS[until, left_to_come], actor=floor.users["registrar"])
    reactions.going_on(floor, floor.vaccinated[-3])
    corrections.proposed(floor, floor.vaccinated[-5])
    guests.neighbours(floor)
