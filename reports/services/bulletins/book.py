"""The duty and meetings book in a bulletin: who led, what leaders heard, which meetings were held and what has become of what they
asked for (S97, S102, S114)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from campaigns.models import Campaign
from core.templatetags.vax import number
from places.choices import Level
from places.models import Place
from places.querysets import any_code_range, code_range
from reports.choices import MeetingKind
from reports.models import DutyDay, FollowUp, Hearing, Meeting
from reports.services.bulletins.recorded import Pairs

MOST_NAMED = 5  # meetings; the rest are counted only


@dataclass(frozen=True)
class Book:
    """Of the days of a bulletin. ``led`` and ``heard`` are by leader, of a county by township; ``asked`` are what its meetings
    asked for by state (of today), ``late`` those of them that are overdue, ``older`` what earlier meetings asked and is open."""

    led: Pairs
    heard: Pairs
    meetings: list[Meeting]
    asked: dict[str, int]
    late: int
    older: int


def book_of(campaign: Campaign, place: Place, since: date, until: date, today: date) -> Book:
    """What stands in the books of ``place`` from ``since`` to ``until``; five queries."""
    inside = any_code_range("place__code", {place.prefix})
    met = Meeting.objects.filter(inside, on__range=(since, until)).standing().select_related("place")
    found = list(met.order_by("on", "starts_at", "pk"))
    rows = FollowUp.objects.filter(code_range("meeting__place__code", place.prefix), meeting__on__lte=until)
    mine = list(rows.filter(meeting__on__gte=since).with_state())
    asked: dict[str, int] = {}
    for row in mine:
        asked[row.state_word] = asked.get(row.state_word, 0) + 1
    led = DutyDay.objects.filter(inside, day__range=(since, until)).standing()
    heard = Hearing.objects.filter(inside, campaign=campaign, day__range=(since, until)).standing()
    by_town = place.level != Level.TOWN
    return Book(
        led=_counted(led, "place__name" if by_town else "leader"),
        heard=_counted(heard, "place__name" if by_town else "heard_by"),
        meetings=found,
        asked=asked,
        late=sum(row.is_late(today) for row in mine),
        older=rows.filter(meeting__on__lt=since).open().count(),
    )


def _counted(rows, column: str) -> Pairs:
    counts = rows.order_by().values_list(column).annotate(n=Count("pk"))
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def meeting_words(book: Book, *, by_town: bool) -> str:
    """推进会1次:11月19日推进会“第一剂攻坚推进会”,苏和主持."""
    kinds = [(word, sum(one.kind == code for one in book.meetings)) for code, word in MeetingKind.choices]
    counts = "、".join(f"{word}{number(count)}次" for word, count in kinds if count)
    named = ";".join(
        f"{one.on.month}月{one.on.day}日{one.place if by_town else ''}{one.get_kind_display()}“{one.subject}”,{one.chair}主持"
        for one in book.meetings[-MOST_NAMED:]
    )
    return f"{counts}{'。最近的是' if len(book.meetings) > MOST_NAMED else ':'}{named}"
