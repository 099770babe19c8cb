"""What a store can give away on a day."""

from datetime import date

from inventory.models import StockLevel, SupplyMovement
from places.models import Site
from planning.rules import Batch


def batches_at(source: Site, since: date) -> list[Batch]:
    """Closed vials at ``source`` that may be given on ``since``."""
    levels = StockLevel.objects.filter(site=source, vials__gt=0).usable(since)
    return [
        Batch(
            level.lot_id,
            level.lot.presentation.vaccine.code,
            level.vials,
            level.lot.presentation.doses_per_vial,
            level.lot.expires_on,
        )
        for level in levels.select_related("lot__presentation__vaccine")
    ]


def syringes_at(source: Site, since: date) -> list[SupplyMovement]:
    """Last movements of the syringes at ``source`` that are in date, first expired first."""
    rows = SupplyMovement.objects.in_stock().syringes().filter(site=source, lot__expires_on__gte=since)
    return list(rows.select_related("lot__item"))
