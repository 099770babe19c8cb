"""The stock keeper: what runs short, what runs out of date, what is held."""

from inventory.models import StockLevel
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
        Card("可用疫苗(剂)", figures["usable_doses"], link("inventory:stock")),
    ]
