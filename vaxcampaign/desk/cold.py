"""The cold chain: what waits for a decision, and which temperatures nobody has written down."""

from django.db.models import QuerySet

from inventory.models import ColdDevice, Excursion
from vaxcampaign.desk.cards import Card, Moment, counted, link
from vaxcampaign.desk.stock import kept, stock_cards


def excursions(moment: Moment) -> QuerySet:
    """Times out of range that wait for a decision."""
    return Excursion.objects.visible_to(moment.user).waiting()


def cold_cards(moment: Moment, waiting: int) -> list[Card]:
    """Only while there is something to do; ``waiting``: how many ``excursions``."""
    owed = moment.once(_owed)
    where, found = link("inventory:cold"), []
    if waiting:
        found.append(Card("冷链异常等结论", waiting, where, "stop", "疫苗已隔离,不能接种"))
    if owed:
        found.append(Card("冷链温度漏记(次)", owed, where, "due", "近 7 天,每天上、下午各一次"))
    return found


def _owed(moment: Moment) -> int:
    return sum(map(len, ColdDevice.objects.visible_to(moment.user).owed(moment.now).values()))


def keeper_cards(moment: Moment) -> list[Card]:
    """The keeper's desk: what must not wait first."""
    waiting = counted(moment, excursions=excursions(moment), **kept(moment))
    return [*cold_cards(moment, waiting["excursions"]), *stock_cards(moment, waiting)]
