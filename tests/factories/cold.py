"""Cold devices and readings for tests."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from inventory.models import ColdDevice
from inventory.services import cold


def make_device(site, *, name="1号冰箱", days=30, **fields) -> ColdDevice:
    """A refrigerator in use since ``days`` days."""
    since = timezone.localdate() - timedelta(days=days)
    return ColdDevice.objects.create(site=site, name=name, since=since, **fields)


def read(device, celsius, *, at, actor=None, now=None, action="", **fields):
    """A reading at ``at``, written down at once unless ``now`` says otherwise."""
    return cold.put_reading(
        device=device,
        celsius=Decimal(str(celsius)),
        actor=actor,
        key=fields.pop("key", uuid4()),
        now=now or at,
        at=at,
        action=action,
        **fields,
    )
