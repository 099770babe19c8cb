"""The stock keeper: what runs short, what runs out of date, what is held, what is to be sent, received, counted and closed."""

from django.db.models import QuerySet

from inventory.choices import StockState
from inventory.models import StockDocument, StockLevel
from inventory.supply_levels import sites_short
from planning.board import open_plans
from planning.choices import PlanState
from planning.models import ClearOut
from vaxcampaign.desk.cards import Card, Moment, link, todo
from vaxcampaign.desk.closing import owed_cards, signing_cards, to_sign


def kept(moment: Moment) -> dict[str, QuerySet]:
    """What the keeper's cards count."""
    return to_sign(moment) | plans(moment) | _deliveries(moment)


def stock_cards(moment: Moment, waiting: dict[str, int]) -> list[Card]:
    """The keeper's day: days and counts to settle, the vaccine, the syringes, the plans to be sent; ``waiting``: how many of
    each ``kept``."""
    return [
        *owed_cards(moment),
        *signing_cards(waiting),
        *_delivery_cards(waiting),
        *_level_cards(moment),
        *_supplies(moment),
        *plan_cards(moment, waiting),
    ]


def near(moment: Moment) -> QuerySet:
    """Usable lots that expire within 90 days."""
    return StockLevel.objects.visible_to(moment.user).in_state(StockState.NEAR, moment.today)


def shortage_cards(moment: Moment, near_lots: int) -> list[Card]:
    """What the office asks too: what runs low, and how many lots are ``near`` their end."""
    low = moment.once(_low)
    return [
        Card("库存偏低的疫苗", low, link("inventory:stock", state="low"), todo(low, "stop")),
        Card("90 天内到期的批次", near_lots, link("inventory:stock", state="near"), todo(near_lots)),
    ]


def _low(moment: Moment) -> int:
    return StockLevel.objects.visible_to(moment.user).low_vaccines(moment.today)


def _deliveries(moment: Moment) -> dict[str, QuerySet]:
    """Under way to a site that the user keeps; and sent from one, but not taken by the receiver."""
    papers, user = StockDocument.objects.all(), moment.user
    return {
        "coming": papers.coming_to(user).expected(),
        "turned": papers.managed_by(user).turned_back(),
    }


def _delivery_cards(waiting: dict[str, int]) -> list[Card]:
    words = {"coming": ("等您签收的到货", "due"), "turned": ("对方没收,等您撤回", "stop")}
    where = link("inventory:documents", state="way")
    return [Card(word, waiting[name], where, kind) for name, (word, kind) in words.items() if waiting[name]]


def _level_cards(moment: Moment) -> list[Card]:
    """What lies there: low and near expiry first, then what is expired or held."""
    figures = StockLevel.objects.visible_to(moment.user).summary(moment.today)
    return [
        *shortage_cards(moment, figures["near"]),
        *_urgent_lots(figures["near30"]),
        Card(
            "已过期的批次",
            figures["expired"],
            link("inventory:stock", state="expired"),
            todo(figures["expired"], "stop"),
        ),
        Card("隔离或召回", figures["held"], link("inventory:stock", state="held"), todo(figures["held"])),
        Card("可用疫苗(剂)", figures["usable_doses"], link("inventory:stock")),
    ]


def _urgent_lots(number: int) -> list[Card]:
    """Only while there are any: these go first, or to a site that can use them."""
    where = link("inventory:stock", state="near30")
    return [Card("30 天内到期的批次", number, where, "stop", "先用,或调给用得完的点")] if number else []


def _supplies(moment: Moment) -> list[Card]:
    """Where the syringes do not reach for the vaccine that lies there."""
    short = sites_short(moment.user, moment.today)
    return [Card("注射器不够的接种点", short, link("inventory:supplies"), "stop")] if short else []


def plans(moment: Moment) -> dict[str, QuerySet]:
    """Plans that wait, for the office to approve, for the keeper to send; and deadline nights that are going on."""
    mine = open_plans(moment.user)
    return {
        "drafts": mine.filter(state=PlanState.DRAFT),
        "approved": mine.filter(state=PlanState.APPROVED),
        **pushes(moment),
    }


def plan_cards(moment: Moment, waiting: dict[str, int]) -> list[Card]:
    """Cards of ``plans``, only while there are any."""
    where, cards = link("planning:plans"), []
    if waiting["drafts"] and moment.user.can("allocation.manage"):
        cards.append(Card("分配方案待批准", waiting["drafts"], where, "due"))
    if waiting["approved"]:
        cards.append(Card("分配方案待发出", waiting["approved"], where, "due"))
    return cards + push_cards(waiting)


def pushes(moment: Moment) -> dict[str, QuerySet]:
    """Deadline nights that are going on."""
    return {"pushes": ClearOut.objects.running().visible_to(moment.user)}


def push_cards(waiting: dict[str, int]) -> list[Card]:
    """The card of ``pushes``, only while there is one."""
    running = waiting["pushes"]
    return [Card("库存清零进行中", running, link("clearout:list"), "due")] if running else []
