"""The stock keeper: what runs short, what runs out of date, what is held, what is to be sent."""

from django.db.models import Count

from inventory.models import StockDocument, StockLevel
from inventory.querysets import site_of
from inventory.supply_levels import sites_short
from planning.board import open_plans
from planning.choices import PlanState
from vaxcampaign.desk.cards import Card, Moment, counted, link, todo
from vaxcampaign.desk.closing import owed_cards, signing_cards, to_sign


def stock_cards(moment: Moment) -> list[Card]:
    """The keeper's day: days and counts to settle, the vaccine, the syringes, the plans to be sent."""
    return [
        *owed_cards(moment),
        *signing_cards(counted(moment, **to_sign(moment))),
        *level_cards(moment),
        *_supplies(moment),
        *plan_cards(moment),
    ]


def level_cards(moment: Moment) -> list[Card]:
    """Low and near expiry first, then what is expired or held."""
    levels = StockLevel.objects.visible_to(moment.user)
    figures, low = levels.summary(moment.today), levels.low_vaccines(moment.today)
    papers = StockDocument.objects.filter(site_of(moment.user, "stock.manage", "other_site__"))
    coming = papers.under_way().count()
    return [
        *(
            [Card("等您签收的到货", coming, link("inventory:documents", state="way"), "due")]
            if coming
            else []
        ),
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


def _supplies(moment: Moment) -> list[Card]:
    """Where the syringes do not reach for the vaccine that lies there."""
    short = sites_short(moment.user, moment.today)
    return [Card("注射器不够的接种点", short, link("inventory:supplies"), "stop")] if short else []


def plan_cards(moment: Moment) -> list[Card]:
    """Plans that wait for the user: the office approves, the keeper sends."""
    counts = dict(open_plans(moment.user).order_by().values_list("state").annotate(Count("pk")))
    draft, approved = counts.get(PlanState.DRAFT, 0), counts.get(PlanState.APPROVED, 0)
    cards = []
    if draft and moment.user.can("allocation.manage"):
        cards.append(Card("分配方案待批准", draft, link("planning:plans"), "due"))
    if approved:
        cards.append(Card("分配方案待发出", approved, link("planning:plans"), "due"))
    return cards
