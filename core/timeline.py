"""One timeline of everything that happened to a person, although each room knows only its own part.

A room registers its provider in ``apps.ready()``; the person page, which lies below most of them, asks here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone


@dataclass(frozen=True)
class Event:
    """One line: when, what in a word ("接种"), the details in a sentence, and the page that shows it, if any.

    ``at`` is a datetime, or a date where the hour is not known (a dose given elsewhere). ``needs`` is the action without
    which the page refuses: who lacks it is shown the words without the link.
    """

    at: datetime | date
    word: str
    text: str
    url: str = ""
    needs: str = ""

    @property
    def moment(self) -> datetime:
        """``at`` for sorting; a bare date counts as its first minute, township time."""
        if isinstance(self.at, datetime):
            return self.at
        return timezone.make_aware(datetime.combine(self.at, time.min))

    @property
    def has_hour(self) -> bool:
        """True when the time of day is known."""
        return isinstance(self.at, datetime)


Provider = Callable[[object], list[Event]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a room's ``provider(resident) -> list[Event]``: a fixed number of queries, whatever the history's length."""
    if provider not in _providers:
        _providers.append(provider)


def events(resident) -> list[Event]:
    """What every room knows of ``resident``, newest first."""
    found = [event for provider in _providers for event in provider(resident)]
    return sorted(found, key=lambda event: event.moment, reverse=True)
