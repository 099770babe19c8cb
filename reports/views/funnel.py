"""漏斗 by village, and the names behind each of its numbers."""

from django.http import Http404
from django.views.generic import ListView, TemplateView, View
from django_tables2 import SingleTableMixin

from core import audit, replica, xlsx
from core.handing_out import workbook
from reports import funnel
from reports.tables import PeopleTable
from reports.views.asked import ReportMixin


class FunnelView(ReportMixin, TemplateView):
    """``?place=``: one line per village, every number opens its list."""

    template_name = "reports/funnel.html"

    def get_context_data(self, **kwargs):
        rows, total = replica.read(lambda: funnel.lines(self.campaign, self.place, self.today))
        shown = {"rows": rows, "total": total, "steps": funnel.STEPS, "place": self.place, "now": self.now}
        return super().get_context_data(
            campaign=self.campaign,
            sums=funnel.SUMS,
            unit_word=funnel.unit_word(self.place),
            **shown,
            **kwargs,
        )


class FunnelFileView(ReportMixin, View):
    """The same lines as a workbook."""

    def get(self, request):
        rows, _ = replica.read(lambda: funnel.lines(self.campaign, self.place, self.today))
        sheet = funnel.sheet(rows, campaign=self.campaign, place=self.place, now=self.now)
        return workbook(xlsx.build([sheet]), xlsx.file_name(str(self.place), "漏斗", self.today))


class FunnelNamesView(ReportMixin, SingleTableMixin, ListView):
    """``?place=&step=``: the people of one number."""

    template_name = "reports/funnel_names.html"
    table_class = PeopleTable
    paginate_by = 50

    @property
    def step(self) -> funnel.Step:
        if self.asked.get("step") not in funnel.BY_CODE:
            raise Http404
        return funnel.BY_CODE[self.asked["step"]]

    def get_queryset(self):
        rows = funnel.behind(self.step, self.campaign, self.place, self.today)
        rows = rows.select_related("resident__village").prefetch_related("resident__identifiers")
        return rows.order_by("resident__village_code", "resident__group_no", "pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(place=self.place, step=self.step, **kwargs)
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.place.code,
            data={"funnel": self.step.code, "people": context["table"].paginator.count},
        )
        return context
