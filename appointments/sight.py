"""What is to be had for a second dose in a township: open places by day, doses in stock, and what is owed already."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone

from appointments.choices import SessionState
from appointments.invited import Invitation, invitations
from appointments.models import Booking, ClinicSession, Slot
from appointments.place_rules import free_for
from appointments.rooms import rooms
from appointments.sight_rules import Offer, Sight, Window, inside, room_for
from campaigns.rules import State
from inventory.models import StockLevel
from places.choices import PREFIX_DIGITS, Level
from places.models import Site
from places.querysets import code_range
from residents.models import Enrolment
from residents.services.enrolments import Outlook

_REACH = 120  # days ahead in which second doses are looked for; longer than any course of two doses needs


def town_of(site: Site) -> str:
    """Code prefix of the township of ``site``, or of the larger place it stands for."""
    return site.place.prefix[: PREFIX_DIGITS[Level.TOWN]]


class Lookout:
    """The township of ``site`` as it stands for first doses given ``on`` that day: read once, asked for many people.

    ``now`` is local; ``session`` None: nobody is invited by a school or an employer. Doses and people are those of the
    whole township, because vaccine and people go from site to site in it; whom the days for other villages serve is not
    subtracted, so what is said is on the safe side.
    """

    def __init__(
        self, *, campaign_id: int, site: Site, on: date, now: datetime, session: ClinicSession | None = None
    ):
        self.campaign_id, self.on, self.session = campaign_id, on, session
        self.today, self.town = timezone.localdate(now), town_of(site)
        self._sights: dict[tuple, Sight] = {}

    @classmethod
    def of(cls, session: ClinicSession, now: datetime) -> "Lookout":
        """For first doses of ``session``."""
        return cls(
            campaign_id=session.campaign_id, site=session.site, on=session.on, now=now, session=session
        )

    def sight(self, view: Outlook, village_code: str, products: Collection[str]) -> Sight:
        """What somebody with ``view`` on the day may begin with, of ``products`` (codes)."""
        mine = [product for product in view.products if product in products]
        windows = {product: self.window(view, product, self.on) for product in mine}
        key = (village_code, *windows.items())
        if key not in self._sights:
            others = self.waiting + self._beginners(view, next(filter(windows.get, mine), None))
            offers = [self._offer(product, windows[product], village_code, others) for product in mine]
            self._sights[key] = Sight(offers, sum(self.promised.values()))
        return self._sights[key]

    def window(self, view: Outlook, product: str, on: date) -> Window | None:
        """When the second dose is due after a first one of ``product`` on ``on``; None when one dose is the course."""
        verdict = view.after(product, on)
        if verdict.state not in (State.NOT_YET, State.DUE) or verdict.primary_complete_on:
            return None
        return Window(verdict.due_from, verdict.due_to or verdict.due_from + timedelta(days=_REACH))

    def _offer(self, product: str, window: Window | None, village: str, others: Counter) -> Offer:
        places = self._places(product, village) if window else {}
        return Offer(
            product=product,
            window=window,
            free=inside(window, places) if window else 0,
            room=room_for(window, places, others) if window else 0,
            now=self._stock(product, max(self.on, self.today)),
            later=self._stock(product, window.start) if window else 0,
            owed=self.owed[product],
        )

    def _beginners(self, view: Outlook, product: str | None) -> Counter:
        """The windows in which people who are booked for a first dose will want their second one."""
        found: Counter = Counter()
        for on, people in self.promised.items() if product else ():
            if window := self.window(view, product, on):
                found[window] += people
        return found

    @cached_property
    def promised(self) -> dict[date, int]:
        """People of the township who are booked for a first dose from today on, by day."""
        rows = Booking.objects.active().filter(
            code_range("village_code", self.town),
            enrolment__campaign=self.campaign_id,
            dose_number=1,
            slot__session__on__gte=self.today,
        )
        return dict(rows.order_by().values_list("slot__session__on").annotate(Count("pk")))

    @cached_property
    def _begun(self) -> list[dict]:
        """Who has begun a course and not finished it, in groups."""
        booked = Booking.objects.active().filter(enrolment=OuterRef("pk"), dose_number=OuterRef("next_dose"))
        rows = Enrolment.objects.filter(
            code_range("resident__village_code", self.town),
            campaign=self.campaign_id,
            status__in=("open", "hold"),
            doses_done__gte=1,
            next_dose__isnull=False,
            primary_complete_on__isnull=True,
            resident__removed_on__isnull=True,
        ).annotate(has_place=Exists(booked))
        columns = ("due_from", "due_to", "has_place", "doses_done")
        product = ("last_product__code", "last_product__primary_doses")
        return list(rows.order_by().values(*columns, *product).annotate(people=Count("pk")))

    @cached_property
    def waiting(self) -> Counter:
        """The windows of who has begun and has no place for the next dose yet."""
        far, found = self.today + timedelta(days=_REACH), Counter()
        for row in self._begun:
            if not row["has_place"]:
                start, end = max(row["due_from"], self.today), row["due_to"]
                found[Window(start, end if end and end >= start else max(start, far))] += row["people"]
        return found

    @cached_property
    def owed(self) -> Counter:
        """Doses that people who have begun still need, by product."""
        found: Counter = Counter()
        for row in self._begun:
            whole = row["last_product__primary_doses"] or 2
            found[row["last_product__code"]] += row["people"] * max(1, whole - row["doses_done"])
        return found

    @cached_property
    def _lots(self) -> list[tuple[str, date, int]]:
        """(product, last good day, doses) of the usable stock of the township."""
        levels = StockLevel.objects.filter(code_range("site__place__code", self.town)).usable(self.today)
        found = (
            levels.with_doses().order_by().values_list("lot__presentation__vaccine__code", "lot__expires_on")
        )
        return list(found.annotate(total=Sum("doses")))

    def _stock(self, product: str, on: date) -> int:
        """Doses of ``product`` in the township that may be given on ``on``."""
        return sum(doses for code, until, doses in self._lots if code == product and until >= on)

    @cached_property
    def _free(self) -> Counter:
        """Free places for second doses in the planned and open sessions of the township to come, by session."""
        slots = Slot.objects.filter(
            code_range("session__site__place__code", self.town),
            session__campaign=self.campaign_id,
            session__state__in=(SessionState.PLANNED, SessionState.OPEN),
            session__on__range=(self.today, self.today + timedelta(days=2 * _REACH)),
        )
        found: Counter = Counter()
        for session, places in _second_places(slots.select_related("session")):
            found[session] += places
        return found

    @cached_property
    def invited(self) -> dict[int, Invitation]:
        """What these sessions and the own one offer, by id."""
        own = {self.session} if self.session else set()
        return invitations(session.pk for session in own | self._free.keys())

    def _places(self, product: str, village: str) -> dict[date, int]:
        """Free places by day of sessions that offer ``product`` to people of ``village``."""
        found: Counter = Counter()
        hosts = self.invited[self.session.pk].hosts if self.session else ()
        for session, free in self._free.items():
            invitation = self.invited[session.pk]
            if invitation.reaches(village, hosts) and product in invitation.products:
                found[session.on] += free
        return found


def _second_places(slots: Iterable[Slot]) -> Iterable[tuple[ClinicSession, int]]:
    """(session, places for second doses) of each slot, also of what is not released yet; quotas of villages aside."""
    slots = list(slots)
    for slot in slots:
        slot.percent = 100
    for here in rooms(slots, now=None):
        free, _ = free_for(replace(here.room, villages={}), here.taken, "", 2)
        yield here.slot.session, max(0, free)
