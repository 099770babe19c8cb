"""The list of names behind a figure: same metric, same place, same days, so the count is the figure."""

from django.http import Http404
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from core import audit
from reports import metrics
from reports.services.targets import METRIC_OF
from reports.tables import DoseTable, PeopleTable
from reports.views.asked import ReportMixin

DAY, EVER = "day", "ever"
UNREACHED, DOSES, TARGET = "unreached", "doses", "target"


class NamesView(ReportMixin, SingleTableMixin, ListView):
    """``?place=&metric=&day=&span=day|ever``; ``metric`` is a code of ``reports.metrics``, or

    ``target`` (the denominator), ``unreached`` (of ``kind``, at the end of the day), ``doses`` (every dose).
    """

    template_name = "reports/names.html"
    paginate_by = 50

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.metric = self.asked.get("metric", "")
        self.since = None if self.asked.get("span") == EVER else self.day

    @property
    def is_doses(self) -> bool:
        return self.metric == DOSES or metrics.ALL.get(self.metric) in metrics.DOSES

    def get_queryset(self):
        if self.metric not in metrics.ALL and self.metric not in (UNREACHED, DOSES, TARGET):
            raise Http404
        of = (self.campaign, {self.place.prefix})
        span = {"since": self.since, "until": self.day}
        if self.is_doses:
            rows = metrics.doses_behind(metrics.ALL.get(self.metric), *of, **span)
            rows = rows.select_related("resident__village", "vaccine").order_by("unit", "given_on", "pk")
        else:
            rows = self._people(of, span).select_related("resident__village")
            rows = rows.order_by("unit_code", "resident__group_no", "pk")
        return rows.prefetch_related("resident__identifiers")

    def _people(self, of, span):
        if self.metric == TARGET:
            return metrics.people_of(*of)
        if self.metric == UNREACHED:
            return metrics.unreached(METRIC_OF[self.kind], *of, until=self.day)
        return metrics.people_behind(metrics.ALL[self.metric], *of, **span)

    def get_table_class(self):
        return DoseTable if self.is_doses else PeopleTable

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = context["table"].paginator.count
        # a list of names is seen as one event, not one for each person on it
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.place.code,
            data={"metric": self.metric, "day": self.day.isoformat(), "people": found},
        )
        return {
            **context,
            "place": self.place,
            "day": self.day,
            "since": self.since,
            "kind": self.kind,
            "heading": self._heading(),
            "is_state": self.metric in (UNREACHED, TARGET),
        }

    def _heading(self) -> str:
        if self.metric == UNREACHED:
            return f"未{METRIC_OF[self.kind].title.removesuffix('人数')}的人"
        special = {TARGET: "应种人员", DOSES: "接种记录"}
        return special.get(self.metric) or metrics.ALL[self.metric].title
