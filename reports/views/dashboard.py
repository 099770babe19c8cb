"""The dashboard, and the names behind its figures."""

from django.views.generic import TemplateView

from core import charts, replica
from core.dates import weekday_zh
from places.choices import Level
from reports import metrics, rules
from reports.choices import TargetKind
from reports.services.board import board
from reports.services.outlook import outlook
from reports.views.asked import ReportMixin
from reports.views.freshness import freshen

DOSE_WORDS = {number: metric.title for number, metric in enumerate(metrics.DOSES, start=1)}


# The funnel on one screen: the steps that follow from each other, without the reasons beside them.
SHORT_FUNNEL = ("all", "hukou", "able", "done", "left", "inflow", "in_done")


class DashboardView(ReportMixin, TemplateView):
    """Completion against target and pace, and the doses of the last fourteen days."""

    template_name = "reports/dashboard.html"

    def get_context_data(self, **kwargs):
        is_fresh = freshen(by=self.request.user, now=self.now)
        asked = {"place": self.place, "kind": self.kind, "cohort": self.cohort, "day": self.day}
        found = replica.read(lambda: board(campaign=self.campaign, now=self.now, **asked))
        days = {
            day: {number: doses.get(metric.code, 0) for number, metric in enumerate(metrics.DOSES, start=1)}
            for day, doses in found.days.items()
        }
        used = [n for n in DOSE_WORDS if n <= 2 or any(doses[n] for doses in days.values())]
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "board": found,
            "fresh": is_fresh,
            "today": self.today,
            "kinds": TargetKind,
            "cohorts": self.cohorts,
            "word": self.kind.unit,
            "forecast_days": rules.FORECAST_DAYS,
            "bars": self._bars(found),
            "columns": charts.doses_per_day(
                {day: {n: doses[n] for n in used} for day, doses in days.items()},
                title="近14天接种剂次",
                key="days",
                words=DOSE_WORDS,
            ),
            "days": self._day_rows(found, used),
            "dose_titles": [DOSE_WORDS[n] for n in used],
            "may_download": user.can("reports.download"),
            "may_assign": user.can("targets.assign"),
            "up": self._up(),
        }

    def _bars(self, found):
        rows = [(str(r.standing.place), r.standing.done, r.standing.quantity or 0) for r in found.rows]
        return charts.completion(rows, title=f"{found.kind.label}完成率", key="bars", pace=found.total.pace)

    def _day_rows(self, found, used):
        """(day, [(metric code, doses)…], all doses), the latest first."""
        chosen = [metrics.DOSES[n - 1] for n in used]
        return [
            (
                day,
                [(metric.code, doses.get(metric.code, 0)) for metric in chosen],
                sum(doses.get(metric.code, 0) for metric in metrics.DOSES),
            )
            for day, doses in reversed(found.days.items())
        ]

    def _up(self):
        """The place above, when the user may look at it."""
        above = self.place.code[:-3] if self.place.level == Level.VILLAGE else self.place.code[:6]
        if len(above) >= len(self.place.prefix) or not self.request.user.scope(self.action).covers(above):
            return None
        return self.place.parent


class WallView(DashboardView):
    """The dashboard for a screen on the wall: dark, large, refreshed by itself, nothing to press."""

    def get_template_names(self):
        return ["reports/_wall.html" if self.request.htmx else "reports/wall.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"rooms": None, "tab_groups": None}


class OutlookView(ReportMixin, TemplateView):
    """What lies ahead; the dashboard fetches it as its last part, so that its own figures need not wait."""

    def get_template_names(self):
        return ["reports/_outlook.html" if self.request.htmx else "reports/outlook.html"]

    def get_context_data(self, **kwargs):
        asked = {"place": self.place, "cohort": self.cohort, "today": self.today}
        ahead = replica.read(lambda: outlook(campaign=self.campaign, **asked))
        return {
            **super().get_context_data(**kwargs),
            "place": self.place,
            "kind": self.kind,
            "cohort": self.cohort,
            "ahead": ahead,
            "funnel": charts.steps(
                [(step.title, number) for step, number in ahead.steps if step.code in SHORT_FUNNEL],
                title="名册上的人到了哪一步",
                key="funnel",
            ),
            "due": charts.steps(
                [(f"{day.month}/{day.day}{weekday_zh(day)}", number) for day, number in ahead.due.items()],
                title="未来7天可以种下一剂的人",
                key="due",
            ),
            "may_see_stock": self.request.user.can("stock.view"),
        }
