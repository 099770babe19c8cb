"""Saying in which device a lot lies, so that a time out of range holds what was inside and nothing else."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed, part
from core.repeats import key_used
from inventory.cold_places import places_now, places_of
from inventory.models import ColdDevice, LotPlace, StockDocument, StockLevel
from places.models import Site


@deed()
def say_places(
    *, site: Site, places: Mapping[int, Collection[ColdDevice]], actor, key: UUID, now: datetime
) -> int:
    """Write down where the lots of ``site`` lie from now on: level id → devices, none: unknown. Only what is new is written;
    returns how many lots. Raises RuleBroken DEVICE (of another site, out of use, or not for vaccine), KEY_USED."""
    alone("cold places")
    if done := LotPlace.objects.filter(key=key).select_related("level").order_by("pk"):
        if {row.level.site_id for row in done} != {site.pk}:
            raise key_used()
        return len({row.level_id for row in done})
    for device in {device for devices in places.values() for device in devices}:
        _check_device(device, site)
    standing = places_now(site)
    levels = StockLevel.objects.filter(site=site, pk__in=places).select_related("lot").order_by("pk")
    rows, said = [], {}
    for level in levels:
        devices = places[level.pk]
        if {device.pk for device in devices} != standing.get(level.pk, frozenset()):
            said[level.lot.lot_no] = [device.name for device in devices]
            rows += [
                LotPlace(key=key, level=level, device=device, by=actor, at=now)
                for device in devices or [None]
            ]
    LotPlace.objects.bulk_create(rows)
    if said:
        audit.record("lot.placed", actor=actor, target=site, place_code=site.place.code, data=said)
    return len(said)


@part()
def put_away(*, document: StockDocument, device: ColdDevice, actor, key: UUID, now: datetime) -> None:
    """What ``document`` brought was put into ``device``. Of a lot that was there before and lies nobody knows where, the whole
    stays unknown. Last in its deed; a repeat of ``key`` does nothing. Raises RuleBroken DEVICE."""
    alone("cold places")
    if LotPlace.objects.filter(key=key).exists():
        return
    _check_device(device, document.site)
    words = places_of(document.site)
    moved = document.lines.filter(movement__vials__gt=0).order_by().values("lot").annotate(n=Sum("vials"))
    came = dict(moved.values_list("lot", "n"))
    for level in StockLevel.objects.filter(site=document.site, lot__in=came).order_by("pk"):
        before = words[level.pk][:-1]  # the last word is what has just come in
        there = before[-1].devices if before else frozenset()
        if there or (level.vials == came[level.lot_id] and not level.open_doses):
            LotPlace.objects.bulk_create(
                LotPlace(key=key, level=level, device_id=pk, by=actor, at=now) for pk in {*there, device.pk}
            )


def _check_device(device: ColdDevice, site: Site) -> None:
    if device.site_id != site.pk or not device.is_in_use or not device.holds_vaccine:
        raise RuleBroken("DEVICE", f"{device}不是{site}在用的、存放疫苗的设备。请重新选。", "device")
