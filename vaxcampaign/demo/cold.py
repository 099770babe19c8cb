"""A month of the clinic's cold chain: two readings a day, a logger on the second refrigerator, one warm afternoon."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from inventory.models import ColdDevice, StockLevel
from inventory.services import cold
from inventory.services.cold_places import say_places
from inventory.services.excursions import decide
from inventory.services.logger_imports import import_logger_file
from vaxcampaign.demo.documents import OLD
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

DAYS = 30
WARM = 9  # so many days ago the door of the first refrigerator stood open
FORGOTTEN = 3  # so many days ago nobody read it in the afternoon
_SWING = ("4.2", "4.6", "5.1", "4.8", "3.9", "4.4", "5.6", "4.1")


def fill(ground: Ground, *, now: datetime) -> None:
    """Two refrigerators and what their thermometers showed."""
    since = timezone.localdate(now) - timedelta(days=DAYS)
    keeper = ground.users["stock"]
    first, second = (
        cold.add_device(site=ground.site, name=f"{n}号冰箱", serial_no=f"HYC-{n}", since=since, actor=keeper)
        for n in (1, 2)
    )
    for back in range(DAYS, -1, -1):
        _day(first, ground, back, now)
        if back:
            _day(second, ground, back, now)
    _log(second, keeper, now)
    _put_in(first, second, keeper, now)


def _put_in(first: ColdDevice, second: ColdDevice, keeper, now: datetime) -> None:
    """The keeper said where most lots lie; of the last one nobody knows."""
    levels = list(StockLevel.objects.filter(site=first.site).in_stock().fefo())
    places = {level.pk: [first, second][number % 2 :] for number, level in enumerate(levels[:-1])}
    say_places(site=first.site, places=places, actor=keeper, key=key("places"), now=now)


def _day(device: ColdDevice, ground: Ground, back: int, now: datetime) -> None:
    day = timezone.localdate(now) - timedelta(days=back)
    for number, clock in enumerate((time(7, 40), time(16, 10))):
        at = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
        celsius = _SWING[(back * 2 + number + device.pk) % len(_SWING)]
        is_first = device.name.startswith("1")
        if is_first and back == WARM and number:
            _warm_afternoon(device, ground, at)
        elif at <= now and not (is_first and back == FORGOTTEN and number):
            _read(device, celsius, at, ground.users["vaccinator"])
    if back == 0 and now < datetime.combine(day, time(7, 40), tzinfo=timezone.get_current_timezone()):
        _read(device, _SWING[0], now, ground.users["vaccinator"])


def _warm_afternoon(device: ColdDevice, ground: Ground, at: datetime) -> None:
    nurse, keeper = ground.users["vaccinator"], ground.users["stock"]
    words = "门没关严,已关好,疫苗暂不动,报告疫苗管理员"
    _read(device, "9.2", at, nurse, highest=Decimal("9.6"), action=words)
    _read(device, "5.8", at + timedelta(minutes=50), nurse, is_extra=True)
    row = device.excursions.get()
    reason = "记录仪显示超温不到 50 分钟,最高 9.6 ℃,已电话请示旗疾控,按厂家热稳定性资料可以继续使用;SV2026060 快到期,不再使用"
    keep = row.levels.exclude(lot__lot_no=OLD)
    decide(excursion=row, release=keep, reason=reason, actor=keeper, now=at + timedelta(hours=2))


def _read(device: ColdDevice, celsius: str, at: datetime, by, **more) -> None:
    mark = key("temperature", device.name, at.isoformat())
    cold.put_reading(device=device, celsius=Decimal(celsius), actor=by, key=mark, now=at, at=at, **more)


def _log(device: ColdDevice, keeper, now: datetime) -> None:
    """Three days of a logger, a point every ten minutes until now, and one line that it spoilt."""
    start = (now - timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    lines = ["设备编号,TH-22", "", "记录时间,温度(℃)"]
    step = timedelta(minutes=10)
    for number in range((now - start) // step + 1):
        at = timezone.localtime(start + step * number)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},{Decimal(40 + number * 7 % 15) / 10}")
    lines.insert(60, "2026-,--")
    content = "\n".join(lines).encode("gb18030")
    import_logger_file(device=device, content=content, name="TH-22_导出.csv", actor=keeper, now=now)
