"""周排名: the week's order on screen and paper, the words to paste, the workbook, and publishing it."""

from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core import audit, xlsx
from core.dates import asked_day
from core.errors import RuleBroken
from core.handing_out import workbook
from places.choices import Level
from places.models import Place
from reports.choices import TARGETS_OF_PEOPLE, TargetKind
from reports.services import filing
from reports.services.bulletins.writing import may_write
from reports.services.standings import METRIC_OF
from reports.services.weekly import published
from reports.services.weekly_publishing import as_published, not_read, publish, ranking
from reports.services.weekly_sheet import weekly_sheet
from reports.views.asked import ReportMixin
from reports.views.freshness import freshen
from reports.weekly import Ranking, notice
from residents.publicity_sheet import week_of


class _Weekly(ReportMixin):
    """``?place=&day=&kind=``: an office sees any week of its place; a village the published weeks of its township."""

    @cached_property
    def office(self) -> Place:
        """Whose units are ranked: the place, for a village its township."""
        return self.place.parent if self.is_village else self.place

    @property
    def is_village(self) -> bool:
        return self.place.level == Level.VILLAGE

    @cached_property
    def measure(self) -> TargetKind:
        return self.kind if self.kind in TARGETS_OF_PEOPLE else TargetKind.FIRST

    @cached_property
    def asked_week(self) -> date:
        """A day of the asked week, never a coming one; the last week that is over where none is asked."""
        last = self.today - timedelta(days=7)
        return min(asked_day(self.asked.get("day", ""), otherwise=last), self.today)

    @cached_property
    def ranking(self) -> Ranking | None:
        """None where a village looks for a week that was not published."""
        if self.is_village:
            return self._published_for_village()
        of = {"campaign": self.campaign, "place": self.office, "kind": self.measure}
        return ranking(**of, day=self.asked_week, now=self.now)

    def _published_for_village(self) -> Ranking | None:
        rows = published(self.campaign, self.office)
        if self.asked.get("day"):
            rows = rows.filter(day=week_of(self.asked_week)[1])
        report = rows.select_related("place", "campaign", "filed_by").last()
        return as_published(report) if report else None


class WeeklyView(_Weekly, TemplateView):
    """The order, who moved, the first and the last; opening a published one is noted."""

    template_name = "reports/weekly.html"

    def get_context_data(self, **kwargs):
        is_fresh = self.is_village or freshen(by=self.request.user, now=self.now)
        found = self.ranking
        if found and found.report and self.request.user.pk != found.report.filed_by_id:
            filing.mark_seen(report=found.report, user=self.request.user, now=self.now)
        words = notice(found) if found else ""
        return super().get_context_data(
            office=self.office,
            ranking=found,
            notice=words,
            notice_rows=words.count("\n") + 3,
            key=uuid4(),
            measure=self.measure,
            metric=METRIC_OF[self.measure].code,
            kinds=TARGETS_OF_PEOPLE,
            fresh=is_fresh,
            is_village=self.is_village,
            with_sums=not self.is_village and bool(found) and not found.unplaced,
            mine=self.place.code if self.is_village else "",
            may_publish=self._may_publish(found),
            weeks=published(self.campaign, self.office).order_by("-day")[:12],
            **self._readers(found),
            around=self._around(found),
            **kwargs,
        )

    def _readers(self, found: Ranking | None) -> dict:
        if found is None or found.report is None or self.is_village:
            return {}
        seen = found.report.seen.select_related("user")
        return {"seen": list(seen), "not_read": not_read(found.report, self.today)}

    def _may_publish(self, found: Ranking | None) -> bool:
        is_over = found is not None and found.sunday < self.today
        return is_over and not found.report and may_write(self.request.user, self.office)

    def _around(self, found: Ranking | None) -> list[tuple[str, date]]:
        """(word, day) of the weeks beside the shown one, for an office."""
        if found is None or self.is_village:
            return []
        after = found.monday + timedelta(days=7)
        later = [("后一周" if after + timedelta(days=7) <= self.today else "本周(未完)", after)]
        return [("前一周", found.monday - timedelta(days=7)), *(later if after <= self.today else [])]


class WeeklyFileView(_Weekly, View):
    """The same as a workbook."""

    def get(self, request) -> HttpResponse:
        if self.ranking is None:
            raise Http404
        data = {"kind": "weekly", "day": self.ranking.sunday.isoformat()}
        audit.record("report.exported", actor=request.user, place_code=self.office.code, data=data)
        content = xlsx.build([weekly_sheet(self.ranking)])
        return workbook(content, xlsx.file_name(str(self.office), "周排名", self.ranking.sunday))


class WeeklyPublishView(_Weekly, View):
    """POST: freeze the week and let the villages see it."""

    action = "bulletins.write"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            publish(
                campaign=self.campaign,
                place=self.office,
                kind=self.measure,
                day=self.asked_week,
                actor=request.user,
                key=_key(request.POST.get("key", "")),
                now=self.now,
            )
            messages.success(request, "已通报:这一周的排名不再变,各村都能看到。下面的文字可以复制到工作群。")
        except RuleBroken as error:
            messages.error(request, error.message)
        query = {"place": self.office.code, "day": self.asked_week.isoformat(), "kind": self.measure}
        return HttpResponseRedirect(f"{reverse('reports:weekly')}?{urlencode(query)}")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
