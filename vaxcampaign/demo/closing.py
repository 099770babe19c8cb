"""The evenings of the finished days: leftovers wasted, counted by the keeper, signed by the doctor; and one stock-take."""

from datetime import datetime

from clinic.closing import given_on
from inventory.closing import day_lines
from inventory.closing_rules import Count
from inventory.models import StockLevel
from inventory.services import losses, stocktakes
from inventory.services.closing import count_day, sign_day
from inventory.take_rules import Quantity
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

BROKEN = "SV2026101"  # the lot of which the stock-take finds one vial less


def close(ground: Ground, *, now: datetime) -> None:
    """日清日结 of the day of ``now``."""
    site, keeper, on = ground.site, ground.users["stock"], now.date()
    if StockLevel.objects.filter(site=site, open_doses__gt=0).exists():
        losses.waste_leftovers(site=site, actor=keeper, key=key("leftovers", on), now=now)
    given = given_on(site, on)
    counts = {line.lot.pk: Count(line.equation.closing.vials) for line in day_lines(site, on, given)}
    day = count_day(site=site, on=on, given=given, counts=counts, actor=keeper, key=key("close", on), now=now)
    sign_day(close=day, given=given, actor=ground.users["screener"], now=now)


def take_stock(ground: Ground, *, now: datetime) -> None:
    """One vial less than in the books, with its reason, signed by the nurse."""
    keeper = ground.users["stock"]
    take = stocktakes.start_take(
        site=ground.site, reason="月度盘点", actor=keeper, key=key("take", now.date()), now=now
    )
    levels = StockLevel.objects.filter(site=ground.site).select_related("lot")
    found = {level.lot: Quantity(level.vials, level.open_doses) for level in levels}
    broken = next(lot for lot in found if lot.lot_no == BROKEN)
    found[broken] = found[broken]._replace(vials=found[broken].vials - 1)
    counts = {lot.pk: count for lot, count in found.items()}
    stocktakes.enter_counts(take=take, counts=counts, actor=keeper, now=now)
    reasons = {broken.pk: "搬运时碰碎一支,当时没有登记"}
    stocktakes.finish_count(take=take, reasons=reasons, actor=keeper, now=now)
    stocktakes.sign_take(take=take, actor=ground.users["vaccinator"], now=now)
