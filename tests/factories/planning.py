"""Plans for tests, made through the services."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from planning.services import proposing
from tests.factories.stock import make_lot, receive


def make_plan(campaign, place, source, *, days=7, **fields):
    """A draft for the coming days; when ``source`` has nothing to give it receives ten vials first."""
    today = timezone.localdate()
    if not source.levels.usable(today).filter(vials__gt=0).exists():
        receive(source, make_lot(), 10)
    return proposing.propose_plan(
        campaign=campaign,
        place=place,
        source=source,
        since=fields.pop("since", today + timedelta(days=1)),
        until=fields.pop("until", today + timedelta(days=days)),
        actor=fields.pop("actor", None),
        key=fields.pop("key", None) or uuid4(),
        now=timezone.now(),
    )
