"""What each receiver needs in a period: due second doses and boosters, people who have not begun, places of planned sessions, and what
lies there already. A fixed number of queries, whatever the number of people."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from appointments.choices import SessionState
from appointments.models import Booking, Slot
from campaigns.models import Campaign
from inventory.models import DocumentLine, StockLevel, SupplyMovement
from places.choices import Level, SiteKind
from places.models import Place, Site
from places.querysets import code_range
from planning.asks import Ask, share
from residents.models import Enrolment

TOWN_DIGITS = 9


@dataclass
class Receiver:
    """A site that may receive: of a township its own, of a county one for each township."""

    site: Site
    seconds: Counter = field(default_factory=Counter)  # by vaccine code
    boosters: Counter = field(default_factory=Counter)  # by the code of the last dose
    firsts: int = 0
    places: Counter = field(default_factory=Counter)  # by day
    free: int = 0  # places nobody is booked for
    at_hand: Counter = field(default_factory=Counter)  # doses by vaccine code
    transit: int = 0  # of ``at_hand``: doses sent that nobody has signed for yet
    syringes: int = 0

    @property
    def ask(self) -> Ask:
        """For the rules."""
        return Ask(self.site.pk, self.seconds, self.firsts, self.places, self.at_hand, self.boosters)


class Survey:
    """The people, places and stock of ``place`` in ``since`` … ``until``; ``source`` is where the vaccine comes from."""

    def __init__(self, campaign: Campaign, place: Place, source: Site, since: date, until: date):
        self.campaign, self.place, self.source, self.since, self.until = campaign, place, source, since, until
        self.is_county = place.level != Level.TOWN
        self.receivers = {site.pk: Receiver(site) for site in self._sites()}
        self.by_town = {one.site.place.code[:TOWN_DIGITS]: pk for pk, one in self.receivers.items()}
        self.owed_later: Counter = Counter()
        self._count_places()
        self._count_people()
        self._count_stock()

    def _sites(self) -> Iterable[Site]:
        sites = Site.objects.active().inside([self.place.prefix]).select_related("place").order_by("code")
        if not self.is_county:
            return [site for site in sites if site.kind != SiteKind.STORE or site == self.source]
        order = {SiteKind.STORE: 0, SiteKind.FIXED: 1}
        chosen: dict[str, Site] = {}
        for site in sorted(sites, key=lambda site: order.get(site.kind, 2)):
            chosen.setdefault(site.place.code[:TOWN_DIGITS], site)
        chosen.pop(self.place.code[:TOWN_DIGITS], None)  # the county's own store
        return chosen.values()

    def _receiver(self, site_id: int, code: str) -> Receiver | None:
        """Who receives for a site: itself, in a county the one of its township."""
        pk = self.by_town.get(code[:TOWN_DIGITS]) if self.is_county else site_id
        return self.receivers.get(pk)

    def _count_places(self) -> None:
        slots = Slot.objects.filter(
            code_range("session__site__place__code", self.place.prefix),
            session__campaign=self.campaign,
            session__state__in=(SessionState.PLANNED, SessionState.OPEN),
            session__on__range=(self.since, self.until),
        ).order_by()
        rows = slots.values_list("session__site", "session__site__place__code", "session__on")
        for site, code, day, places in rows.annotate(n=Sum(F("capacity") - F("reserved"))):
            if (one := self._receiver(site, code)) and places:
                one.places[day] += places

    def _count_people(self) -> None:
        people = Enrolment.objects.filter(
            code_range("resident__village_code", self.place.prefix),
            campaign=self.campaign,
            resident__removed_on__isnull=True,
        )
        begun = people.filter(doses_done__gte=1, next_dose__gte=2)
        open_course = begun.filter(primary_complete_on__isnull=True)
        done = begun.filter(primary_complete_on__isnull=False)
        later = open_course.filter(status__in=("open", "hold"), due_from__gt=self.until).order_by()
        self.owed_later.update(dict(later.values_list("last_product__code").annotate(Count("pk"))))
        none_yet = people.on_target().filter(doses_done=0)
        self._spread(open_course.due(self.until), self._booked(dose_number__gte=2), "seconds")
        self._spread(done.due(self.until), self._booked(dose_number__gte=2), "boosters")
        self._spread(none_yet.due(self.until), self._booked(dose_number=1), "firsts")

    def _booked(self, **dose):
        return Booking.objects.active().filter(
            enrolment__campaign=self.campaign, slot__session__on__range=(self.since, self.until), **dose
        )

    def _spread(self, people, bookings, what_for: str) -> None:
        """Who is booked belongs to the site of the booking; the others go where places are left, in proportion."""
        town, code = "resident__village_code", "last_product__code"
        total, booked, by_product = Counter(), defaultdict(Counter), what_for != "firsts"
        for village, product, n in people.order_by().values_list(town, code).annotate(n=Count("pk")):
            total[self._town(village), product if by_product else ""] += n
        mine = bookings.filter(enrolment__in=people).order_by()
        site = ("slot__session__site", "slot__session__site__place__code")
        rows = mine.values_list(*site, f"enrolment__{town}", f"enrolment__{code}").annotate(n=Count("pk"))
        for site_id, site_code, village, product, n in rows:
            if one := self._receiver(site_id, site_code):
                what = self._town(village), product if by_product else ""
                booked[what][one.site.pk] += n
                total[what] -= n
        for what, left in total.items():
            self._add(booked[what], what_for, what[1])
            self._add(share(left, self._room(what[0], left)), what_for, what[1])

    def _town(self, village_code: str) -> str:
        return village_code[:TOWN_DIGITS] if self.is_county else ""

    def _room(self, town: str, people: int) -> dict[int, int]:
        """Receivers for people of ``town`` with weights: of a county its township's, else by places; at least one."""
        if self.is_county:
            return {self.by_town[town]: people} if town in self.by_town else {}
        sized = {pk: one.places.total() for pk, one in self.receivers.items() if one.places}
        least = people // max(1, sum(sized.values())) + 1
        return {pk: n * least for pk, n in sized.items()} or {self.source.pk: people}

    def _add(self, found: dict[int, int], what_for: str, product: str | None) -> None:
        for pk, people in found.items():
            if pk not in self.receivers:
                continue
            if product:
                getattr(self.receivers[pk], what_for)[product] += people
            else:  # not begun, or begun with a vaccine that nobody knows: any will do
                self.receivers[pk].firsts += people

    def _count_stock(self) -> None:
        here = code_range("site__place__code", self.place.prefix)
        levels = StockLevel.objects.filter(here).usable(self.since).in_stock().with_doses().order_by()
        rows = levels.exclude(site=self.source).values_list(
            "site", "site__place__code", "lot__presentation__vaccine__code", "doses"
        )
        for site, code, product, doses in rows:
            if one := self._receiver(site, code):
                one.at_hand[product] += doses
        self._count_transit()
        pieces = SupplyMovement.objects.in_stock().syringes().filter(here, lot__expires_on__gte=self.since)
        rows = pieces.exclude(site=self.source).values_list("site", "site__place__code", "balance")
        for site, code, balance in rows:
            if one := self._receiver(site, code):
                one.syringes += balance

    def _count_transit(self) -> None:
        """What other deliveries have sent to these sites and nobody has signed for."""
        under_way = DocumentLine.objects.exclude(transit=0).annotate(
            to=Coalesce("document__answers__other_site", "document__other_site")
        )
        lot = "lot__presentation"
        rows = under_way.filter(to__in=self.receivers, lot__expires_on__gte=self.since).order_by()
        sums = rows.values_list("to", f"{lot}__vaccine__code", f"{lot}__doses_per_vial").annotate(
            n=Sum("transit")
        )
        for pk, product, per_vial, vials in sums:
            self.receivers[pk].at_hand[product] += vials * per_vial
            self.receivers[pk].transit += vials * per_vial
