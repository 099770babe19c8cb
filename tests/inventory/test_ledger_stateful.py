"""Whatever keepers and nurses do, in whatever order: the ledger stays sound and no dose appears or vanishes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import RuleBroken
from inventory.choices import MovementKind, WasteReason
from inventory.models import StockDocument, StockLevel, StockMovement
from inventory.services import holding, ledger, losses, undoing
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.factories.stock import make_lot, make_presentation, receive
from tests.walks import examples

REFUSALS = {
    "SHORT_STOCK",
    "LOT_NOT_HERE",
    "OPEN_TOO_LONG",
    "LOT_HELD",
    "ALREADY_REVERSED",
    "IS_REVERSAL",
    "USED_FURTHER",
    "NOT_REVERSIBLE",
}
SIZES = {0: 1, 1: 2, 2: 3}  # lot number → doses per vial


class Keeper(RuleBasedStateMachine):
    """A model in plain numbers beside the ledger: doses that exist = received − used − wasted."""

    def __init__(self):
        super().__init__()
        self.now = timezone.now().replace(microsecond=0)
        number = Site.objects.count()
        place, _ = Place.objects.get_or_create(
            code="150622002000", defaults={"name": "迎泽街道", "level": "town"}
        )
        self.site = Site.objects.create(code=f"s{number}", name=f"接种点{number}", place=place)
        self.lots = [make_lot(presentation=make_presentation(doses_per_vial=n)) for n in SIZES.values()]
        self.doses = [0, 0, 0]
        self.rows, self.sent = [], []

    def attempt(self, call, **kwargs):
        """Do the deed; a refusal must be one of the known ones."""
        self.now += timedelta(seconds=1)
        try:
            row = call(actor=None, now=self.now, **kwargs)
        except RuleBroken as error:
            assert error.code in REFUSALS, error.code
            return None
        self.rows.append(row)
        return row

    @rule(which=st.sampled_from(range(3)), vials=st.integers(1, 4))
    def receive(self, which, vials):
        receive(self.site, self.lots[which], vials, now=self.now)
        self.rows.append(StockDocument.objects.latest("pk"))
        self.doses[which] += vials * SIZES[which]

    @rule(which=st.sampled_from(range(3)), again=st.booleans())
    def use(self, which, again):
        key = uuid4()
        row = self.attempt(ledger.use_dose, site=self.site, lot=self.lots[which], key=key)
        if row is None:
            return
        before = StockMovement.objects.count()
        if again:
            assert (
                ledger.use_dose(site=self.site, lot=self.lots[which], actor=None, key=key, now=self.now).pk
                == row.pk
            )
            assert StockMovement.objects.count() == before
        wasted = StockMovement.objects.filter(
            lot=self.lots[which], kind=MovementKind.WASTE_OPEN, at=self.now
        ).first()
        self.doses[which] -= 1 - (wasted.open_doses if wasted else 0)

    @rule(which=st.sampled_from(range(3)), quantity=st.integers(1, 3), opened=st.booleans())
    def waste(self, which, quantity, opened):
        reason = WasteReason.DAY_END if opened else WasteReason.BROKEN
        lost = {"site": self.site, "lot": self.lots[which], "quantity": quantity, "reason": reason}
        document = self.attempt(losses.waste, key=uuid4(), **lost)
        if document:
            self.doses[which] -= quantity if opened else quantity * SIZES[which]

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def undo(self, data):
        row = data.draw(st.sampled_from(self.rows))
        before = self.there()
        if isinstance(row, StockDocument):
            done = self.attempt(undoing.undo, document=row, reason="登记错误", key=uuid4())
        else:
            done = self.attempt(ledger.reverse, movement=row, reason="登记错误", key=uuid4())
        if done:
            moved = StockMovement.objects.filter(at=self.now, site=self.site).select_related(
                "lot__presentation"
            )
            for which, lot in enumerate(self.lots):
                self.doses[which] = before[which] + sum(one.doses for one in moved if one.lot_id == lot.pk)

    @rule(which=st.sampled_from(range(3)))
    def hold_or_release(self, which):
        level = StockLevel.objects.filter(site=self.site, lot=self.lots[which]).first()
        if level:
            given = {"site": self.site, "reason": "查验", "actor": None, "key": uuid4(), "now": self.now}
            if level.held_reason:
                holding.release(lot=self.lots[which], **given)
            else:
                holding.hold(lots=[self.lots[which]], **given)

    @rule(minutes=st.sampled_from([5, 61]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def ledger_is_sound(self):
        assert list(ledger_problems()) == []

    def there(self):
        """Doses of each lot by the levels."""
        levels = StockLevel.objects.filter(site=self.site).select_related("lot__presentation")
        doses = {level.lot_id: level.all_doses for level in levels}
        return [doses.get(lot.pk, 0) for lot in self.lots]

    @invariant()
    def no_dose_appears_or_vanishes(self):
        assert self.there() == self.doses


@pytest.mark.requirement("S22")
class LedgerStateful(TestCase):
    def test_any_order_of_deeds_keeps_the_ledger_sound(self):
        run_state_machine_as_test(
            Keeper,
            settings=settings(
                max_examples=examples(25),
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
