"""``manage.py export_report KIND --place CODE --date D [--group NO] [--text KIND] [--campaign CODE] --out FILE``"""

from datetime import date
from pathlib import Path

from django.utils import timezone

from campaigns.models import Campaign
from core.commands import BadCall, OurCommand
from core.errors import RuleBroken
from places.models import Place
from reports.choices import BulletinKind, ReportKind
from reports.services import exports


class Command(OurCommand):
    help = "Write one report as a workbook (bulletin: a .docx): " + ", ".join(exports.DONE) + "."

    def add_arguments(self, parser):
        parser.add_argument("kind")
        parser.add_argument("--place", required=True, help="12-digit code")
        parser.add_argument("--date", required=True, type=date.fromisoformat)
        parser.add_argument("--group", help="one 组 of a village (census, unvaccinated, elderly)")
        parser.add_argument(
            "--text", choices=BulletinKind.values, default=BulletinKind.SUMMARY, help="of a bulletin"
        )
        parser.add_argument("--campaign", help="code; default: the newest running one above or at the place")
        parser.add_argument("--out", required=True, type=Path)

    def work(
        self,
        *,
        kind: str,
        place: str,
        date: date,
        group: str | None,
        text: str,
        campaign: str | None,
        out: Path,
        **options,
    ):
        try:
            where = Place.objects.select_related("parent").get(code=place)
        except Place.DoesNotExist:
            raise BadCall(f"没有区划代码 {place}。请先用 import_divisions 导入区划。") from None
        chosen = self._campaign(campaign, where)
        if not out.parent.is_dir():
            raise BadCall(f"没有目录 {out.parent}。请先建立,或换一个 --out。")
        try:
            made = exports.export(
                kind,
                place=where,
                day=date,
                campaign=chosen,
                by=None,
                now=timezone.now(),
                group=group,
                text=text,
            )
        except RuleBroken as error:
            raise BadCall(error.message) from error
        out.write_bytes(made.content)
        label = ReportKind(kind).label
        rows = "、".join(f"{name} {count} 行" for name, count in made.rows.items())
        data = {"kind": kind, "place": place, "date": date, "file": str(out), "rows": made.rows}
        return True, f"已写出{label}:{out}({rows})。", data | {"bytes": len(made.content)}

    def _campaign(self, code: str | None, place: Place) -> Campaign | None:
        """The named campaign, else the newest running one of the place or of a place above it."""
        if code:
            try:
                return Campaign.objects.select_related("place").get(code=code)
            except Campaign.DoesNotExist:
                raise BadCall(f"没有编号为 {code} 的接种活动。") from None
        running = Campaign.objects.running().select_related("place").order_by("-starts_on", "pk")
        return next((one for one in running if place.code.startswith(one.place.prefix)), None)
