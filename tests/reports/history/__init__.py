"""Deeds of one township, done through the services, in any order and over some days."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from reports.services import population
from residents.models import VaccinationRecord
from tests.reports.history.office import OfficeDeeds
from tests.reports.history.people import PeopleDeeds
from tests.reports.history.rolls import RollDeeds
from tests.reports.history.sites import SiteDeeds

# Every deed; the ones that make the figures move come up more often.
OFTEN = ("late", "visit", "void", "move", "tomorrow", "file", "fill")
VERBS = (
    *("late", "visit", "void", "move", "merge", "remove", "hold", "refuse"),
    *("react", "correct", "turn_away", "receive", "waste", "set_apart", "undo", "book"),
    *("pupil", "shop", "call", "ride", "duty", "tell"),
    *("base", "task", "percent", "file", "close", "publish", "fill", "tomorrow"),
)


class History(PeopleDeeds, SiteDeeds, RollDeeds, OfficeDeeds):
    """``play`` steps (deed, two small numbers: whom it is about, and how). The hour moves on with every step."""

    def __init__(self, floor, town, school):
        self.floor, self.town, self.campaign, self.cast = floor, town, floor.campaign, floor.cast
        self.began_on, self.done = floor.today, set()
        self.open_office()
        self.place_people()
        self.open_rolls(school)
        self._recorded = 0

    @property
    def now(self):
        return self.floor.now

    @property
    def today(self):
        return self.floor.today

    def play(self, steps) -> None:
        """Do what is allowed of ``steps``; ``done`` holds the deeds that were."""
        for verb, who, number in steps:
            self.floor.now += timedelta(minutes=10)
            try:
                with transaction.atomic():
                    getattr(self, verb)(who, number)
            except (RuleBroken, NotAllowed):
                continue
            self.done.add(verb)
            population.fill_noted(
                now=self.now
            )  # each deed begins with kept counts and must tell itself whom it moves
            self._date_records()

    def _date_records(self) -> None:
        """Written down at the hour of the history: the services take that of the clock."""
        new = VaccinationRecord.objects.filter(pk__gt=self._recorded)
        new.update(recorded_at=self.now)
        self._recorded = VaccinationRecord.objects.aggregate(last=Max("pk"))["last"] or 0

    def tomorrow(self, who, number):
        """Eight in the morning of the next day."""
        morning = timezone.localtime(self.now).replace(hour=8, minute=0, second=0, microsecond=0)
        self.floor.now = morning + timedelta(days=1)
