"""The list of names behind a figure: same metric, same place, same days, so the count is the figure."""

from datetime import date

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from core import audit
from core.dates import asked_day, day_zh
from places.choices import Level
from reports import metrics
from reports.choices import TargetKind
from reports.services.standings import METRIC_OF
from reports.tables import DoseTable, PeopleTable
from reports.units import group_word
from reports.views.asked import ReportMixin

DAY, EVER = "day", "ever"
UNREACHED, DOSES, TARGET, NEXT = "unreached", "doses", "target", "next"
STATES = (UNREACHED, TARGET, NEXT)
_NOT_YET = {
    TargetKind.FIRST: "还没种首剂的人",
    TargetKind.COMPLETE: "还没种全程的人",
    TargetKind.BOOSTER: "还没种加强的人",
}


class NamesView(ReportMixin, SingleTableMixin, ListView):
    """``?place=&group=&cohort=&metric=&day=&span=day|ever`` or ``&since=`` and, of doses, ``&site=``; ``metric`` is a code of ``reports.metrics``, or

    ``target`` (the denominator), ``unreached`` (of ``kind``, at the end of the day), ``doses`` (every dose), ``next`` (who may
    have the next dose from the day ``&from=`` on; by today, when none is asked). ``group`` is one 组 of the village
    ``place``; empty, those in none of its groups.
    """

    template_name = "reports/names.html"
    paginate_by = 50

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.metric = self.asked.get("metric", "")
        self.group = self.asked.get("group")

    @cached_property
    def since(self) -> date | None:
        """The first day that is counted; None for ever."""
        if self.asked.get("span") == EVER:
            return None
        return min(asked_day(self.asked.get("since", ""), otherwise=self.day), self.day)

    @cached_property
    def from_day(self) -> date | None:
        """The coming day of ``next``; None asks for those who may come already."""
        asked = asked_day(self.asked.get("from", ""), otherwise=self.today)
        return asked if asked > self.today else None

    @property
    def is_doses(self) -> bool:
        return self.metric == DOSES or metrics.ALL.get(self.metric) in metrics.DOSES

    def get_queryset(self):
        if self.metric not in metrics.ALL and self.metric not in (*STATES, DOSES):
            raise Http404
        if self.metric == UNREACHED and self.kind == TargetKind.DOSES:
            raise Http404
        of = (self.campaign, {self.place.prefix})
        span = {"since": self.since, "until": self.day, "cohort": self.cohort}
        if self.is_doses:
            rows = self._in_group(metrics.doses_behind(metrics.ALL.get(self.metric), *of, **span), "unit")
            rows = self._at_site(rows)
            rows = rows.select_related("resident__village", "vaccine").order_by("unit", "given_on", "pk")
        else:
            rows = self._in_group(self._people(of, span), "unit_code").select_related("resident__village")
            rows = rows.order_by("unit_code", "resident__group_no", "pk")
        return rows.prefetch_related("resident__identifiers")

    def _people(self, of, span):
        if self.metric == TARGET:
            return metrics.people_of(*of, self.cohort)
        if self.metric == NEXT:
            start, end = (self.from_day, self.from_day) if self.from_day else (None, self.today)
            return metrics.next_doses(*of, since=start, until=end, cohort=self.cohort)
        if self.metric == UNREACHED:
            return metrics.unreached(METRIC_OF[self.kind], *of, until=self.day, cohort=self.cohort)
        return metrics.people_behind(metrics.ALL[self.metric], *of, **span)

    def _in_group(self, rows, unit):
        return rows if self.group is None else metrics.of_group(rows, self.group, unit)

    def _at_site(self, rows):
        """Those given at the asked site; "none": at no site of this system."""
        asked = self.asked.get("site", "")
        if not asked:
            return rows
        if asked != "none" and not (asked.isdecimal() and len(asked) < 10):
            raise Http404
        return rows.filter(dose__isnull=True) if asked == "none" else rows.filter(dose__site=int(asked))

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
            data={"metric": self.metric, "day": self.day.isoformat(), "people": found} | self._narrowed(),
        )
        return {
            **context,
            "place": self.place,
            "day": self.day,
            "since": self.since,
            "kind": self.kind,
            "cohort": self.cohort,
            "heading": self._heading(),
            "is_state": self.metric in STATES,
            "has_paper": self._has_paper(),
        }

    def _has_paper(self) -> bool:
        """The same people stand on a form that the village takes along from door to door."""
        is_form = self.metric == UNREACHED and self.kind == TargetKind.FIRST and not self._narrowed()
        return is_form and self.place.level == Level.VILLAGE and self.request.user.can("papers.print")

    def _narrowed(self) -> dict[str, str]:
        asked = {"cohort": self.cohort.code, "group": self.group}
        return {name: value for name, value in asked.items() if value}

    def _heading(self) -> str:
        special = {TARGET: "应种人员", DOSES: "接种记录"}
        if self.metric == NEXT:
            word = f"{day_zh(self.from_day)}可以种下一剂的人" if self.from_day else "已经可以种下一剂的人"
        elif self.metric == UNREACHED:
            word = _NOT_YET[self.kind]
        else:
            word = special.get(self.metric) or metrics.ALL[self.metric].title
        groups = [] if self.group is None else [group_word(self.group) or "未分组或登记在外村"]
        cohorts = [self.cohort.title] if self.cohort.code else []
        return " · ".join([*groups, *cohorts, word])
