"""Sharing a task out: one page, a line for each place below, the sum against one's own task."""

from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property

from core.views import ServiceFormView
from places.choices import Level
from places.models import Place
from reports.choices import TargetKind
from reports.forms import OWN, TargetsForm
from reports.models import Target
from reports.services import targets
from reports.views.asked import ReportMixin

HISTORY = 50


class TargetsView(ReportMixin, ServiceFormView):
    """A county shares out to its towns, a town to its villages."""

    action = "targets.assign"
    form_class = TargetsForm
    template_name = "reports/targets.html"

    @cached_property
    def ladder(self) -> targets.Ladder:
        return targets.ladder(campaign=self.campaign, place=self.place, kind=self.kind, now=self.now)

    def get_form_kwargs(self):
        may_set_own = self.ladder.goal is None and self.place.level == Level.TOWN
        return {
            **super().get_form_kwargs(),
            "below": [step.place for step in self.ladder.steps],
            "with_own": self.place if may_set_own else None,
        }

    def get_initial(self):
        current = {step.place.code: step.quantity for step in self.ladder.steps}
        return current | {"place": self.place.code, "kind": self.kind, "due_on": self.ladder.due_on}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        below = Target.objects.visible_to(self.request.user).filter(campaign=self.campaign, kind=self.kind)
        codes = [self.place.code, *(step.place.code for step in self.ladder.steps)]
        return {
            **context,
            "ladder": self.ladder,
            "lines": [(step, form[step.place.code]) for step in self.ladder.steps],
            "own_field": form[OWN] if OWN in form.fields else None,
            "kinds": TargetKind,
            "kind": self.kind,
            "place": self.place,
            "may_go_up": self.asked.get("place") and self._above,
            "by_town": self.place.level == Level.COUNTY,
            "history": below.filter(place__code__in=codes)
            .select_related("place", "assigned_by")
            .order_by("-assigned_at", "-pk")[:HISTORY],
        }

    @cached_property
    def _above(self) -> Place | None:
        parent = self.place.parent if self.place.level == Level.TOWN else None
        return parent if parent and self.request.user.scope(self.action).covers(parent.code) else None

    def perform(self, form):
        made = targets.assign(
            actor=self.request.user,
            campaign=self.campaign,
            kind=self.kind,
            quantities=form.quantities(),
            due_on=form.cleaned_data["due_on"],
            key=form.cleaned_data["key"],
            now=self.now,
            note=form.cleaned_data["note"],
        )
        if made:
            messages.success(
                self.request, f"已下达 {len(made)} 个单位的任务,原来的任务数留在下面的变更记录里。"
            )
        else:
            messages.info(self.request, "没有变化:任务数和期限与现在的相同。")
        return f"{reverse('reports:targets')}?{urlencode({'place': self.place.code, 'kind': self.kind})}"
