"""The rota (S102): who leads on which day, one day at a time or a spell in turns."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from accounts.models import User
from core.errors import RuleBroken
from core.locks import deed
from places.models import Place
from reports.models import DutyDay
from reports.services.duty_book import head, needed, open_book, put, said

LONGEST = 92  # days arranged at once: a quarter
Person = tuple[str, str]  # name, telephone


@deed()
def set_day(
    *,
    place: Place,
    day: date,
    words: dict[str, str],
    actor: User | None,
    key: UUID,
    now: datetime,
    based_on: int = 0,
    reason: str = "",
) -> DutyDay:
    """Who leads the township ``place`` on ``day``; ``words`` by field of ``DutyDay.WORDS``. A day that stands already gets its next
    version: ``based_on`` is the number that was looked at, ``reason`` says why.

    Raises NotAllowed; RuleBroken WORDS_MISSING (no leader, no contact), and as ``duty_book.open_book`` and ``put``.
    """
    open_book(actor, place)
    words = dict.fromkeys(DutyDay.WORDS, "") | said(words)
    needed(words, leader="请填写带班领导。", contact="请填写联系人。")
    last = standing(place, day)
    entry = DutyDay(day=day, **words, **head(actor, place, key, now, reason))
    return put(entry, subject="duty_day", last=last, based_on=based_on)


@deed()
def arrange(
    *,
    place: Place,
    since: date,
    until: date,
    leaders: Sequence[Person],
    contacts: Sequence[Person],
    actor: User | None,
    key: UUID,
    now: datetime,
) -> tuple[int, int]:
    """Leaders and contacts in turns, one of each a day, from ``since`` to ``until`` (both included). A day that stands already is
    left as it is, and its turn goes to the next day. Returns (days arranged, days left).

    Raises NotAllowed; RuleBroken ROTA_DAYS (the wrong way round, or more than ``LONGEST`` days), ROTA_NOBODY, and as ``set_day``.
    """
    open_book(actor, place)
    if not 0 <= (until - since).days < LONGEST:
        raise RuleBroken("ROTA_DAYS", f"请选择先后正确的日期,一次最多排{LONGEST}天。", "until")
    for name, people in (("leaders", leaders), ("contacts", contacts)):
        if not people:
            raise RuleBroken("ROTA_NOBODY", "至少写一个人。", name)
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    stands = DutyDay.objects.filter(place=place, day__range=(since, until), number=1)
    taken = set(stands.exclude(key__in=[_key(key, day) for day in days]).values_list("day", flat=True))
    free = [day for day in days if day not in taken]
    for turn, day in enumerate(free):
        (leader, phone), (contact, contact_phone) = (
            leaders[turn % len(leaders)],
            contacts[turn % len(contacts)],
        )
        words = {"leader": leader, "leader_phone": phone, "contact": contact, "contact_phone": contact_phone}
        set_day(place=place, day=day, words=words, actor=actor, key=_key(key, day), now=now)
    return len(free), len(taken)


def standing(place: Place, day: date) -> DutyDay | None:
    """What the book says about ``day``."""
    return DutyDay.objects.filter(place=place, day=day).select_related("by").order_by("-number").first()


def _key(key: UUID, day: date) -> UUID:
    """Of one day of a spell, so that the spell posted twice is arranged once."""
    return uuid5(key, day.isoformat())
