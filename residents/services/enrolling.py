"""Enrolling everybody a campaign is about: when it opens, and whenever people came to the register past it."""

from collections.abc import Callable
from datetime import date

from campaigns.models import Campaign
from places.querysets import code_range
from residents.models import Resident
from residents.services import enrolments

CHUNK = 500  # people of one transaction: nobody's save waits long meanwhile


def missing(campaign: Campaign):
    """Live residents of the campaign's place who are not enrolled in it."""
    here = Resident.objects.live().filter(code_range("village_code", campaign.place.prefix))
    return here.exclude(pk__in=campaign.enrolments.values("resident"))


def enrol_missing(*, campaign: Campaign, actor, today: date, step: Callable[[int, int], None]) -> int:
    """Enrol ``missing`` in small transactions, telling ``step(done, total)`` between them; returns how many people.

    Everybody is enrolled, also who is too young: the projection says why. Stopped half-way, it may simply be run again.
    """
    ids = list(missing(campaign).order_by("pk").values_list("pk", flat=True))
    new = 0
    for start in range(0, len(ids), CHUNK):
        step(start, len(ids))
        people = Resident.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("pk")
        new += enrolments.enrol(residents=people, campaign=campaign, actor=actor, today=today)
    step(len(ids), len(ids))
    return new
