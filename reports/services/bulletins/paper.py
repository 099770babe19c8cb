"""A version of a bulletin as a .docx."""

from datetime import timedelta

from django.utils import timezone

from core import word, xlsx
from core.text import formal
from reports.models import Bulletin, BulletinVersion

TABLE = formal("附:各单位首剂接种进度")


def under(bulletin: Bulletin, version: BulletinVersion) -> str:
    """The days it is about, and until when its figures count; the end of a day is its hour 24."""
    since, until = bulletin.since, bulletin.until
    days = f"{since.year}年{since.month}月{since.day}日"
    if until != since:
        days += f"至{until.month}月{until.day}日"
    at = timezone.localtime(version.cut_off)
    hour = f"{at:%H时%M分}"
    if (at.hour, at.minute) == (0, 0):
        at, hour = at - timedelta(days=1), "24时"
    return formal(f"({days},数字截至{at.month}月{at.day}日{hour})")


def docx_of(bulletin: Bulletin, version: BulletinVersion) -> bytes:
    """The paper: title, sections, place and date, and the table of all units on a sheet of its own."""
    at = timezone.localtime(version.at)
    rows = version.table["rows"]
    return word.write(
        word.Paper(
            title=version.title,
            under=under(bulletin, version),
            sections=version.filled,
            signed=(str(bulletin.place), f"{at.year}年{at.month}月{at.day}日"),
            tables=[word.Table(TABLE, version.table["columns"], rows)] if rows else [],
            author=str(bulletin.place),
            at=at,
        )
    )


def file_name(bulletin: Bulletin) -> str:
    """地区_种类_日期.docx."""
    name = xlsx.file_name(str(bulletin.place), bulletin.get_kind_display(), bulletin.until)
    return f"{name.removesuffix('.xlsx')}.docx"
