"""The lots in the fridge of a site: what to give, what must not be given. Reads only."""

from datetime import date

from django.db.models import OuterRef, Subquery

from campaigns.rules import Verdict
from clinic.models import Dose
from core.kept import Hole, Kept
from inventory.models import Lot, StockLevel
from places.models import Site

_KEY_DIGITS = 18  # more do not fit the column; no page of ours sends them
_THERE = Kept(
    lambda: Lot.objects.select_related("presentation__vaccine").filter(
        pk=Hole("pk"), levels__site=Hole("site")
    )
)


def lot_there(site: Site, key: str) -> Lot | None:
    """The lot with this key, if ``site`` has it or had it; None for anything else that somebody may send."""
    is_number = key.isascii() and key.isdecimal() and len(key) <= _KEY_DIGITS
    return _THERE.first(pk=int(key), site=site.pk) if is_number else None


def proposed_lots(site: Site, plan: Verdict, actor, today: date) -> list[StockLevel]:
    """Lots of ``site`` that may be given for ``plan``, the proposal first: the product of the series, then the lot this
    nurse used last today if it is still usable, then first expired first out."""
    return lots_at_hand(site, plan, actor, today)[0]


def lots_at_hand(site: Site, plan: Verdict, actor, today: date) -> tuple[list[StockLevel], list[StockLevel]]:
    """What lies at ``site``: the lots of ``proposed_lots``, and those that must not be given to anybody today (expired,
    set apart, recalled), so that the page can say why they are not offered."""
    mine = Dose.objects.filter(site=site, by=actor, visit__on=today, lot=OuterRef("lot"))
    last_use = mine.order_by("-given_at").values("given_at")[:1]
    there = StockLevel.objects.filter(site=site).in_stock().with_usable(today).with_doses().fefo()
    there = list(there.select_related("lot__presentation__vaccine").annotate(last_use=Subquery(last_use)))
    allowed = plan.allowed_products
    levels = [row for row in there if row.is_usable and row.lot.presentation.vaccine.code in allowed]
    last = max((level.last_use for level in levels if level.last_use), default=None)

    def rank(pair: tuple[int, StockLevel]) -> tuple:
        position, level = pair
        code = level.lot.presentation.vaccine.code
        used_last = last is not None and level.last_use == last
        return (plan.is_substitute(code), not used_last, allowed.index(code), position)

    proposed = [level for _, level in sorted(enumerate(levels), key=rank)]
    return proposed, [row for row in there if not row.is_usable]
