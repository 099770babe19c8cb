"""The page of one person at the site, and the posts of each step."""

from django.contrib import messages
from django.utils import timezone
from django.views.generic import DetailView

from clinic.choices import Outcome
from clinic.forms import (
    CompanionForm,
    DoseForm,
    ReasonForm,
    SignForm,
)
from clinic.models import Visit
from clinic.services import checklist, companions, consenting, doses, screenings, visits
from clinic.stations import may_call, own_stage
from clinic.views.base import FloorMixin, VisitStepView, visits_with_all
from clinic.views.card import next_in_line, stands_on_page, visit_context
from clinic.views.panels import screen_form
from core import audit
from core.handing_out import qr_svg


class VisitView(FloorMixin, DetailView):
    """Who this is, what was, and the panel of the step for the user's role."""

    template_name = "clinic/visit.html"
    slug_field = slug_url_kwarg = "uid"

    def get_queryset(self):
        return visits_with_all().visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        visit = self.object
        page = visit_context(self.request, visit, self.now, self.today)
        stage = own_stage(self.request.user)
        done_here = visit.stage != stage
        page["next_visit"] = next_in_line(self.request.user, visit.site, self.now) if done_here else None
        page["may_call"] = may_call(self.request.user)
        audit.viewed(visit.enrolment.resident, by=self.request.user, page="clinic:visit")
        return super().get_context_data(**page | {"site": visit.site} | kwargs)


class StepView(VisitStepView):
    """A step whose form stands on the page of the person: refused, the page comes again with it."""

    form_name = ""

    def get_context_data(self, **kwargs):
        today = timezone.localdate(self.now)
        posted = {self.form_name: kwargs["form"], "form": kwargs["form"]}
        visit = visits_with_all().get(pk=self.visit.pk)
        page = visit_context(self.request, visit, self.now, today, posted)
        missed = None if stands_on_page(self.form_name, page) else kwargs["form"]
        return {"view": self, "site": visit.site, "missed": missed} | page

    def keyed(self, form) -> dict:
        """Actor, key and time of the deed."""
        return {"actor": self.request.user, "key": form.cleaned_data["key"], "now": self.now}


class ScreenView(StepView):
    """预检."""

    action = "visits.screen"
    form_name = "screen_form"

    def get_form(self, form_class=None):
        return screen_form(self.visit, timezone.localdate(self.now), data=self.request.POST)

    def perform(self, form):
        result = screenings.screen(
            visit=self.visit,
            answers=form.answers(),
            celsius=form.cleaned_data["celsius"],
            health_code_ok=form.code_ok,
            vaccine=form.cleaned_data["vaccine"],
            doctors_reason=form.cleaned_data["doctors_reason"],
            ruling=form.ruling_given(),
            **self.keyed(form),
        )
        level = messages.SUCCESS if result.outcome == Outcome.PASS else messages.WARNING
        messages.add_message(self.request, level, f"预检结论:{result.get_outcome_display()}。{result.reason}")
        return self.visit


class ConsentView(StepView):
    """知情同意: a new signature."""

    action = "consents.record"
    form_class = SignForm
    form_name = "sign_form"

    def perform(self, form):
        data = form.cleaned_data
        consenting.sign(
            visit=self.visit,
            given=data["given"] == "1",
            signer_name=data["signer_name"],
            relation=data["relation"],
            channel=data["channel"],
            signature=data["signature"],
            paper_no=data["paper_no"],
            **self.keyed(form),
        )
        return self.visit


class UseSignedView(StepView):
    """知情同意: one that was signed before."""

    action = "consents.record"
    form_class = ReasonForm

    def perform(self, form):
        return consenting.use_signed(visit=self.visit, actor=self.request.user, now=self.now)


class WithdrawView(StepView):
    """The person changes their mind."""

    action = "consents.record"
    form_class = ReasonForm
    form_name = "withdraw_form"

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        return consenting.withdraw(visit=self.visit, actor=self.request.user, reason=reason, now=self.now)


class DoseView(StepView):
    """The needle."""

    action = "doses.record"
    form_class = DoseForm
    form_name = "dose_form"

    def get_form_kwargs(self):
        items = checklist.items_of(self.visit.enrolment)
        return super().get_form_kwargs() | {"site": self.visit.site, "items": items}

    def perform(self, form):
        data = form.cleaned_data
        doses.record_dose(
            visit=self.visit,
            lot=data["lot"],
            body_site=data["body_site"],
            checklist=data["checklist"],
            recipient_confirmed=data["recipient_confirmed"],
            substitute_reason=data["substitute_reason"],
            trace_code=data["trace_code"],
            unscanned_reason=data["unscanned_reason"],
            **self.keyed(form),
        )
        return self.visit


class CompanionView(StepView):
    """Who stays with somebody that needs it."""

    action = "clinic.view"
    form_class = CompanionForm
    form_name = "companion_form"

    def perform(self, form):
        companion = form.cleaned_data["companion"]
        return companions.accompany(visit=self.visit, companion=companion, actor=self.request.user)


class LeaveView(StepView):
    """Home without a dose."""

    action = "visits.observe"
    form_class = ReasonForm
    form_name = "leave_form"

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        return visits.leave_undone(visit=self.visit, actor=self.request.user, reason=reason, now=self.now)


class SlipView(FloorMixin, DetailView):
    """The 80 mm slip a person takes along: when to leave, when to come again, what to watch."""

    template_name = "clinic/slip.html"
    slug_field = slug_url_kwarg = "uid"
    model = Visit

    def get_queryset(self):
        return visits_with_all().visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        enrolment = self.object.enrolment
        audit.viewed(enrolment.resident, by=self.request.user, page="clinic:slip")
        return super().get_context_data(
            visit=self.object,
            site=self.object.site,
            dose=next(iter(self.object.counted_doses), None),
            resident=enrolment.resident,
            enrolment=enrolment,
            qr=qr_svg(str(self.object.uid.int)),  # digits alone: no input method swallows them
            **kwargs,
        )
