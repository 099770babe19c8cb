"""Taking in the file of a data logger: every line is either a point, known already, or named as bad."""

from datetime import datetime

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from inventory import logger_files
from inventory.choices import ReadingKind
from inventory.cold_rules import half_of
from inventory.models import ColdDevice, LoggerFile, TemperatureReading
from inventory.services.excursions import review


@deed()
def import_logger_file(*, device: ColdDevice, content: bytes, name: str, actor, now: datetime) -> LoggerFile:
    """Put the points of a logger file beside the readings of ``device``; a point known already counts once.

    Times out of range hold what lay inside. Lines that cannot be points are kept with their reasons. Raises RuleBroken
    FILE, HEADER, DATE_ORDER, NO_POINTS.
    """
    found = logger_files.read(content)
    alone(f"cold:{device.pk}")
    if not found.points:
        raise RuleBroken("NO_POINTS", "文件里没有读到温度。请确认导出的是数据列表,不是空白记录。", "file")
    device = ColdDevice.objects.select_related("site__place").get(pk=device.pk)
    first = min(at for _, at, _ in found.points)
    rows = device.readings.filter(kind=ReadingKind.LOGGER, at__gte=first)
    known = dict(rows.values_list("at", "celsius"))
    fresh, repeated, bad = {}, 0, list(found.bad)
    for number, at, celsius in found.points:
        seen = known.get(at, fresh.get(at))
        if at > now:
            bad.append((number, f"{_words(at)},{celsius}", "时间在将来,记录仪的钟不准"))
        elif seen is None:
            fresh[at] = celsius
        elif seen == celsius:
            repeated += 1
        else:
            bad.append((number, f"{_words(at)},{celsius}", f"这个时刻已有 {seen} ℃"))
    file = LoggerFile.objects.create(
        device=device, name=name[-120:], added=len(fresh), repeated=repeated, bad=bad, by=actor, at=now
    )
    _put(file, fresh, actor, now)
    if fresh:
        review(device, since=min(fresh), actor=actor, key=file.uid, now=now)
    data = {"file": str(file.uid), "added": len(fresh), "repeated": repeated, "bad": len(bad)}
    audit.record("logger.imported", actor=actor, target=device, place_code=device.site.place.code, data=data)
    return file


def _words(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _put(file: LoggerFile, points: dict, actor, now: datetime) -> None:
    rows = [
        TemperatureReading(
            device=file.device,
            kind=ReadingKind.LOGGER,
            on=timezone.localdate(at),
            half=half_of(at),
            at=at,
            celsius=celsius,
            file=file,
            by=actor,
            written_at=now,
        )
        for at, celsius in sorted(points.items())
    ]
    TemperatureReading.objects.bulk_create(rows, batch_size=2000)
