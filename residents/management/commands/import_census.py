"""``manage.py import_census FILE --place CODE [--campaign CODE] [--commit] [--errors OUT.xlsx]``"""

from collections import Counter
from pathlib import Path

from django.utils import timezone

from campaigns.models import Campaign
from core.commands import BadCall, OurCommand
from places.choices import Level
from places.models import Place
from residents.choices import RowState
from residents.services import census
from residents.services.census_verdicts import CheckedRow
from residents.services.census_workbooks import error_workbook


class Command(OurCommand):
    help = "Import a census file (.xlsx, .xls, .csv). Without --commit nothing is written."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--place", required=True, help="12-digit code of the village or township")
        parser.add_argument("--campaign", help="code of the campaign to enrol the people in")
        parser.add_argument("--commit", action="store_true", help="write the good rows")
        parser.add_argument("--errors", type=Path, help="write the bad rows with reasons to this .xlsx")

    def work(self, *, file: Path, place: str, campaign: str | None, commit: bool, errors, **options):
        if not file.is_file():
            raise BadCall(f"文件不存在: {file}")
        ground = Place.objects.filter(code=place, level__in=(Level.TOWN, Level.VILLAGE)).first()
        if ground is None:
            raise BadCall(f"没有这个乡镇或村: {place}")
        chosen = Campaign.objects.filter(code=campaign).first() if campaign else None
        if campaign and chosen is None:
            raise BadCall(f"没有这个接种活动: {campaign}")
        if errors and not errors.parent.is_dir():
            raise BadCall(f"文件夹不存在: {errors.parent}")
        rows, counts = (_commit if commit else _try)(file, ground, chosen)
        bad = [row for row in rows if row.state == RowState.REJECTED]
        if errors:
            error_workbook(bad, where=ground.name, path=errors)
        data = {**_counts(counts), "committed": commit, **_listed(rows, bad)}
        return not bad and not data["review"], _sentence(data, commit), data


def _try(file: Path, place: Place, campaign: Campaign | None):
    rows = census.check_content(file.read_bytes(), place=place, campaign=campaign, today=timezone.localdate())
    return rows, Counter(str(row.state) for row in rows)


def _commit(file: Path, place: Place, campaign: Campaign | None):
    taken = census.take_in(
        content=file.read_bytes(), file_name=file.name, place=place, campaign=campaign, actor=None
    )
    today = timezone.localdate()
    census.check(taken, today=today)
    census.commit(taken, actor=None, now=timezone.now(), today=today)
    rows = list(census.checked_rows(taken))
    return rows, Counter(str(row.state) for row in rows)


def _counts(counts: Counter) -> dict[str, int]:
    return {
        "rows": counts.total(),
        "created": counts[RowState.CREATE],
        "updated": counts[RowState.UPDATE],
        "unchanged": counts[RowState.UNCHANGED],
        "review": counts[RowState.REVIEW],
        "rejected": counts[RowState.REJECTED],
    }


def _listed(rows: list[CheckedRow], bad: list[CheckedRow]) -> dict[str, list]:
    """``errors`` keep a row out; ``reviews`` wait for a person; ``warnings`` should be looked at."""

    def of(chosen, level: str) -> list[dict]:
        return [
            {"sheet": row.sheet, "row": row.number, **{k: p[k] for k in ("column", "code", "message")}}
            for row in chosen
            for p in row.problems
            if p["level"] == level
        ]

    review = [row for row in rows if row.state == RowState.REVIEW]
    others = [row for row in rows if row.state not in (RowState.REVIEW, RowState.REJECTED)]
    return {"errors": of(bad, "error"), "reviews": of(review, "warning"), "warnings": of(others, "warning")}


def _sentence(data: dict, commit: bool) -> str:
    head = "已导入" if commit else "试读(没有写入)"
    return (
        f"{head}:共 {data['rows']} 行,新增 {data['created']},补充 {data['updated']},无变化 {data['unchanged']},"
        f"待核对 {data['review']},有错误 {data['rejected']}。"
    )
