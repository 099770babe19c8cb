"""The tasks of the demo beside the county's: the whole course by two days, the elders, doses of a week, groups."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns.models import Campaign
from reports.cohorts import OVER_60
from reports.models import Target
from reports.rules import share_out
from reports.services import targets
from reports.units import Unit
from residents.models import Resident
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key


def more_targets(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """After the census: percentages of the base (S53), those of 60 and over (S6), doses of a week, the groups of the first
    village."""
    today = timezone.localdate(now)

    def give(name: str, quantities: dict, by: str = "town", **task) -> None:
        task |= {"key": key("target", name, by), "now": now, "campaign": campaign}
        targets.assign(actor=ground.users[by], quantities=quantities, **task)

    counted = dict.fromkeys(ground.villages, 0)  # of a percentage the number follows from the base
    for percent, due_on in ((40, today + timedelta(days=8)), (65, campaign.ends_on)):
        course = {"kind": "complete", "basis": "percent", "percent": Decimal(percent), "due_on": due_on}
        give(f"course-{percent}", {ground.town: 0}, by="county", **course)
        give(f"course-{percent}", counted, **course)
    old = {"kind": "first", "basis": "percent", "cohort": OVER_60, "percent": Decimal(70)}
    give("old", counted, due_on=campaign.ends_on, **old)
    shares = {
        target.place: target
        for target in Target.objects.current().filter(place__in=ground.villages, kind="first", cohort="")
    }
    week = {place: max(1, target.quantity // 10) for place, target in shares.items()}
    days = {"starts_on": today - timedelta(days=5), "due_on": today + timedelta(days=1)}
    give("week", week, kind="doses", **days)
    village = ground.villages[0]
    of_group = Resident.objects.live().filter(village=village).exclude(group_no="")
    groups = share_out(shares[village].quantity, Counter(of_group.values_list("group_no", flat=True)))
    give(
        "groups",
        {Unit(village, group): number for group, number in groups.items()},
        kind="first",
        due_on=shares[village].due_on,
    )
