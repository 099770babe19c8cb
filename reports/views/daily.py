"""The daily report of a township on screen and paper, and the button that files it for county and town."""

from itertools import groupby
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from core import jobs
from core.dates import day_zh
from core.templatetags.vax import number, percent
from core.views import ServiceFormView
from reports.choices import FiledKind
from reports.forms import CloseDayForm
from reports.models import FiledReport, ReportFile
from reports.services.daily import DailyReport, DailyRow, daily_report
from reports.services.daily_closing import close_day, closed_report, frozen_report
from reports.services.workbooks import DAILY_COLUMNS, daily_cells, daily_parts
from reports.tasks import produce_daily
from reports.views.asked import TownMixin
from reports.views.daily_links import address_of, line_address
from reports.views.freshness import freshen


class DailyView(TownMixin, TemplateView):
    """One sheet: every village of the town, any day."""

    template_name = "reports/daily.html"

    def get_context_data(self, **kwargs):
        is_fresh = freshen(by=self.request.user, now=self.now)
        closed = closed_report(self.campaign, self.town, self.day)
        if closed:
            report = frozen_report(closed)
        else:
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
            "rows": [(row.place, self._cells(row, closed)) for row in report.rows],
            "total": self._cells(report.total, closed)[1:],
            "lines": self._lines(report, closed),
            "today": self.today,
            "towns": self.towns,
            "filed": filed[:6],
            "closed": closed,
            "later": None if closed else self._closed_later(),
            "may_close": self.request.user.can("progress.file"),
            "form": CloseDayForm(initial={"place": self.town.code, "day": self.day}),
        }

    def _cells(self, row: DailyRow, closed: FiledReport | None) -> list[tuple[str, str]]:
        """The cells as the page prints them, each with the address of its names ("" where there are none)."""
        words, cells = {"int": number, "percent": percent}, daily_cells(row)
        of = {"place_code": row.place.code, "day": self.day, "closed": closed}
        return [
            (
                words.get(column.format, str)(cells.get(column.key)),
                address_of(column.key, **of) if cells.get(column.key) else "",
            )
            for column in DAILY_COLUMNS
        ]

    def _lines(self, report: DailyReport, closed: FiledReport | None) -> list[list[tuple[str, str]]]:
        """What stands under the table, in pieces, each with the address of its rows."""
        of = {"user": self.request.user, "place": self.town, "day": self.day, "closed": closed}
        parts = daily_parts(report)
        return [[(text, line_address(what, site, **of)) for text, what, site in line] for line in parts]

    def _closed_later(self) -> FiledReport | None:
        """A later day that is closed already: this one cannot be closed any more."""
        rows = FiledReport.objects.chain(kind=FiledKind.DAILY, campaign=self.campaign, place=self.town)
        return rows.filter(day__gt=self.day).first()


class CloseView(TownMixin, ServiceFormView):
    """POST: freeze the daily report of a day. What is refused is said on the page of the day."""

    action = "progress.file"
    form_class = CloseDayForm
    http_method_names = ["post"]

    def perform(self, form):
        report = close_day(
            campaign=self.campaign,
            place=self.town,
            day=form.cleaned_data["day"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        messages.success(self.request, "日报已封存,数字不会再变。以后录入的进下一份日报的“补录”。")
        return self._page(report.day)

    def form_invalid(self, form):
        for errors in form.errors.values():
            messages.error(self.request, " ".join(errors))
        return HttpResponseRedirect(self._page(self.day))

    def _page(self, day) -> str:
        query = urlencode({"place": self.town.code, "day": day.isoformat()})
        return f"{reverse('reports:daily')}?{query}"


class ProduceView(TownMixin, View):
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
