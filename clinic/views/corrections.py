"""Putting a recorded dose right: choose what is wrong, say what is right, and the second person's page."""

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from clinic.choices import CorrectionKind
from clinic.correction_forms import ColleagueForm, CorrectForm, DeclineForm
from clinic.correction_words import KINDS, comparison, recorded
from clinic.filters import CorrectionFilter
from clinic.models import Correction, Dose
from clinic.services import corrections
from clinic.services.access import confirmers_of, is_entitled
from clinic.tables import CorrectionTable
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.views import ActionRequiredMixin, KeyedForm, ScopedListView, ServiceFormView

_OF_DOSE = (
    "record__resident__village",
    "record__vaccine",
    "lot__presentation__vaccine",
    "visit__enrolment__campaign",
    "site__place",
    "by",
)


class _OfDose(ActionRequiredMixin):
    action = "corrections.propose"

    @cached_property
    def dose(self) -> Dose:
        mine = Dose.objects.visible_to(self.request.user, self.action).select_related(*_OF_DOSE)
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs):
        dose = self.dose
        if self.request.method == "GET":
            audit.viewed(dose.record.resident, by=self.request.user, page="clinic:correct")
        return super().get_context_data(
            dose=dose,
            recorded=recorded(dose),
            waiting=dose.corrections.waiting().first(),
            may_open_visit=self.request.user.can("clinic.view"),
            **kwargs,
        )


class CorrectView(_OfDose, TemplateView):
    """What is wrong with this dose? One choice of six."""

    template_name = "clinic/correct.html"

    def get_context_data(self, **kwargs):
        kinds = [(kind.value, kind.label, KINDS[kind][0]) for kind in CorrectionKind]
        return super().get_context_data(kinds=kinds, **kwargs)


class CorrectAsView(_OfDose, ServiceFormView):
    """What is right, and why."""

    template_name = "clinic/correct_as.html"
    form_class = CorrectForm

    @property
    def kind(self) -> CorrectionKind:
        if self.kwargs["kind"] not in CorrectionKind.values:
            raise Http404
        return CorrectionKind(self.kwargs["kind"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"dose": self.dose, "kind": self.kind, "user": self.request.user}

    def get_context_data(self, **kwargs):
        when, what = KINDS[self.kind]
        return super().get_context_data(kind=self.kind, when=when, what=what, **kwargs)

    def perform(self, form):
        row = corrections.propose(
            dose=self.dose,
            kind=self.kind,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
            **form.right(),
        )
        messages.warning(self.request, "已提出,还没有更正。请另一位有权的人核对后确认。")
        return row


class CorrectionListView(ScopedListView):
    """Corrections of the user's sites and places, the youngest first."""

    action = "corrections.propose"
    model = Correction
    table_class = CorrectionTable
    filterset_class = CorrectionFilter
    template_name = "clinic/corrections.html"

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related("dose__record__resident", "dose__site", "proposed_by", "decided_by")


class _OfCorrection(ServiceFormView):
    action = "corrections.propose"
    template_name = "clinic/correction.html"

    @cached_property
    def correction(self) -> Correction:
        mine = Correction.objects.visible_to(self.request.user, self.action).select_related(
            *(f"dose__{part}" for part in _OF_DOSE),
            "enrolment__resident",
            "lot__presentation__vaccine",
            "replacement__visit",
            "twin__record",
            "twin__site",
            "twin__lot",
            "proposed_by",
            "decided_by",
        )
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs):
        row, user = self.correction, self.request.user
        if self.request.method == "GET":
            audit.viewed(row.dose.record.resident, by=user, page="clinic:correction")
        own = row.proposed_by_id == user.pk
        second = confirmers_of(row.dose.site, timezone.localdate()).exclude(pk=row.proposed_by_id)
        return super().get_context_data(
            row=row,
            lines=comparison(row),
            what=KINDS[CorrectionKind(row.kind)][1],
            is_own=own,
            may_confirm=row.is_open and not own and is_entitled(user, "corrections.confirm", row.dose.site),
            second_people=[str(one) for one in second] if row.is_open else [],
            decline_form=DeclineForm(auto_id="decline_%s"),
            colleague_form=ColleagueForm(auto_id="colleague_%s"),
            may_open_visit=user.can("clinic.view"),
            **kwargs,
        )

    def confirmed_by(self, person):
        """The deed of the second person."""
        row = corrections.confirm(correction=self.correction, actor=person, now=timezone.now())
        messages.success(self.request, "已更正。请看下面“更正后”,需要办的事一件件办完。")
        return row


class CorrectionView(_OfCorrection):
    """What was recorded beside what is right; the second person agrees here."""

    form_class = KeyedForm
    post_action = "corrections.confirm"

    def perform(self, form):
        return self.confirmed_by(self.request.user)


class DeclineView(_OfCorrection):
    """The proposer withdraws, or the second person says no."""

    form_class = DeclineForm
    http_method_names = ["post"]

    def perform(self, form):
        row = corrections.decline(
            correction=self.correction,
            actor=self.request.user,
            answer=form.cleaned_data["answer"],
            now=timezone.now(),
        )
        messages.info(self.request, "记录保持原样,没有更正。")
        return row


class ConfirmHereView(_OfCorrection):
    """The colleague at the same desk agrees with the own account and password, so that nobody waits on the floor. Wrong
    passwords count as failed log-ins of that account."""

    form_class = ColleagueForm
    http_method_names = ["post"]

    def perform(self, form):
        given = {name: form.cleaned_data[name] for name in ("username", "password")}
        colleague = authenticate(self.request, **given) if all(given.values()) else None
        if colleague is None:
            raise RuleBroken("PASSWORD", "帐号或密码不对。请确认人本人重新输入。", "password")
        if colleague.must_change_password:
            raise RuleBroken("FIRST_PASSWORD", "这个帐号还没有改初始密码,请先登录改密码,再来确认。")
        try:
            return self.confirmed_by(colleague)
        except NotAllowed:
            raise RuleBroken(
                "NOT_ENTITLED", f"{colleague}没有在本点确认更正的权限。请接种员、预检医生或镇办确认。"
            ) from None
