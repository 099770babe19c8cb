"""A version of a bulletin as a .docx."""

from django.utils import timezone

from core import word, xlsx
from core.text import formal
from reports.models import Bulletin, BulletinVersion

TABLE = formal("附:各单位首剂接种进度")


def under(version: BulletinVersion) -> str:
    """Until when its figures count."""
    return formal(f"(数字统计截至{timezone.localtime(version.cut_off):%Y年%m月%d日%H时%M分})")


def docx_of(bulletin: Bulletin, version: BulletinVersion) -> bytes:
    """The paper: title, sections, place and date, and the table of all units on a sheet of its own."""
    at = timezone.localtime(version.at)
    rows = version.table["rows"]
    return word.write(
        word.Paper(
            title=version.title,
            under=under(version),
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
