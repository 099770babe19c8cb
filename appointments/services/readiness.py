"""Getting a day ready: zones of the site, staff, the opening checklist, and opening the doors."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from appointments.checklist import checklist, cold_readings, points_of
from appointments.choices import SessionState
from appointments.models import ClinicSession, SessionCheck, SessionStop, SiteZone, Slot, StaffPost
from appointments.readiness import cold_fault, device_fault
from core import audit
from core.dates import day_zh
from core.errors import RuleBroken
from core.locks import deed, lock
from places.models import Place, Site


@deed()
def set_zones(*, site: Site, zones: Sequence[tuple[str, str]], actor) -> list[SiteZone]:
    """Write the zones of a site in their order: (name, things it needs, one a line). Raises RuleBroken ZONES."""
    zones = [(name.strip(), items.strip()) for name, items in zones if name.strip()]
    if not zones:
        raise RuleBroken("ZONES", "请至少填写一个分区。")
    if len({name for name, _ in zones}) < len(zones):
        raise RuleBroken("ZONES", "有两个分区同名,请改名。")
    before = {zone.name: zone for zone in site.zones.all()}
    site.zones.exclude(name__in=[name for name, _ in zones]).delete()
    rows = []
    for order, (name, items) in enumerate(zones, start=1):
        zone = before.get(name) or SiteZone(site=site, name=name)
        zone.order, zone.items = order, items
        zone.save()
        rows.append(zone)
    data = {"zones": [name for name, _ in zones]}
    audit.record("site.zones_set", actor=actor, target=site, place_code=site.place.code, data=data)
    return rows


@deed()
def add_post(
    *,
    session: ClinicSession,
    duty: str,
    actor,
    user: User | None = None,
    name: str = "",
    phone: str = "",
    cert_no: str = "",
    cert_valid_to: date | None = None,
) -> StaffPost:
    """Put somebody on the staff of the day: an account, or a name. Raises RuleBroken: SESSION_STATE, NAME_MISSING, POST_TWICE."""
    _check_goes_on(session)
    name = user.display_name if user else name.strip()
    if not name:
        raise RuleBroken("NAME_MISSING", "请选择本点人员,或填写姓名。", "name")
    values = {"user": user, "phone": phone.strip() or (user.phone if user else "")}
    values |= {"cert_no": cert_no.strip(), "cert_valid_to": cert_valid_to}
    post, is_new = StaffPost.objects.get_or_create(session=session, duty=duty, name=name, defaults=values)
    if not is_new:
        raise RuleBroken("POST_TWICE", f"{name} 已经在{post.get_duty_display()}岗位上。", "name")
    _note(session, "session.staff_added", actor, duty=duty, name=name)
    return post


@deed()
def drop_post(*, post: StaffPost, actor) -> None:
    """Take somebody off the staff of a day that still goes on; the trail keeps it. Raises RuleBroken SESSION_STATE."""
    _check_goes_on(post.session)
    _note(post.session, "session.staff_dropped", actor, duty=post.duty, name=post.name)
    post.delete()


@deed()
def copy_posts(*, session: ClinicSession, actor) -> int:
    """The staff of the latest earlier session at the site that has one. Returns how many. Raises RuleBroken: SESSION_STATE,
    NO_EARLIER."""
    _check_goes_on(session)
    earlier = ClinicSession.objects.filter(site=session.site, on__lte=session.on, staff__isnull=False)
    last = earlier.exclude(pk=session.pk).order_by("-on", "-starts_at", "-pk").first()
    if last is None:
        raise RuleBroken("NO_EARLIER", "本接种点以前的场次没有登记人员,请逐个添加。")
    there = set(session.staff.values_list("duty", "name"))
    new = [post for post in last.staff.all() if (post.duty, post.name) not in there]
    for post in new:
        post.pk, post._state.adding, post.session = None, True, session
        post.save()
    _note(session, "session.staff_copied", actor, people=len(new), of=last.on.isoformat())
    return len(new)


@deed()
def put_checks(
    *,
    session: ClinicSession,
    ticked: Iterable[str],
    actor,
    now: datetime,
    celsius: Decimal | None = None,
    cold_note: str = "",
) -> int:
    """Say which points are fine; who changes nothing adds nothing. Returns how many words changed.

    The cold point is fine when the last reading of the day of each registered device is; a new reading is a new word.
    Where none is registered, ``celsius`` is typed, and ``cold_note`` says which thermometer was read. Raises RuleBroken:
    SESSION_STATE, COLD (no reading, out of range, or no note).
    """
    _check_goes_on(session)
    wanted, ticked = points_of(session, list(session.site.zones.all())), set(ticked)
    last = {check.code: check for check in session.checks.all()}
    if "cold" in ticked:
        celsius, cold_note = _cold(session, celsius, cold_note)
    changed = [
        SessionCheck(
            session=session,
            code=code,
            is_fine=code in ticked,
            celsius=celsius if code == "cold" and code in ticked else None,
            note=cold_note if code == "cold" and code in ticked else "",
            by=actor,
            at=now,
        )
        for code in wanted
        if _differs(last.get(code), code in ticked, celsius if code == "cold" else None)
    ]
    SessionCheck.objects.bulk_create(changed)
    if changed:
        _note(session, "session.checked", actor, points={check.code: check.is_fine for check in changed})
    return len(changed)


def _cold(session: ClinicSession, celsius: Decimal | None, note: str) -> tuple[Decimal, str]:
    """The warmest of the registered devices and the list of all, or what was typed where there is none."""
    readings = cold_readings(session)
    if fault := device_fault(readings) if readings else cold_fault(celsius, note):
        raise RuleBroken("COLD", fault, "celsius")
    if not readings:
        return celsius, note.strip()[:120]
    words = ";".join(
        f"{device} {timezone.localtime(row.at):%H:%M} {row.celsius}℃" for device, row in readings
    )
    return max(row.celsius for _, row in readings), words[:120]


def _differs(last: SessionCheck | None, is_fine: bool, celsius: Decimal | None) -> bool:
    if last is None:
        return is_fine
    return last.is_fine != is_fine or (is_fine and last.celsius != celsius)


@deed()
def start_session(*, session: ClinicSession, actor, now: datetime, reason: str = "") -> None:
    """Open the doors: from now on people are checked in. Starting twice changes nothing.

    What the checklist misses stops it; the office may open all the same with a ``reason``, which is kept with the gaps.
    Raises RuleBroken: SESSION_STATE, OTHER_DAY, NOT_READY (names what is missing).
    """
    lock(Slot, session.slots.values_list("pk", flat=True))
    session.refresh_from_db()
    if session.started_at:
        return
    today = timezone.localdate(now)
    if session.state != SessionState.OPEN:
        raise RuleBroken("SESSION_STATE", f"该场次目前是“{session.get_state_display()}”,不能开场。")
    if session.on != today:
        raise RuleBroken("OTHER_DAY", f"本场是 {day_zh(session.on)} 的,当天才能开场。检查可以提前做。")
    gaps, reason = checklist(session, today=today).gaps, reason.strip()[:120]
    is_office = actor is None or actor.scope("sessions.manage").covers(session.site.place.code)
    if gaps and not (is_office and reason):
        missing = ";".join(gap.words for gap in gaps)
        then = "确需开场的,由镇办写明原因。" if not is_office else "确需开场的,请写明原因。"
        raise RuleBroken("NOT_READY", f"还不能开场。{missing}。{then}", "reason" if is_office else None)
    session.started_at, session.started_by = now, actor
    session.start_reason = reason if gaps else ""
    session.save(update_fields=["started_at", "started_by", "start_reason"])
    _note(session, "session.started", actor, gaps=[gap.words for gap in gaps], reason=session.start_reason)


@deed()
def add_stop(
    *, session: ClinicSession, place: Place, where: str, starts_at: time, ends_at: time, actor
) -> SessionStop:
    """One halt of a mobile team's tour, inside the hours of the session. Raises RuleBroken: SESSION_STATE, STOP_TIME."""
    _check_goes_on(session)
    if not session.starts_at <= starts_at < ends_at <= session.ends_at:
        hours = f"{session.starts_at:%H:%M}–{session.ends_at:%H:%M}"
        raise RuleBroken("STOP_TIME", f"停靠时间应在本场时间({hours})之内,离开晚于到达。", "ends_at")
    lock(Slot, session.slots.values_list("pk", flat=True))
    if session.stops.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise RuleBroken("STOP_TIME", "这段时间接种队在另一个停靠点,请错开。", "starts_at")
    stop = SessionStop.objects.create(
        session=session, place=place, where=where.strip(), starts_at=starts_at, ends_at=ends_at
    )
    _note(session, "session.stop_added", actor, stop=str(stop))
    return stop


@deed()
def drop_stop(*, stop: SessionStop, actor) -> None:
    """Leave a halt out of the tour. Raises RuleBroken SESSION_STATE."""
    _check_goes_on(stop.session)
    _note(stop.session, "session.stop_dropped", actor, stop=str(stop))
    stop.delete()


def _check_goes_on(session: ClinicSession) -> None:
    if session.state not in (SessionState.PLANNED, SessionState.OPEN):
        raise RuleBroken("SESSION_STATE", f"该场次目前是“{session.get_state_display()}”,不能再改。")


def _note(session: ClinicSession, action: str, actor, **data) -> None:
    audit.record(action, actor=actor, target=session, place_code=session.site.place.code, data=data)
