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
from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.services import ledger
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.factories.stock import make_lot, make_presentation, receive
from tests.walks import examples

REFUSALS = {"SHORT_STOCK", "LOT_NOT_HERE", "OPEN_TOO_LONG", "LOT_HELD", "ALREADY_REVERSED", "IS_REVERSAL"}
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
        self.rows.append(StockMovement.objects.latest("pk"))
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
        row = self.attempt(
            ledger.waste,
            site=self.site,
            lot=self.lots[which],
            quantity=quantity,
            opened=opened,
            reason="破损",
            key=uuid4(),
        )
        if row:
            self.doses[which] -= quantity if opened else quantity * SIZES[which]

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def reverse(self, data):
        movement = data.draw(st.sampled_from(self.rows))
        which = [lot.pk for lot in self.lots].index(movement.lot_id)
        row = self.attempt(ledger.reverse, movement=movement, reason="登记错误", key=uuid4())
        if row:
            written_off = StockMovement.objects.filter(kind=MovementKind.WASTE_OPEN, at=self.now).first()
            self.doses[which] += row.doses + (written_off.open_doses if written_off else 0)

    @rule(which=st.sampled_from(range(3)))
    def hold_or_release(self, which):
        level = StockLevel.objects.filter(site=self.site, lot=self.lots[which]).first()
        if level:
            verb = ledger.release_lot if level.held_reason else ledger.hold_lot
            verb(site=self.site, lot=self.lots[which], reason="查验", actor=None, now=self.now)

    @rule(minutes=st.sampled_from([5, 61]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def ledger_is_sound(self):
        assert list(ledger_problems()) == []

    @invariant()
    def no_dose_appears_or_vanishes(self):
        levels = {
            level.lot_id: level.all_doses
            for level in StockLevel.objects.filter(site=self.site).select_related("lot__presentation")
        }
        assert [levels.get(lot.pk, 0) for lot in self.lots] == self.doses


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
