"""The cold chain as a keeper and a nurse write it down: devices, and two readings a day."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same
from inventory.choices import ReadingKind
from inventory.cold_rules import LATE_ENTRY, check_apart, check_moment, check_value, half_of
from inventory.models import ColdDevice, Excursion, TemperatureReading
from inventory.models.cold import NAME_TAKEN, RANGE_WRONG
from inventory.services.excursions import review
from places.models import Site


@deed()
def add_device(*, site: Site, actor, name: str, since: date, **fields) -> ColdDevice:
    """Register a device from ``since`` on: ``kind``, ``serial_no``, ``low``, ``high``, ``holds_vaccine``. Raises RuleBroken
    NAME_TAKEN, RANGE."""
    device = ColdDevice(site=site, name=name.strip(), since=since, **fields)
    _check_device(device)
    device.save()
    _note("device.added", actor, device, name=device.name)
    return device


@deed()
def change_device(*, device: ColdDevice, actor, now: datetime, **fields) -> ColdDevice:
    """Change name, range or use. What was read before stays judged as it was. Out of use (``is_in_use`` False, with
    ``out_reason``) no reading is owed, and a time out of range ends. Raises RuleBroken NAME_TAKEN, RANGE, REASON_MISSING."""
    alone(f"cold:{device.pk}")
    device = ColdDevice.objects.select_related("site__place").get(pk=device.pk)
    before = {name: str(getattr(device, name)) for name in fields}
    for name, value in fields.items():
        setattr(device, name, value)
    _check_device(device)
    if not device.is_in_use:
        if not device.out_reason.strip():
            raise RuleBroken("REASON_MISSING", "请写明停用的原因,例如:送修,疫苗已转到2号冰箱。", "out_reason")
        Excursion.objects.filter(device=device, ended_at=None).update(ended_at=now)
    device.save()
    changed = {name: [old, str(getattr(device, name))] for name, old in before.items()}
    _note("device.changed", actor, device, **{k: v for k, v in changed.items() if v[0] != v[1]})
    return device


def _check_device(device: ColdDevice) -> None:
    if ColdDevice.objects.filter(site=device.site, name=device.name).exclude(pk=device.pk).exists():
        raise RuleBroken("NAME_TAKEN", NAME_TAKEN, "name")
    if device.low >= device.high:
        raise RuleBroken("RANGE", RANGE_WRONG, "high")


@deed()
def put_reading(
    *,
    device: ColdDevice,
    celsius: Decimal,
    actor,
    key: UUID,
    now: datetime,
    at: datetime | None = None,
    lowest: Decimal | None = None,
    highest: Decimal | None = None,
    action: str = "",
    is_extra: bool = False,
) -> TemperatureReading:
    """Write down what the thermometer shows; out of range, what was done about it, and the vaccine inside is held.

    A temperature out of range, or the first one back in range, is never turned away because the half day was read before:
    it is a look in between then.
    ``at`` is when it was read, up to seven days ago (None: now). ``is_extra``: a look in between. A repeat of ``key`` returns
    the first reading. Raises RuleBroken OUT_OF_USE, IMPLAUSIBLE, EXTREMES, FUTURE, LONG_AGO, BEFORE_DEVICE, HALF_TAKEN,
    TOO_NEAR, ACTION_MISSING.
    """
    alone(f"cold:{device.pk}")
    if row := TemperatureReading.objects.filter(key=key).first():
        return same(row, device_id=device.pk, celsius=celsius)
    device = ColdDevice.objects.select_related("site__place").get(pk=device.pk)
    if not device.is_in_use:
        raise RuleBroken(
            "OUT_OF_USE", f"{device.name}已停用({device.out_reason})。请选在用的设备。", "device"
        )
    at = at or now
    check_value(celsius, lowest, highest)
    check_moment(at, now, device.since)
    on = timezone.localdate(at)
    is_extra = is_extra or _is_between(device, celsius, at)
    _check_action(device, celsius, lowest, highest, action)
    row = TemperatureReading.objects.create(
        key=key,
        device=device,
        kind=ReadingKind.EXTRA if is_extra else ReadingKind.DAILY,
        on=on,
        half=half_of(at),
        at=at,
        celsius=celsius,
        lowest=lowest,
        highest=highest,
        action=action.strip(),
        by=actor,
        written_at=now,
    )
    _note("temperature.recorded", actor, device, celsius=str(celsius), at=at.isoformat())
    review(device, since=at, actor=actor, key=key, now=now)
    return row


def _is_between(device: ColdDevice, celsius: Decimal, at: datetime) -> bool:
    try:
        check_apart(at, list(device.readings.daily(timezone.localdate(at))))
    except RuleBroken:
        if device.is_fine(celsius) and not Excursion.objects.filter(device=device, ended_at=None).exists():
            raise
        return True
    return False


def _check_action(device: ColdDevice, celsius, lowest, highest, action: str) -> None:
    seen = [value for value in (celsius, lowest, highest) if value is not None]
    if not all(device.is_fine(value) for value in seen) and not action.strip():
        raise RuleBroken(
            "ACTION_MISSING",
            f"超出 {device.range_words}。请先处理(查门、查电、把疫苗转到备用冰箱,报告疫苗管理员),再写明做了什么。",
            "action",
        )


@deed()
def correct_reading(
    *, reading: TemperatureReading, celsius: Decimal, reason: str, actor, key: UUID, now: datetime
) -> TemperatureReading:
    """Put a slip of the pen right with a second row; both stay. What was held meanwhile waits for its decision.

    Raises RuleBroken REASON_MISSING, CORRECTED (already), LONG_AGO, IS_LOGGER, IMPLAUSIBLE. A repeat of ``key`` returns the
    first correction.
    """
    alone(f"cold:{reading.device_id}")
    if row := TemperatureReading.objects.filter(key=key).first():
        return same(row, replaces_id=reading.pk, celsius=celsius)
    device = ColdDevice.objects.select_related("site__place").get(pk=reading.device_id)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明更正的原因,例如:小数点写错。", "reason")
    if TemperatureReading.objects.filter(replaces=reading).exists():
        raise RuleBroken("CORRECTED", "这一条已经更正过了。请更正后面那一条。")
    if reading.kind == ReadingKind.LOGGER:
        raise RuleBroken("IS_LOGGER", "记录仪的读数不能改。仪器不准的,请停用送检。")
    if now - reading.at > LATE_ENTRY:
        raise RuleBroken("LONG_AGO", "7 天以前的记录不能再改。请在月表上手写说明、签名。")
    check_value(celsius)
    kept = ("kind", "on", "half", "at", "action")
    row = TemperatureReading.objects.create(
        key=key,
        device=device,
        celsius=celsius,
        replaces=reading,
        reason=reason.strip(),
        by=actor,
        written_at=now,
        **{name: getattr(reading, name) for name in kept},
    )
    _note("temperature.corrected", actor, device, was=str(reading.celsius), now=str(celsius), reason=reason)
    review(device, since=row.at, actor=actor, key=key, now=now)
    return row


def _note(action: str, actor, device: ColdDevice, **data) -> None:
    audit.record(action, actor=actor, target=device, place_code=device.site.place.code, data=data)
