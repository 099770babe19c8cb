"""Where the reports and the independent SQL differ: an empty list, or the figure with both answers."""

from datetime import date, datetime

from django.utils import timezone

from tests.reports.agreement import coverage, floor, register, tasks, work
from tests.reports.agreement.pairs import Pairs
from tests.reports.independent.asking import Asked


def differing(pairs: Pairs, day: date) -> list[str]:
    """The pairs that are not equal, in words."""
    return [f"{day} {what}: {ours} ≠ {theirs}" for what, (ours, theirs) in pairs.items() if ours != theirs]


def disagreements(*, campaign, place, day: date, now: datetime) -> list[str]:
    """Of the reports that can be asked for any day: 日报, 进度总览, 对账, 任务进度表, and the lists of names of ``place``."""
    asked = Asked(campaign, place.prefix, day)
    pairs = coverage.daily(place, asked, now) | coverage.names(asked) | coverage.boards(place, asked, now)
    return differing(pairs | coverage.crossed(place, asked) | tasks.standing(asked, now), day)


def disagreements_now(*, campaign, town, office, now: datetime) -> list[str]:
    """Of the reports that say how a township stands at this moment. ``office``: somebody who works there and sees them."""
    day = timezone.localdate(now)
    asked = Asked(campaign, town.prefix, day)
    pairs = register.counted(town, asked) | register.steps(town, asked) | register.rolled(town, asked)
    pairs |= register.booked(town, asked, office, now)
    pairs |= register.listed(town, asked, now) | tasks.shared(town, asked, now)
    pairs |= tasks.percents(asked) | tasks.ranked(town, asked, now) | tasks.ahead(town, asked)
    pairs |= (
        floor.stocked(town, asked, now) | floor.reacted(town, asked, now) | floor.neighbours(asked, office)
    )
    pairs |= work.bulletin(town, asked, now) | work.registers(town, asked, office, now)
    return differing(pairs, day)
