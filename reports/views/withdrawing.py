"""Taking tasks back, those of one deadline together."""

from django.contrib import messages
from django.utils.functional import cached_property

from core.views import ServiceFormView
from reports.models import Target
from reports.services import withdrawing
from reports.target_forms import WithdrawForm
from reports.views.targets import LadderMixin


class WithdrawView(LadderMixin, ServiceFormView):
    """The tasks of the place and of the units below it by the deadline, to be ticked; with the reason."""

    form_class = WithdrawForm
    template_name = "reports/withdraw.html"

    @cached_property
    def targets(self) -> list[Target]:
        """Those of the deadline that the user may take back."""
        goal = self.ladder.goal
        found = [goal] if goal and goal.due_on == self.ladder.due_on else []
        found += [step.target for step in self.ladder.steps if step.target]
        return [target for target in found if withdrawing.may_withdraw(self.request.user, target)]

    def get_form_kwargs(self):
        # One that was taken back by a post before stays a choice, so that the same post again is no error.
        mine = Target.objects.visible_to(self.request.user)
        if self.request.method == "GET":
            mine = mine.filter(pk__in=[target.pk for target in self.targets])
        return {**super().get_form_kwargs(), "targets": mine.select_related("place")}

    def get_initial(self):
        asked = {"place": self.place.code, "kind": self.kind, "cohort": self.cohort.code}
        return asked | {"due": self.ladder.due_on}

    def get_context_data(self, **kwargs):
        chosen = self.request.POST.getlist("chosen")
        return super().get_context_data(
            place=self.place,
            kind=self.kind,
            cohort=self.cohort,
            ladder=self.ladder,
            targets=[(target, str(target.pk) in chosen) for target in self.targets],
            back=self.address(self.ladder.due_on),
            **kwargs,
        )

    def perform(self, form):
        done = withdrawing.withdraw(
            targets=form.cleaned_data["chosen"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            now=self.now,
        )
        if done:
            messages.success(self.request, f"已撤回 {len(done)} 个任务,原因留在变更记录里。")
        return self.address(None)
