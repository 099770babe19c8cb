"""The stock keeper: what runs short, what runs out of date, what is held."""

from inventory.models import StockLevel
from inventory.supply_levels import sites_short
from vaxcampaign.desk.cards import Card, Moment, link, todo


def stock_cards(moment: Moment) -> list[Card]:
    """Low and near expiry first, then what is expired or held."""
    levels = StockLevel.objects.visible_to(moment.user)
    figures, low = levels.summary(moment.today), levels.low_vaccines(moment.today)
    return [
        Card("库存偏低的疫苗", low, link("inventory:stock", state="low"), todo(low, "stop")),
        Card(
            "90 天内到期的批次",
            figures["near"],
            link("inventory:stock", state="near"),
            todo(figures["near"]),
        ),
        Card(
            "已过期的批次",
            figures["expired"],
            link("inventory:stock", state="expired"),
            todo(figures["expired"], "stop"),
        ),
        Card("隔离或召回", figures["held"], link("inventory:stock", state="held"), todo(figures["held"])),
        *_supplies(moment),
        Card("可用疫苗(剂)", figures["usable_doses"], link("inventory:stock")),
    ]


def _supplies(moment: Moment) -> list[Card]:
    """Where the syringes do not reach for the vaccine that lies there."""
    short = sites_short(moment.user, moment.today)
    return [Card("注射器不够的接种点", short, link("inventory:supplies"), "stop")] if short else []
