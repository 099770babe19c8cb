"""What lies where of syringes and diluent, and whether it is enough for the vaccine that lies there."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum

from inventory.models import StockLevel, SupplyMovement
from inventory.querysets import site_of
from inventory.supply_rules import INJECTED, missing_syringes
from places.models import Site


@dataclass
class SiteSupplies:
    """One site: ``syringes`` in date, ``doses`` of vaccine in stock that are injected, and the last movement of each lot
    (``rows``), whose balance is what lies there."""

    site: Site
    doses: int = 0
    syringes: int = 0
    rows: list[SupplyMovement] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Syringes that must come before the vaccine in stock can be given."""
        return missing_syringes(self.doses, self.syringes)


def supplies_by_site(user, today) -> list[SiteSupplies]:
    """Every site of ``user`` that holds pieces or vaccine to inject; three queries."""
    lines: dict[int, SiteSupplies] = {}
    doses = _doses_by_site(user, today)
    rows = SupplyMovement.objects.visible_to(user).in_stock().select_related("site", "lot__item")
    by_site = defaultdict(list)
    for row in rows:
        by_site[row.site_id].append(row)
    for site in Site.objects.filter(pk__in=set(doses) | set(by_site)):
        here = by_site[site.pk]
        usable = [row.balance for row in here if row.lot.item.is_syringe and row.lot.expires_on >= today]
        lines[site.pk] = SiteSupplies(site, doses.get(site.pk, 0), sum(usable), here)
    return list(lines.values())


def sites_short(user, today) -> int:
    """How many sites hold more injections than syringes."""
    syringes = (
        SupplyMovement.objects.visible_to(user).in_stock().syringes().filter(lot__expires_on__gte=today)
    )
    have = defaultdict(int)
    for site, balance in syringes.values_list("site", "balance"):
        have[site] += balance
    return sum(missing_syringes(n, have[site]) > 0 for site, n in _doses_by_site(user, today).items())


def kept_sites(user):
    """Sites whose stock ``user`` keeps."""
    return (
        Site.objects.filter(site_of(user, "stock.manage"))
        if user.can("stock.manage")
        else Site.objects.none()
    )


def _doses_by_site(user, today) -> dict[int, int]:
    levels = StockLevel.objects.visible_to(user).usable(today).in_stock().with_doses()
    levels = levels.filter(lot__presentation__vaccine__route__in=INJECTED)
    return dict(levels.order_by().values_list("site").annotate(Sum("doses")))
