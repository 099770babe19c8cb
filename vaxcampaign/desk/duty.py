"""Who leads today and who is to be rung (S102), and what meetings asked for and is not done (S114)."""

from django.db.models import QuerySet

from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from reports.models import DutyDay, FollowUp
from vaxcampaign.desk.cards import Card, Moment, link

_TOWN = PREFIX_DIGITS[Level.TOWN]


def duties(moment: Moment) -> dict[str, QuerySet]:
    """What is counted with everything else."""
    if moment.campaign is None:
        return {}
    prefixes = moment.user.scope("duty_book.view").prefixes
    towns = Place.objects.current().inside(prefixes).filter(level=Level.TOWN)
    due = FollowUp.objects.visible_to(moment.user).due(moment.today)
    return {
        "leaderless": towns.exclude(pk__in=DutyDay.objects.filter(day=moment.today).values("place")),
        "follow_ups": FollowUp.objects.filter(pk__in=due.values("pk")),
    }


def duty_cards(moment: Moment, counts: dict[str, int]) -> list[Card]:
    """For an office: who leads today, or that nobody does, and what is due. The county counts its townships."""
    where, due = link("reports:duty"), counts.get("follow_ups", 0)
    late = [Card("到期未办的事项", due, where, "stop", "会议定下来的")] if due else []
    if counts.get("leaderless"):
        mine = moment.user.can("duty_book.write")
        word, number = (
            ("今天没有人带班", "去安排") if mine else ("今天没安排带班的乡镇", counts["leaderless"])
        )
        return [Card(word, number, where, "due"), *late]
    return [*(today_cards(moment, where) if moment.user.can("duty_book.write") else []), *late]


def today_cards(moment: Moment, where: str = "") -> list[Card]:
    """Who leads the user's township today and whom to ring; nothing where nobody has been named."""
    if moment.campaign is None:
        return []
    prefixes = moment.user.scope("reports.view").prefixes
    codes = {f"{prefix[:_TOWN]:0<12}" for prefix in prefixes if len(prefix) >= _TOWN}
    rows = DutyDay.objects.filter(place__code__in=codes, day=moment.today).standing()
    return [
        Card("今天带班", row.leader, where, hint=f"联系人 {row.contact} {row.contact_phone}".strip())
        for row in rows.order_by("place__code")
    ]
