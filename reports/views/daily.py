"""The daily report of a township on screen and paper, and the button that files it for county and town."""

from itertools import groupby

from django.http import Http404, HttpResponseRedirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core import jobs
from core.dates import day_zh
from core.templatetags.vax import number, percent
from places.choices import Level
from places.models import Place
from reports.models import ReportFile
from reports.services.daily import daily_report
from reports.services.workbooks import DAILY_COLUMNS, daily_cells, daily_lines
from reports.tasks import produce_daily
from reports.views.asked import ReportMixin
from reports.views.freshness import freshen


class _TownMixin(ReportMixin):
    """The daily report is made by township: a county looks at one of its towns."""

    action = "reports.download"

    @cached_property
    def towns(self) -> list[Place]:
        mine = Place.objects.current().inside(self.request.user.scope(self.action).prefixes)
        return list(mine.filter(level=Level.TOWN).order_by("code"))

    @cached_property
    def town(self) -> Place:
        """The asked town, else the first of the user's (404 when there is none)."""
        if self.asked.get("place"):
            if self.place.level == Level.TOWN:
                return self.place
            if self.place.level != Level.COUNTY:
                raise Http404
        if not self.towns:
            raise Http404
        return self.towns[0]


class DailyView(_TownMixin, TemplateView):
    """One sheet: every village of the town, any day."""

    template_name = "reports/daily.html"

    def get_context_data(self, **kwargs):
        is_fresh = freshen(by=self.request.user, now=self.now)
        report = daily_report(campaign=self.campaign, place=self.town, day=self.day, now=self.now)
        filed = ReportFile.objects.visible_to(self.request.user).filter(
            kind="daily", place=self.town, day=self.day, campaign=self.campaign
        )
        return {
            **super().get_context_data(**kwargs),
            "report": report,
            "fresh": is_fresh,
            "title": f"{self.town}{self.campaign}日报({day_zh(self.day)})",
            "head": _head(),
            "rows": [(row.place, _shown(daily_cells(row))) for row in report.rows],
            "total": _shown(daily_cells(report.total))[1:],
            "lines": daily_lines(report),
            "today": self.today,
            "towns": self.towns,
            "filed": filed[:6],
        }


class ProduceView(_TownMixin, View):
    """POST: write the workbooks, one for the county and a copy for the town, as a job with progress."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        job = jobs.start(
            produce_daily,
            kind="daily_report",
            title=f"生成{self.town}日报 {self.day:%Y-%m-%d}",
            by=request.user,
            total=3,
            campaign_id=self.campaign.pk,
            place_id=self.town.pk,
            day=self.day.isoformat(),
        )
        return HttpResponseRedirect(job.get_absolute_url())


def _head() -> tuple[list, list]:
    """Two header rows as in the workbook: [(title, columns, rows, note)…] above, [(title, note)…] below."""
    upper, lower = [], []
    for group, columns in groupby(DAILY_COLUMNS, key=lambda column: column.group):
        columns = list(columns)
        if group:
            upper.append((group, len(columns), 1, ""))
            lower += [(column.title, column.note) for column in columns]
        else:
            upper += [(column.title, 1, 2, column.note) for column in columns]
    return upper, lower


def _shown(cells: dict) -> list[str]:
    """The cells as the page prints them."""
    words = {"int": number, "percent": percent}
    return [words.get(column.format, str)(cells.get(column.key)) for column in DAILY_COLUMNS]
