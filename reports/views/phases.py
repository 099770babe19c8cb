"""各阶段进度, and the names behind each of its numbers."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView
from django_tables2 import SingleTableMixin

from campaigns.models import Phase
from core import audit
from core.text import whole_number
from reports import phases
from reports.tables import PeopleTable
from reports.views.asked import ReportMixin


class PhasesView(ReportMixin, TemplateView):
    """``?place=``: one line per phase, every number opens its list."""

    template_name = "reports/phases.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            campaign=self.campaign,
            place=self.place,
            now=self.now,
            lines=phases.lines(self.campaign, {self.place.prefix}, self.today),
            titles=[title for title, _ in phases.STEPS.values()],
            **kwargs,
        )


class PhaseNamesView(ReportMixin, SingleTableMixin, ListView):
    """``?place=&phase=&step=``: the people of one number."""

    template_name = "reports/phase_names.html"
    table_class = PeopleTable
    paginate_by = 50

    @cached_property
    def phase(self) -> Phase:
        order = whole_number(self.asked.get("phase", ""))
        return get_object_or_404(self.campaign.phases.select_related("campaign"), order=order)

    @property
    def step(self) -> str:
        if self.asked.get("step") not in phases.STEPS:
            raise Http404
        return self.asked["step"]

    def get_queryset(self):
        rows = phases.behind(self.phase, self.step, {self.place.prefix})
        rows = rows.select_related("resident__village").prefetch_related("resident__identifiers")
        return rows.order_by("unit_code", "resident__group_no", "pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            place=self.place, phase=self.phase, title=phases.STEPS[self.step][0], **kwargs
        )
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.place.code,
            data={
                "phase": str(self.phase),
                "step": self.step,
                "people": context["table"].paginator.count,
            },
        )
        return context
