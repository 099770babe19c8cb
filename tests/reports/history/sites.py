"""What happens at the site: doses, corrections, reactions, stock, bookings."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from appointments.models import Slot
from clinic.models import Dose
from inventory.models import Lot, StockDocument
from inventory.services import holding
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import lot_of
from tests.factories.stock import receive, transport, undo, waste
from tests.reports.history.people import PEOPLE


class SiteDeeds:
    """``who``: which of ``PEOPLE``; ``number``: how many, or which."""

    def visit(self, who, number):
        """A dose at our site, today; the neighbour comes as a guest."""
        if PEOPLE[who % len(PEOPLE)][2] == self.floor.lot.presentation.vaccine.code:
            self.floor.dose(self.floor.ready(self.person(who)))

    def turn_away(self, who, number):
        """A fever, or an allergy to this vaccine; neither visit ends with a dose."""
        visit = self.floor.check_in(self.person(who))
        if number % 2:
            self.floor.screen(visit, celsius=Decimal("38.4"))
        else:
            self.floor.screen(visit, bad={"Q3": True}, vaccine=self.floor.lot.presentation.vaccine)

    def _a_dose(self, who, number) -> Dose:
        if not Dose.objects.counted().exists():
            self.visit(who, number)
        doses = list(Dose.objects.counted().order_by("pk"))
        return doses[who % len(doses)] if doses else self._a_dose((who + 1) % len(PEOPLE), number)

    def react(self, who, number):
        self.floor.report(self._a_dose(who, number).visit, is_serious=number == 2)

    def correct(self, who, number):
        """The dose was not given after all: voided, and its use of stock taken back."""
        self.floor.correct(self._a_dose(who, number))

    def receive(self, who, number):
        """Vials of the lot in use, or of a lot of several doses a vial that is soon over."""
        lot = self.floor.lot if number % 2 else self._other_lot()
        receive(self.floor.site, lot, who + 1, now=self.now, transport=transport(self.now))

    def _other_lot(self) -> Lot:
        old = Lot.objects.filter(lot_no="MANY").first()
        return old or lot_of("CV-SV", doses_per_vial=2, lot_no="MANY", days=1)

    def waste(self, who, number):
        waste(self.floor.site, self.floor.lot, number + 1, now=self.now)

    def set_apart(self, who, number):
        """Both lots in turn, and back again."""
        lots = [self.floor.lot, *Lot.objects.filter(lot_no="MANY")]
        asked = {"site": self.floor.site, "reason": "冰箱断电", "actor": None, "now": self.now}
        lot = lots[number % len(lots)]
        if lot.levels.filter(site=self.floor.site).exclude(held_reason="").exists():
            holding.release(lot=lot, key=uuid4(), **asked)
        else:
            holding.hold(lots=[lot], key=uuid4(), **asked)

    def undo(self, who, number):
        """What was received or written off by mistake."""
        papers = StockDocument.objects.filter(kind__in=("receipt", "waste"), reversed_by=None).order_by("-pk")
        if papers.count() < 2:  # the first delivery has been used
            self.waste(who, number)
        undo(papers.first(), now=self.now)

    def book(self, who, number):
        """A place in the coming week."""
        monday = self.today + timedelta(days=7 - self.today.weekday())
        on = monday + timedelta(days=number)
        slot = Slot.objects.filter(session__on=on).order_by("pk").first()
        if slot is None:
            slot = make_session(self.campaign, self.floor.site, on, places=3).slots.order_by("pk").first()
        make_booking(self.person(who), slot, now=self.now)
