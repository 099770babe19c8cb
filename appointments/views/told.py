"""After a day was called off: who must be told, who has been, and new places for who wants one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from appointments import notices
from appointments.choices import BookingState, SessionState
from appointments.forms import ToldForm
from appointments.models import Booking, ClinicSession
from appointments.services import rebooking
from appointments.views.sessions import SessionMixin
from core import audit
from core.errors import RuleBroken
from core.handing_out import csv_file
from core.views.base import add_rule_error


class ToldView(SessionMixin, TemplateView):
    """The people of a called-off day with their phones; ticked ones are noted as told or get a new place.

    ?file=sms hands out the messages; both the page and the file are recorded.
    """

    action = "rosters.view"
    template_name = "appointments/told.html"

    @cached_property
    def people(self) -> list[Booking]:
        mine = Booking.objects.visible_to(self.request.user, self.action).filter(slot__session=self.session)
        rows = mine.filter(state=BookingState.CALLED_OFF).with_people()
        rows = rows.select_related("moved_to__slot__session__site", "told_by")
        return list(rows.order_by("village_code", "slot__starts_at", "enrolment__resident__group_no", "pk"))

    @cached_property
    def targets(self):
        """Open sessions of the campaign that still have room."""
        open_ones = ClinicSession.objects.visible_to(self.request.user).filter(
            campaign=self.session.campaign, state=SessionState.OPEN, on__gte=timezone.localdate()
        )
        found = open_ones.with_places().select_related("site").order_by("on", "starts_at", "pk")[:60]
        return [session for session in found if session.taken < session.places]

    def get(self, request, *args, **kwargs):
        audit.record(
            "roster.called_off_exported" if "file" in request.GET else "roster.called_off_viewed",
            actor=request.user,
            target=self.session,
            place_code=self.session.site.place.code,
            data={"people": len(self.people)},
        )
        if "file" in request.GET:
            rows = notices.message_rows(self.people, notices.called_off_text)
            return csv_file(rows, f"改期短信_{self.session.on}.csv")
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if not request.user.can("bookings.make"):
            raise PermissionDenied
        form, outcomes = ToldForm(request.POST, sessions=self.targets), []
        if form.is_valid():
            chosen = [row for row in self.people if row.pk in set(form.cleaned_data["people"])]
            try:
                if form.cleaned_data["deed"] == "told":
                    told = rebooking.mark_told(bookings=chosen, actor=request.user, now=timezone.now())
                    messages.success(request, f"已登记通知了 {told} 人。")
                    return HttpResponseRedirect(reverse("appointments:told", args=[self.session.uid]))
                outcomes = self._rebook(chosen, form.cleaned_data)
            except RuleBroken as error:
                add_rule_error(form, error)
        self.__dict__.pop("people", None)  # read again: who has a new place now
        context = self.get_context_data(form=form, outcomes=outcomes)
        return self.render_to_response(context, status=422 if form.errors else 200)

    def _rebook(self, chosen: list[Booking], data: dict) -> list:
        return rebooking.rebook(
            bookings=chosen,
            session=data["session"],
            actor=self.request.user,
            key=data["key"],
            now=timezone.now(),
            reason=data["reason"],
            second_reason=data["second_reason"],
        )

    def get_context_data(self, form=None, outcomes=(), **kwargs):
        user, waiting = self.request.user, sum(row.told_at is None for row in self.people)
        ticked = set(form.data.getlist("people")) if form and form.errors else set()
        refused = [outcome for outcome in outcomes if outcome.refusal]
        return super().get_context_data(
            session=self.session,
            is_called_off=self.session.state == SessionState.CANCELLED,
            people=self.people,
            waiting=waiting,
            without=[row for row in self.people if not hasattr(row, "moved_to")],
            without_phone=[row for row in self.people if not row.enrolment.resident.phone],
            texts=self._texts(),
            targets=self.targets,
            form=form,
            ticked=ticked,
            key=ToldForm(sessions=self.targets).fields["key"].initial,
            booked=[outcome for outcome in outcomes if outcome.booking],
            refused=refused,
            unseen=any(outcome.refusal.code == "SECOND_NOT_SEEN" for outcome in refused),
            may_book=user.can("bookings.make"),
            is_office=user.scope("sessions.manage").covers(self.session.site.place.code),
            **kwargs,
        )

    def _texts(self) -> list[tuple[str, str]]:
        """(village, text for its group)."""
        by_village: dict[str, list[Booking]] = {}
        for row in self.people:
            by_village.setdefault(row.enrolment.resident.village.name, []).append(row)
        why = self.people[0].end_reason.removeprefix("场次取消:") if self.people else ""
        return [
            (name, notices.called_off_group_text(self.session, name, rows, why))
            for name, rows in by_village.items()
        ]
