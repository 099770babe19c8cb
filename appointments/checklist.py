"""The opening checklist of a session as it stands: staff, vaccine, zones, points, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum
from django.utils import timezone

from accounts.models import StaffQualification
from appointments.models import Booking, ClinicSession, SessionCheck, SiteZone, StaffPost
from appointments.readiness import (
    CERTIFICATES,
    POINTS,
    POINTS_OF_KIND,
    SAME_DAY,
    Gap,
    Post,
    Supply,
    point_gaps,
    staff_gaps,
    stock_gaps,
)
from inventory.models import ColdDevice, StockLevel, TemperatureReading


@dataclass
class Checklist:
    """Everything the page shows and the rule asks."""

    staff: list[tuple[StaffPost, date | None]]  # with the end of the certificate the duty needs
    supplies: list[Supply]
    zones: list[SiteZone]
    checks: Mapping[str, SessionCheck]  # the last word on each point
    cold: list[
        tuple[ColdDevice, TemperatureReading | None]
    ]  # each device with vaccine, with its last reading of the day
    gaps: list[Gap]

    def gaps_of(self, part: str) -> list[str]:
        """What is missing in one part of the page, in words."""
        return [gap.words for gap in self.gaps if gap.part == part]


def zone_code(zone: SiteZone) -> str:
    """The point that says a zone is set up."""
    return f"zone-{zone.pk}"


def points_of(session: ClinicSession, zones: list[SiteZone]) -> dict[str, tuple[str, str]]:
    """All points of ``session`` at its site with ``zones``: code → (short name, what is true when ticked)."""
    places = {
        zone_code(zone): (zone.name, f"{zone.name}:{'、'.join(zone.things) or '已布置'}") for zone in zones
    }
    return places | POINTS | POINTS_OF_KIND.get(session.kind, {})


def checklist(session: ClinicSession, *, today: date) -> Checklist:
    """The checklist of ``session``, in a fixed number of queries."""
    staff = _staff(session)
    zones = list(session.site.zones.all())
    checks = {check.code: check for check in session.checks.select_related("by")}  # by id: the last one stays
    supplies, every = _supplies(session, today)
    booked = Booking.objects.filter(slot__session=session).active().count()
    posts = [Post(post.duty, post.name, until) for post, until in staff]
    gaps = staff_gaps(posts, kind=session.kind, stations=session.stations, on=session.on)
    gaps += stock_gaps(supplies, booked=booked, every=every)
    if not zones:
        gaps.append(Gap("zones", "接种点还没有设置功能分区"))
    ticked = [code for code, check in checks.items() if is_done(check, session)]
    gaps += point_gaps([(code, name) for code, (name, _) in points_of(session, zones).items()], ticked)
    return Checklist(staff, supplies, zones, checks, cold_readings(session), gaps)


def cold_readings(session: ClinicSession) -> list[tuple[ColdDevice, TemperatureReading | None]]:
    """The devices of the site that hold vaccine, each with its last reading on the day of the session."""
    devices = ColdDevice.objects.with_vaccine().filter(site=session.site).order_by("name")
    rows = TemperatureReading.objects.standing().filter(device__in=devices, on=session.on)
    last = {reading.device_id: reading for reading in rows.select_related("by").order_by("at", "pk")}
    return [(device, last.get(device.pk)) for device in devices]


def is_done(check: SessionCheck | None, session: ClinicSession) -> bool:
    """True when the last word on a point is "fine", and of the day itself where it must be."""
    if check is None or not check.is_fine:
        return False
    return check.code not in SAME_DAY or timezone.localdate(check.at) == session.on


def _staff(session: ClinicSession) -> list[tuple[StaffPost, date | None]]:
    posts = list(session.staff.select_related("user"))
    held = StaffQualification.objects.filter(user__in=[post.user_id for post in posts if post.user_id])
    ends = {
        (user, kind): until
        for user, kind, until in held.order_by().values_list("user", "kind").annotate(Max("valid_to"))
    }
    return [
        (post, ends.get((post.user_id, CERTIFICATES.get(post.duty)), post.cert_valid_to)) for post in posts
    ]


def _supplies(session: ClinicSession, today: date) -> tuple[list[Supply], bool]:
    """Usable doses of each product offered; True when the products were named for this day."""
    named = list(session.products.all())
    products = named or list(session.campaign.products.all())
    levels = StockLevel.objects.filter(site=session.site, lot__presentation__vaccine__in=products)
    on = max(session.on, today)
    doses = levels.usable(on).with_doses().order_by().values_list("lot__presentation__vaccine")
    found = dict(doses.annotate(total=Sum("doses")))
    return [Supply(p.short_name, found.get(p.pk, 0)) for p in products], bool(named)
