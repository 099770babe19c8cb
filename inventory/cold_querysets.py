"""Reads of the cold chain."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.choices import ReadingKind
from inventory.cold_rules import OWED_DAYS, Half, owed
from inventory.querysets import site_of
from places.models import Site


class DeviceQuerySet(QuerySet):
    """Reads of ColdDevice."""

    def visible_to(self, user):
        """Devices of the sites whose stock the user may see."""
        return self._of(user, "stock.view")

    def read_by(self, user):
        """Devices whose thermometer the user reads."""
        return self.in_use().filter(self._sites(user, "cold.record"))

    def kept_by(self, user):
        """Devices that the user registers and puts out of use."""
        return self._of(user, "stock.manage")

    def in_use(self):
        """Devices that owe two readings a day."""
        return self.filter(is_in_use=True)

    def with_vaccine(self):
        """Devices in use that hold vaccine."""
        return self.in_use().filter(holds_vaccine=True)

    def _of(self, user, action: str):
        return self.filter(self._sites(user, action))

    def _sites(self, user, action: str) -> Q:
        if not user.can(action):
            return Q(pk__in=[])
        return Q(site__in=Site.objects.filter(site_of(user, action)))

    def owed(self, now: datetime) -> dict:
        """device pk → (day, half) of the last week that nobody has read, for these devices; two queries."""
        devices = list(self.in_use().order_by().values_list("pk", "since"))
        since = timezone.localdate(now) - timedelta(days=OWED_DAYS)
        readings = self.model._meta.get_field("readings").related_model.objects
        rows = readings.filter(device__in=[pk for pk, _ in devices], on__gte=since)
        rows = rows.exclude(kind=ReadingKind.EXTRA).order_by().values_list("device", "on", "half").distinct()
        done: dict[int, set] = {}
        for device, on, half in rows:
            done.setdefault(device, set()).add((on, half))
        return {pk: missing for pk, start in devices if (missing := owed(start, done.get(pk, ()), now=now))}


class OfDeviceQuerySet(QuerySet):
    """Reads of what hangs on a device."""

    def visible_to(self, user):
        """Of the devices the user may see."""
        devices = self.model._meta.get_field("device").related_model.objects.visible_to(user)
        return self.filter(device__in=devices)


class ReadingQuerySet(OfDeviceQuerySet):
    """Reads of TemperatureReading."""

    def standing(self):
        """Without those that a later row puts right."""
        return self.filter(replaced_by=None)

    def daily(self, on, half: Half | None = None):
        """The owed readings of a day."""
        rows = self.standing().filter(kind=ReadingKind.DAILY, on=on)
        return rows.filter(half=half) if half else rows


class ExcursionQuerySet(OfDeviceQuerySet):
    """Reads of Excursion."""

    def decided_on_by(self, user):
        """Those ``user`` may decide."""
        return self.filter(device__site__in=Site.objects.filter(site_of(user, "cold.decide")))

    def waiting(self):
        """Nobody has decided yet what becomes of the vaccine."""
        return self.filter(decided_at=None)

    def overlapping(self, start: datetime, end: datetime | None):
        """Those that share a moment with the time from ``start`` to ``end`` (None: still going on)."""
        rows = self.filter(Q(ended_at=None) | Q(ended_at__gte=start))
        return rows.filter(started_at__lte=end) if end else rows
