"""Plans for tests, made through the services."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from inventory.models import Vaccine
from planning.services import clear_outs, proposing
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


def make_clear_out(campaign, place, *sites, hours=4, owed_reason="旗疾控补苗", now=None, **fields):
    """A push over everything usable at ``sites``; where there is nothing ten vials come first."""
    now = now or timezone.now()
    for site in sites:
        if not site.levels.usable(timezone.localdate(now)).in_stock().exists():
            receive(site, make_lot(), 10, now=now)
    return clear_outs.begin_clear_out(
        campaign=campaign,
        place=place,
        vaccines=list(Vaccine.objects.filter(presentations__lots__levels__site__in=sites).distinct()),
        sites=sites,
        deadline_at=now + timedelta(hours=hours),
        owed_reason=owed_reason,
        actor=None,
        key=fields.pop("key", None) or uuid4(),
        now=now,
    )
