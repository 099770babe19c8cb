"""What the close of a day asks the people's side: which doses stand on people for the movements it takes in."""

from datetime import date

from django.db.models import Q, QuerySet

from clinic.models import Dose
from inventory.choices import CloseState, MovementKind
from inventory.closing import closed_until
from inventory.closing_rules import Given
from inventory.models import CloseLine, Lot, StockMovement
from places.models import Site

_COLUMNS = ("pk", "lot", "movement", "record__given_on")


def given_on(site: Site, on: date) -> list[Given]:
    """The doses on people for the books of ``site`` from its last close to ``on``.

    A dose voided by then is not among them. A valid one whose movement is missing or was taken back comes without a
    movement: the equation must say so.
    """
    until = closed_until(site)
    span = {"movement__on__lte": on} | ({"movement__on__gte": until} if until else {})
    taken = Dose.objects.filter(movement__site=site, **span).exclude(movement__reversed_by__on__lte=on)
    found = [Given(*row) for row in taken.values_list(*_COLUMNS)]
    return found + [
        Given(pk, lot, None, day) for pk, lot, _, day in _orphans(site, until, on).values_list(*_COLUMNS)
    ]


def _orphans(site: Site, until: date | None, on: date) -> QuerySet:
    """Valid doses without a use of stock."""
    span = {"record__given_on__lte": on} | ({"record__given_on__gt": until} if until else {})
    back = {"movement__reversed_by__on__lte": on}
    back |= {"movement__reversed_by__on__gte": until} if until else {}
    lost = Q(movement__isnull=True, **span) | Q(**back)
    return Dose.objects.filter(lost, site=site, record__voided_at__isnull=True)


def doses_behind(site: Site, on: date, lot: Lot) -> QuerySet:
    """The doses that the line of ``lot`` in the close of ``on`` counts; also of a day that is not closed yet."""
    lines = CloseLine.objects.filter(close__site=site, close__state=CloseState.CLOSED, lot=lot)
    line = lines.filter(close__on=on).first()
    before = lines.filter(close__on__lt=on).order_by("-close__on").first()
    uses = StockMovement.objects.filter(site=site, lot=lot, kind=MovementKind.USE, on__lte=on)
    uses = uses.filter(pk__gt=before.through if before else 0)
    back = Q(reversed_by__on__lte=on)
    if line is not None:
        uses, back = uses.filter(pk__lte=line.through), Q(reversed_by__pk__lte=line.through)
    mine = Q(movement__in=uses.exclude(back))
    if line is None:
        mine |= Q(pk__in=_orphans(site, before and before.close.on, on).filter(lot=lot))
    return Dose.objects.filter(mine).select_related(
        "record__resident", "visit", "by", "movement", "site", "lot"
    )
