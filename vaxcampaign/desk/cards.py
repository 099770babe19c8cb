"""What a card is, and how the providers of the desk ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core.addresses import address


@dataclass(frozen=True)
class Card:
    """One number of the desk. ``kind`` is "", "due" (to be done) or "stop" (something is wrong); it only colours."""

    word: str
    number: int | str
    address: str = ""
    kind: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Moment:
    """Who asks, in which campaign, when."""

    user: User
    campaign: Campaign | None
    now: datetime

    def once(self, question: Callable[["Moment"], int]) -> int:
        """The answer to ``question``, which more than one kind of work shows; whoever has two roles asks it once."""
        answers = self.__dict__.setdefault("_answers", {})
        if question not in answers:
            answers[question] = question(self)
        return answers[question]

    @property
    def today(self):
        return timezone.localdate(self.now)

    @property
    def tomorrow(self):
        return self.today + timedelta(days=1)

    @property
    def cutoff(self) -> datetime | None:
        """Today's moment after which tomorrow's lists are closed (S41)."""
        if self.campaign is None:
            return None
        return timezone.make_aware(datetime.combine(self.today, self.campaign.booking_cutoff))


def link(name: str, **query) -> str:
    where = address(name)
    return f"{where}?{urlencode(query)}" if where and query else where


def todo(number: int, kind: str = "due") -> str:
    return kind if number else ""


def counted(moment: Moment, **rows: QuerySet) -> dict[str, int]:
    """How many rows each of several queries has, asked as one query: the desk must stay quick whatever it shows."""
    numbers = {
        name: Coalesce(
            Subquery(found.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n")), Value(0)
        )
        for name, found in rows.items()
    }
    return User.objects.filter(pk=moment.user.pk).values(**numbers).get()
