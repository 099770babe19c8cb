"""Pure decisions about stock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.errors import RuleBroken
from inventory.choices import ExpiryTier
from inventory.delivery_rules import check_temperatures
from inventory.rules import Taking, check_usable, expiry_tier, take_one

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "tier"),
    [
        (-1, ExpiryTier.EXPIRED),
        (0, ExpiryTier.DAYS_30),
        (30, ExpiryTier.DAYS_30),
        (31, ExpiryTier.DAYS_90),
        (90, ExpiryTier.DAYS_90),
        (91, ExpiryTier.DAYS_180),
        (180, ExpiryTier.DAYS_180),
        (181, ExpiryTier.FAR),
    ],
)
def test_expiry_tiers_meet_at_their_last_day(days, tier):
    assert expiry_tier(TODAY + timedelta(days=days), TODAY) == tier


@pytest.mark.parametrize("celsius", ["2", "2.0", "8", "5.5"])
def test_transport_in_range(celsius):
    check_temperatures(Decimal(4), Decimal(celsius))


@pytest.mark.parametrize(
    ("celsius", "code"),
    [
        (None, "TRANSPORT_UNKNOWN"),
        (Decimal("1.9"), "TRANSPORT_TEMPERATURE"),
        (Decimal("8.1"), "TRANSPORT_TEMPERATURE"),
        (Decimal("-3"), "TRANSPORT_TEMPERATURE"),
    ],
)
def test_transport_refused(celsius, code):
    with pytest.raises(RuleBroken) as caught:
        check_temperatures(Decimal(4), celsius)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("lot", "held", "code"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "", "LOT_EXPIRED"),
        ({"state": "recalled"}, "", "LOT_RECALLED"),
        ({"state": "quarantined", "state_reason": "上级通知"}, "", "LOT_HELD"),
        ({}, "冰箱断电", "LOT_HELD"),
    ],
)
def test_unusable_lots_say_why(lot, held, code):
    facts = {"lot_no": "A1", "expires_on": TODAY, "state": "usable", "state_reason": ""} | lot
    with pytest.raises(RuleBroken) as caught:
        check_usable(SimpleNamespace(**facts), held, TODAY)
    assert caught.value.code == code
    assert "A1" in caught.value.message


def test_the_printed_day_is_the_last_good_one():
    check_usable(SimpleNamespace(lot_no="A1", expires_on=TODAY, state="usable", state_reason=""), "", TODAY)


@pytest.mark.parametrize(
    ("vials", "open_doses", "minutes_open", "taking"),
    [
        (3, 0, None, Taking(0, -1, 2)),  # a new vial of three: two are left
        (3, 2, 10, Taking(0, 0, -1)),  # the opened vial first
        (0, 1, 59, Taking(0, 0, -1)),
        (1, 2, 60, Taking(2, -1, 2)),  # exactly at the limit it is too late
        (0, 2, 61, None),
        (0, 0, None, None),
    ],
)
def test_taking_one_dose(vials, open_doses, minutes_open, taking):
    opened_at = None if minutes_open is None else NOON - timedelta(minutes=minutes_open)
    level = SimpleNamespace(vials=vials, open_doses=open_doses, opened_at=opened_at)
    presentation = SimpleNamespace(doses_per_vial=3, open_vial_minutes=60)
    assert take_one(level, presentation, NOON) == taking
