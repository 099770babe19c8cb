"""先短效期后长效期, 同批先入先出: which lot goes first, and when somebody passes it over."""

from collections.abc import Sequence
from datetime import date

from core.errors import RuleBroken
from inventory.models import Lot, StockLevel
from places.models import Site


def passed_over(levels: Sequence[StockLevel], goods: dict[int, int]) -> tuple[Lot, Lot] | None:
    """(lot that goes, lot that should have gone) when a later lot is taken while vials of an earlier one stay.

    ``levels``: the usable ones of a site with their presentations; ``goods``: lot id → vials that go. Pure.
    """
    for level in levels:
        if not goods.get(level.lot_id):
            continue
        for earlier in levels:
            same = earlier.lot.presentation.vaccine_id == level.lot.presentation.vaccine_id
            stays = earlier.vials > goods.get(earlier.lot_id, 0)
            if same and stays and earlier.lot.expires_on < level.lot.expires_on:
                return level.lot, earlier.lot
    return None


def check_order(*, site: Site, goods: Sequence[tuple[Lot, int]], reason: str, today: date) -> None:
    """Ask a keeper who sends a later lot before an earlier one for the reason; never asked at the needle.

    Raises RuleBroken LATER_LOT while ``reason`` is empty (疫苗储存和运输管理规范 2017: 按先短效期后长效期、先入先出).
    """
    levels = StockLevel.objects.filter(site=site).choosable(today).select_related("lot__presentation")
    found = passed_over(list(levels), {lot.pk: vials for lot, vials in goods})
    if found and not reason.strip():
        later, earlier = found
        raise RuleBroken(
            "LATER_LOT",
            f"批号 {earlier} {earlier.expires_on} 先到期,应先发它,再发批号 {later}({later.expires_on} 到期)。"
            "确需先发后到期的,请在“依据”里写明原因。",
            "note",
        )
