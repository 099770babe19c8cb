"""接种点与计入单位对账: the doses of the sites against the doses of the units."""

from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.views.generic import TemplateView, View

from core import replica, xlsx
from core.dates import asked_day
from core.handing_out import workbook
from reports import cross
from reports.days import day_bounds
from reports.views.asked import ReportMixin


class _CrossMixin(ReportMixin):
    """``?place=&since=&day=``; without ``since`` from the beginning of the campaign on."""

    action = "reports.download"

    @cached_property
    def since(self):
        return min(asked_day(self.asked.get("since", ""), otherwise=self.campaign.starts_on), self.day)

    @cached_property
    def found(self) -> cross.Cross:
        asked = {"since": self.since, "until": self.day}
        return replica.read(lambda: cross.cross(self.campaign, self.place, **asked))


class CrossView(_CrossMixin, TemplateView):
    """The table; every number of people counted here opens its doses."""

    template_name = "reports/cross.html"

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "cross": self.found,
            "rows": [
                (unit, list(zip(self.found.lines, cells, strict=True)), total)
                for unit, cells, total in self.found.rows
            ],
            "campaign": self.campaign,
            "place": self.place,
            "since": self.since,
            "day": self.day,
            "today": self.today,
            "now": self.now,
            "sentence": cross.sentence(self.found),
        }


class CrossFileView(_CrossMixin, View):
    """The same as a workbook."""

    def get(self, request):
        days = f"{self.since:%Y-%m-%d} 至 {self.day:%Y-%m-%d}"
        cut_off = f"{localtime(min(self.now, day_bounds(self.day)[1])):%Y-%m-%d %H:%M}"
        made = cross.sheet(self.found, campaign=self.campaign, days=days, cut_off=cut_off)
        return workbook(xlsx.build([made]), xlsx.file_name(str(self.place), "对账表", self.day))
