"""Which lots lie in which device: what the keeper said, and what came in since without a word."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from inventory.choices import MovementKind
from inventory.cold_rules import Word, was_inside
from inventory.models import ColdDevice, LotPlace, StockLevel, StockMovement
from places.models import Site


def places_of(site: Site) -> dict[int, list[Word]]:
    """level id → its words, oldest first; what came in without a word is unknown from then on. Three queries.

    A device that is out of use (or holds no vaccine) keeps nothing: what was said to lie there may lie anywhere now.
    """
    devices = set(ColdDevice.objects.with_vaccine().filter(site=site).values_list("pk", flat=True))
    levels = dict(StockLevel.objects.filter(site=site).values_list("lot", "pk"))
    more = Q(vials__gt=0) | Q(vials=0, open_doses__gt=0)
    came = StockMovement.objects.filter(more, site=site).exclude(reverses__kind=MovementKind.USE)
    said: dict[int, dict[datetime, set[int]]] = defaultdict(dict)
    for lot, at in came.order_by("pk").values_list("lot", "at"):
        said[levels[lot]][at] = set()
    words = LotPlace.objects.filter(level__site=site).order_by("at", "pk")
    key_of: dict[tuple, object] = {}
    for key, level, device, at in words.values_list("key", "level", "device", "at"):
        if key_of.get((level, at)) != key:  # a later word of the same moment
            key_of[level, at] = key
            said[level][at] = set()
        said[level][at] |= {device} & devices
    return {
        level: [Word(at, frozenset(found)) for at, found in sorted(moments.items())]
        for level, moments in said.items()
    }


def places_now(site: Site) -> dict[int, frozenset[int]]:
    """level id → ids of the devices where its vials lie by the last word; none: unknown."""
    return {level: words[-1].devices for level, words in places_of(site).items()}


def inside_or_elsewhere(
    device: ColdDevice, since: datetime | None, until: datetime
) -> tuple[set[int], set[int]]:
    """Ids of the levels of the device's site that lay in it, or nobody knows where, at any moment of that time; and of those
    that were at the site and lay elsewhere all the time."""
    there, elsewhere = set(), set()
    for level, words in places_of(device.site).items():
        if was_inside(device.pk, words, since, until):
            there.add(level)
        elif words[0].at <= until:
            elsewhere.add(level)
    return there, elsewhere
