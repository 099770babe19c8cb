"""The list of names behind a figure: same metric, same place, same days, so the count is the figure."""

from datetime import date

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from core import audit
from core.dates import asked_day, day_zh
from places.choices import Level
from places.models import Place
from places.querysets import any_code_range
from reports import metrics, named
from reports.choices import TargetKind
from reports.metrics import states
from reports.services.standings import METRIC_OF
from reports.tables import AwayTable, DoseTable, PeopleTable
from reports.units import group_word
from reports.views.asked import ReportMixin

DAY, EVER = "day", "ever"
UNREACHED, DOSES, TARGET, NEXT = "unreached", "doses", "target", "next"
NOW = (UNREACHED, TARGET, NEXT, states.AWAY_NOW, *states.STATE_WORDS)
REST = "rest"
_NOT_YET = {
    TargetKind.FIRST: "还没种首剂的人",
    TargetKind.COMPLETE: "还没种全程的人",
    TargetKind.BOOSTER: "还没种加强的人",
}


class NamesView(ReportMixin, SingleTableMixin, ListView):
    """``?place=&group=&cohort=&metric=&day=&span=day|ever`` or ``&since=`` and, of doses, ``&site=``; ``metric`` is a code of ``reports.metrics``, or

    ``target`` (the denominator), ``unreached`` (of ``kind``, at the end of the day), ``doses`` (every dose), ``next`` (who may
    have the next dose from the day ``&from=``, to ``&to=``, on; by today, when none is asked), a state of ``metrics.states``, or
    a code of ``reports.named`` (``&guests=1``, ``&vaccine=``). ``group`` is one 组 of the village ``place``; empty, those in
    none of its groups. ``rest=1``: in none of the places directly below.
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
    def coming(self) -> tuple[date, date] | None:
        """The coming days of ``next``; None asks for those who may come already."""
        since = asked_day(self.asked.get("from", ""), otherwise=self.today)
        return (since, max(since, self._to(since))) if since > self.today else None

    def _to(self, since: date) -> date:
        return asked_day(self.asked.get("to", ""), otherwise=since)

    @property
    def is_doses(self) -> bool:
        mine = self.metric in (DOSES, *named.DOSE_WORDS)
        return mine or metrics.ALL.get(self.metric) in metrics.DOSES

    @property
    def of_guests(self) -> bool:
        return self.asked.get("guests") == "1"

    def get_queryset(self):
        if self.metric not in (*metrics.ALL, *NOW, DOSES, *named.DOSE_WORDS):
            raise Http404
        if self.metric == UNREACHED and self.kind == TargetKind.DOSES:
            raise Http404
        if self.metric == states.AWAY_NOW:
            rows = states.away_now({self.place.prefix}).select_related("village")
            return rows.order_by("village_code", "group_no", "pk").prefetch_related("identifiers")
        if self.is_doses:
            rows = self._at_site(self._doses()).select_related("resident__village", "vaccine")
            rows = rows.order_by("resident__village_code", "given_on", "pk")
        else:
            rows = self._in_group(self._people(), "unit_code").select_related("resident__village")
            rows = rows.order_by("unit_code", "resident__group_no", "pk")
        return rows.prefetch_related("resident__identifiers")

    @property
    def _span(self) -> dict:
        return {"since": self.since, "until": self.day}

    def _doses(self):
        if self.metric in named.DOSE_WORDS:
            asked = named.Asked(self.campaign, self.place, **self._span)
            more = {"guests": self.of_guests, "vaccine": self.asked.get("vaccine", "")}
            return named.doses(self.metric, asked, **more)
        metric = metrics.ALL.get(self.metric)
        of = (metric, self.campaign, {self.place.prefix})
        return self._in_group(metrics.doses_behind(*of, **self._span, cohort=self.cohort), "unit")

    def _people(self):
        of = (self.campaign, {self.place.prefix})
        if self.metric == TARGET:
            return metrics.people_of(*of, self.cohort)
        if self.metric in states.STATE_WORDS:
            return states.in_state(self.metric, *of, day=self.day)
        if self.metric == NEXT:
            start, end = self.coming or (None, self.today)
            return metrics.next_doses(*of, since=start, until=end, cohort=self.cohort)
        if self.metric == UNREACHED:
            return metrics.unreached(METRIC_OF[self.kind], *of, until=self.day, cohort=self.cohort)
        return metrics.people_behind(metrics.ALL[self.metric], *of, **self._span, cohort=self.cohort)

    def _in_group(self, rows, unit):
        if self.asked.get(REST) == "1":
            below = Place.objects.current().filter(parent=self.place)
            return rows.exclude(any_code_range(unit, {place.prefix for place in below}))
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
        if self.metric == states.AWAY_NOW:
            return AwayTable
        return DoseTable if self.is_doses else PeopleTable

    def get_table_kwargs(self):
        """Doses of a site may be in people of other places: their names are masked."""
        return {"scope": self.request.user.scope(self.action)} if self.is_doses else {}

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
            "is_state": self.metric in NOW,
            "has_paper": self._has_paper(),
        }

    def _has_paper(self) -> bool:
        """The same people stand on a form that the village takes along from door to door."""
        is_form = self.metric == UNREACHED and self.kind == TargetKind.FIRST and not self._narrowed()
        return is_form and self.place.level == Level.VILLAGE and self.request.user.can("papers.print")

    def _narrowed(self) -> dict[str, str]:
        asked = {"cohort": self.cohort.code, "group": self.group, "guests": "1" if self.of_guests else ""}
        return {name: value for name, value in asked.items() if value}

    def _heading(self) -> str:
        special = {TARGET: "应种人员", DOSES: "接种记录", states.AWAY_NOW: "外出的人"}
        special |= named.DOSE_WORDS | {code: f"{word}的人" for code, word in states.STATE_WORDS.items()}
        if self.metric == NEXT:
            word = f"{self._coming_words}可以种下一剂的人"
        elif self.metric == UNREACHED:
            word = _NOT_YET[self.kind]
        else:
            word = special.get(self.metric) or metrics.ALL[self.metric].title
        word = f"{word}({named.GUESTS})" if self.of_guests else word
        groups = [] if self.group is None else [group_word(self.group) or "未分组或登记在外村"]
        cohorts = [self.cohort.title] if self.cohort.code else []
        return " · ".join([*groups, *cohorts, word])

    @property
    def _coming_words(self) -> str:
        if self.coming is None:
            return "已经"
        first, last = self.coming
        return day_zh(first) if first == last else f"{day_zh(first)}至{day_zh(last)}"
