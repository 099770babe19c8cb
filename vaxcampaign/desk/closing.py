"""Closing the days of the stock: which days wait for their close, and what for the user's signature."""

from django.db.models import QuerySet

from inventory.closing import days_without_close
from inventory.models import DayClose, StockDocument, StockTake
from inventory.querysets import site_of
from places.models import Site
from vaxcampaign.desk.cards import Card, Moment, link


def owed_cards(moment: Moment) -> list[Card]:
    """Days without a close at the sites that the user answers for; a card only while there are any."""
    if not moment.user.can("stock.countersign"):  # the county looks at the list, not at every evening
        return []
    number = moment.once(_days_owed)
    where = link("closing:list")
    return [Card("还没有日结的日子", number, where, "stop", "清点后由第二人复核")] if number else []


def _days_owed(moment: Moment) -> int:
    sites = Site.objects.active().filter(site_of(moment.user, "stock.view"))
    return len(days_without_close(sites, moment.today))


def to_sign(moment: Moment) -> dict[str, QuerySet]:
    """What colleagues have counted or asked to destroy, for the user's second signature."""
    return {
        "closes": DayClose.objects.signable_by(moment.user),
        "takes": StockTake.objects.signable_by(moment.user),
        "disposals": StockDocument.objects.signable_by(moment.user),
    }


def signing_cards(waiting: dict[str, int]) -> list[Card]:
    """A card only while somebody waits."""
    words = {
        "closes": ("日结等我复核", "closing:list"),
        "takes": ("盘点等我复核", "takes:list"),
        "disposals": ("销毁等我签字", "inventory:documents"),
    }
    return [
        Card(word, waiting[name], link(where), "due")
        for name, (word, where) in words.items()
        if waiting[name]
    ]
