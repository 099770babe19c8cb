"""Files and codes that a page hands out at once (what takes longer is a job, see ``core.jobs``)."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

import segno
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core import xlsx
from core.errors import RuleBroken

_OFFICE = "application/vnd.openxmlformats-officedocument"
_XLSX, _DOCX = f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document"
_HEADS = 40  # rows of a sheet that are title, heads, totals, signature


def workbook(content: bytes, name: str) -> HttpResponse:
    """An .xlsx to download under ``name`` (Chinese, with its ending); no browser or proxy keeps it."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=_XLSX, headers=headers)


def people_workbook(content: bytes, name: str, *, by) -> HttpResponse:
    """``workbook`` of a list of people: it says on every printed page who took it and when.

    Raises RuleBroken EXPORT_TOO_LONG: what is handed out at once has nobody else's word, so it may not be long.
    """
    if _rows(content) > settings.EXPORT_FREE_PEOPLE + _HEADS:
        words = f"名单超过 {settings.EXPORT_FREE_PEOPLE} 人,不能直接下载。请按村(社区)分开下载,或在“居民名册”“报表目录”申请批准。"
        raise RuleBroken("EXPORT_TOO_LONG", words)
    return workbook(xlsx.signed(content, taken_by(by, timezone.now())), name)


def _rows(content: bytes) -> int:
    """Of the longest sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        return max((packed.read(name).count(b"<row ") for name in sheets), default=0)


def taken_by(user, now: datetime) -> str:
    """What stands on a list of people that ``user`` takes away."""
    who = f"{user}({user.main_role})" if user.main_role else str(user)
    return f"下载人:{who}  {timezone.localtime(now):%Y-%m-%d %H:%M}  含个人信息,只供工作使用,不得外传"


def docx(content: bytes, name: str) -> HttpResponse:
    """A .docx to download, in the same way."""
    response = workbook(content, name)
    response["Content-Type"] = _DOCX
    return response


def csv_file(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """A .csv to download, as Excel, WPS and the senders of text messages open it (UTF-8 with a mark). A cell that a
    spreadsheet would take for a formula is made a text."""
    text = io.StringIO()
    csv.writer(text).writerows([[no_formula(cell) for cell in row] for row in rows])
    response = workbook(text.getvalue().encode("utf-8-sig"), name)
    response["Content-Type"] = "text/csv; charset=utf-8"
    return response


def no_formula(cell: str) -> str:
    """``cell`` as a text that no spreadsheet computes."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def qr_svg(text: str, *, title: str = "") -> SafeString:
    """``text`` as a QR code (level M: a scratched paper still reads), drawn inline without style attributes: the pages'
    security policy forbids them. ``title`` is what a screen reader says."""
    code = segno.make_qr(text, error="m")
    drawn = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, title=title or None)
    return mark_safe(drawn)  # noqa: S308 made here
