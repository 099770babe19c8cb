"""Sharing a task out: one page, a line for each unit below, the sum against one's own task."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property

from core.dates import asked_day
from core.views import ServiceFormView
from places.choices import Level
from places.models import Place
from reports import rules
from reports.bases import newest_base, people_in
from reports.choices import TargetBasis, TargetKind
from reports.forms import OWN, TargetsForm
from reports.models import Target
from reports.services import ladders, targets
from reports.services.standings import METRIC_OF, finished_days
from reports.units import Unit
from reports.views.asked import ReportMixin
from reports.views.freshness import freshen

HISTORY = 50
_OFFICES = (Level.COUNTY, Level.TOWN)
_BELOW = {Level.COUNTY: "乡镇(街道)", Level.TOWN: "村(社区)", Level.VILLAGE: "组"}


class LadderMixin(ReportMixin):
    """``?place=&kind=&cohort=&due=``: a place and the units below it, by a deadline."""

    action = "targets.assign"

    @cached_property
    def due(self) -> date | None:
        """The deadline that is looked at: an old one, or one to be added."""
        start, end = self.campaign.starts_on, self.campaign.ends_on
        found = asked_day(self.asked.get("due", ""), otherwise=date.min)
        return found if start <= found <= end else None

    @cached_property
    def ladder(self) -> ladders.Ladder:
        asked = {"campaign": self.campaign, "place": self.place, "kind": self.kind, "cohort": self.cohort}
        return ladders.ladder(**asked, due_on=self.due, now=self.now)

    def address(self, due: date | None) -> str:
        """The page of tasks for the same place and cohort, by ``due``."""
        where = {"place": self.place.code, "kind": self.kind, "cohort": self.cohort.code}
        if due:
            where["due"] = due.isoformat()
        return f"{reverse('reports:targets')}?{urlencode(where)}"


class TargetsView(LadderMixin, ServiceFormView):
    """A county shares out to its towns, a town to its villages, a village to its groups."""

    form_class = TargetsForm
    template_name = "reports/targets.html"

    @property
    def of_doses(self) -> bool:
        return self.kind == TargetKind.DOSES

    @cached_property
    def stock(self) -> int | None:
        """Doses that lie at the sites of the place, when doses are what counts."""
        return ladders.stock_doses(self.place) if self.of_doses else None

    def get_form_kwargs(self):
        goal = self.ladder.goal
        may_set_own = self.place.level in _OFFICES and (goal is None or not targets.is_from_above(goal))
        return {
            **super().get_form_kwargs(),
            "below": [step.unit for step in self.ladder.steps],
            "of_doses": self.of_doses,
            "with_own": self.place if may_set_own else None,
        }

    def get_initial(self):
        found = self.ladder
        now = [step.target for step in found.steps if step.target] or [found.goal]
        last = now[0] if now[0] and now[0].due_on == found.due_on else None
        current = {step.unit.key: step.quantity for step in found.steps}
        return current | {
            "place": self.place.code,
            "kind": self.kind,
            "cohort": self.cohort.code,
            "due": found.due_on,
            "due_on": found.due_on or self.campaign.ends_on,
            "basis": last.basis if last else TargetBasis.COUNT,
            "percent": f"{last.percent.normalize():f}" if last and last.percent else None,
            "starts_on": last.starts_on if last else None,
            OWN: found.goal.quantity if found.goal and found.goal.due_on == found.due_on else None,
        }

    def get_context_data(self, **kwargs):
        is_fresh = freshen(by=self.request.user, now=self.now)
        context = super().get_context_data(**kwargs)
        form, found = context["form"], self.ladder
        base = None if self.of_doses else newest_base(self.campaign)
        bases = (
            people_in(base, self.campaign, [step.unit for step in found.steps], self.cohort) if base else {}
        )
        stock = rules.share_out(self.stock or 0, {step.unit.key: step.people for step in found.steps})
        lines = []
        for step in found.steps:
            numbers = {"base": bases.get(step.unit, step.people), "stock": stock.get(step.unit.key)}
            lines.append(
                (step, form[step.unit.key], numbers, self._links(step.unit, step.standing.starts_on))
            )
        return {
            **context,
            "ladder": found,
            "lines": lines,
            "own_links": self._links(Unit(self.place), found.standing.starts_on),
            "rest_links": self._links(Unit(self.place), found.rest_start, **self._rest),
            "sum_link": self._links(Unit(self.place), found.rest_start)["done"]
            if found.has_one_start
            else "",
            "own_base": bases.get(Unit(self.place), found.people),
            "own_field": form[OWN] if OWN in form.fields else None,
            "kinds": TargetKind,
            "kind": self.kind,
            "cohort": self.cohort,
            "cohorts": self.cohorts,
            "word": self.kind.unit,
            "stock": self.stock,
            "base": base,
            "fresh": is_fresh,
            "place": self.place,
            "today": self.today,
            "above": self._above,
            "below_word": _BELOW.get(self.place.level, "单位"),
            "may_open": self.place.level in _OFFICES,
            "forecast_days": rules.FORECAST_DAYS,
            "history": self._history(),
        }

    @property
    def _rest(self) -> dict[str, str]:
        """Who is in none of the units below, as the lists of names are asked for them."""
        return {"group": ""} if self.place.level == Level.VILLAGE else {"rest": "1"}

    def _links(self, unit: Unit, start: date | None, **more) -> dict[str, str]:
        """The lists of names behind the figures of a line, by figure."""
        where = {"place": unit.place.code, "cohort": self.cohort.code, "day": self.today.isoformat()} | more
        if unit.group_no:
            where["group"] = unit.group_no
        counted = where | {"metric": METRIC_OF[self.kind].code}
        since, last = finished_days(self.today, self.now)
        asked = {
            "people": where | {"metric": "target"},
            "done": counted | ({"since": start.isoformat()} if start else {"span": "ever"}),
            "lately": counted | {"since": since.isoformat(), "day": last.isoformat()},
        }
        return {name: f"{reverse('reports:names')}?{urlencode(query)}" for name, query in asked.items()}

    def _history(self):
        units = {(step.unit.place.pk, step.unit.group_no) for step in self.ladder.steps} | {
            (self.place.pk, "")
        }
        kept = (
            Target.objects.visible_to(self.request.user)
            .filter(campaign=self.campaign, kind=self.kind, cohort=self.cohort.code)
            .filter(place__in={place for place, _ in units})
        )
        if self.place.level != Level.VILLAGE:
            kept = kept.filter(group_no="")
        return kept.select_related("place", "assigned_by", "base", "withdrawn_by").order_by(
            "-assigned_at", "-pk"
        )[:HISTORY]

    @cached_property
    def _above(self) -> Place | None:
        parent = self.place.parent if self.place.level in (Level.TOWN, Level.VILLAGE) else None
        return parent if parent and self.request.user.scope(self.action).covers(parent.code) else None

    def perform(self, form):
        asked, basis = form.cleaned_data, form.cleaned_data["basis"]
        of_stock = basis == TargetBasis.STOCK
        made = targets.assign(
            actor=self.request.user,
            campaign=self.campaign,
            kind=self.kind,
            cohort=self.cohort,
            quantities=form.quantities(),
            basis=basis,
            percent=asked.get("percent") if form.is_percent else None,
            starts_on=asked["starts_on"] or (self.today if of_stock else None),
            due_on=asked["due_on"],
            replaces=asked["due"],
            key=asked["key"],
            now=self.now,
            note=asked["note"] or (f"下达时库存 {self.stock} 剂" if of_stock else ""),
        )
        if made:
            text = f"已下达 {len(made)} 个单位的任务,原来的任务数留在下面的变更记录里。"
            messages.success(self.request, text)
        else:
            messages.info(self.request, "没有变化:任务数和期限与现在的相同。")
        return self.address(asked["due_on"])
