"""The posts of the observation: chair, release, hospital, first report of a reaction."""

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from clinic.forms import ReactionForm, ReleaseForm, SeatForm, TransferForm
from clinic.quick_cards import card_of
from clinic.services import adverse_events, observations
from clinic.services.access import doctors_of
from clinic.views.visit import StepView


class ReleaseView(StepView):
    """The end of the observation; back to the board when it came from there."""

    action = "visits.observe"
    form_class = ReleaseForm
    form_name = "release_form"

    def get_form_kwargs(self):
        doctors = doctors_of(self.visit.site, timezone.localdate(self.now))
        return super().get_form_kwargs() | {"doctors": doctors}

    def perform(self, form):
        visit = observations.release(
            visit=self.visit,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            doctor=form.cleaned_data["doctor"],
            now=self.now,
        )
        messages.success(self.request, f"{visit.queue_no}号 {visit.enrolment.resident} 已离场。")
        return reverse("clinic:board")


class SeatView(StepView):
    """The chair in the observation area; then back to the board for the next slip."""

    action = "visits.observe"
    form_class = SeatForm
    form_name = "seat_form"

    def perform(self, form):
        observations.take_seat(visit=self.visit, actor=self.request.user, seat=form.cleaned_data["seat"])
        return reverse("clinic:board")


class TransferView(StepView):
    """To a hospital."""

    action = "aefi.report"
    form_class = TransferForm
    form_name = "transfer_form"

    def perform(self, form):
        data = form.cleaned_data
        return observations.transfer(
            visit=self.visit,
            actor=self.request.user,
            hospital=data["hospital"],
            reason=data["reason"],
            now=self.now,
        )


class ReactionView(StepView):
    """First report of a reaction to the dose of this visit."""

    action = "aefi.report"
    form_class = ReactionForm
    form_name = "reaction_form"

    def perform(self, form):
        data = form.cleaned_data
        event = adverse_events.report(
            dose=adverse_events.dose_of(self.visit),
            kind=data["kind"],
            onset_at=data["onset_at"],
            symptoms=data["symptoms"],
            is_serious=data["is_serious"],
            first_class=data["first_class"],
            measures=data["measures"],
            **self.keyed(form),
        )
        # Seconds count: whoever knows what it looks like stands before its checklist at once.
        return reverse("clinic:case_card", args=[event.uid, event.kind]) if card_of(event.kind) else event
