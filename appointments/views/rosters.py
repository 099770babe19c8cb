"""The lists of a day: page, print, .xlsx, handing in."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from appointments import listing, notices
from appointments.choices import SessionState
from appointments.forms import ReasonForm
from appointments.models import Booking, ClinicSession, RosterSubmission
from appointments.rules import cutoff
from appointments.services import rosters
from appointments.sheets import roster_sheets
from appointments.views.sessions import SessionMixin
from campaigns.models import Campaign
from core import audit, xlsx
from core.dates import asked_day
from core.errors import RuleBroken
from core.handing_out import csv_file, people_workbook
from core.views.base import ActionRequiredMixin, ServiceFormView
from places.models import Organisation, Place

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def roster_url(on: date) -> str:
    """The address of the lists of one day."""
    return f"{reverse('appointments:roster')}?{urlencode({'on': on.isoformat()})}"


class DayMixin(ActionRequiredMixin):
    """The sessions of ?on=, tomorrow unless asked otherwise."""

    action = "rosters.view"

    def get_day(self) -> date:
        tomorrow = timezone.localdate() + timedelta(days=1)
        return asked_day(self.request.GET.get("on", ""), otherwise=tomorrow)

    def get_sessions(self, on: date):
        held = (SessionState.OPEN, SessionState.CLOSED)
        found = ClinicSession.objects.visible_to(self.request.user).filter(on=on, state__in=held)
        if campaign := Campaign.objects.current_for(self.request):
            found = found.filter(campaign=campaign)
        return found.select_related("site__place", "campaign").order_by("site__code", "starts_at", "pk")

    def record(self, action: str, on: date, found: list[listing.Roster]) -> None:
        """Who saw or took whose list, one audit row per page."""
        people = sum(len(roster.bookings) for roster in found)
        audit.record(action, actor=self.request.user, data={"on": on.isoformat(), "people": people})


class RosterView(DayMixin, TemplateView):
    """Who comes tomorrow, by slot and village; what was handed in; countdown to the cut-off."""

    template_name = "appointments/roster.html"

    def get_context_data(self, **kwargs):
        on, user, now = self.get_day(), self.request.user, timezone.localtime()
        found = listing.rosters(user, self.get_sessions(on))
        campaign = Campaign.objects.current_for(self.request)
        closes = cutoff(on, campaign.booking_cutoff, now.tzinfo) if campaign else None
        self.record("roster.viewed", on, found)
        return super().get_context_data(
            on=on,
            before=on - timedelta(days=1),
            after=on + timedelta(days=1),
            is_tomorrow=on == timezone.localdate(now) + timedelta(days=1),
            rosters=found,
            closes=closes,
            is_closed=closes is not None and now >= closes,
            is_over=on < timezone.localdate(now),
            now=now,
            is_office=user.can("sessions.manage"),
            may_book=user.can("bookings.make"),
            **kwargs,
        )


class RosterFileView(DayMixin, View):
    """The same lists as a workbook; the download is recorded."""

    def get(self, request):
        on = self.get_day()
        found = listing.rosters(request.user, self.get_sessions(on))
        self.record("roster.exported", on, found)
        role = request.user.main_role
        place = str(role.where) if role else ""
        content = xlsx.build(roster_sheets(found, on=on, filled_by=place, now=timezone.localtime()))
        return people_workbook(content, xlsx.file_name(place, "预约名单", on), by=request.user)


class RosterTextsView(DayMixin, TemplateView):
    """Notices of the day: one text per village for its chat group, and ?file=sms one message per person (S15, S43)."""

    action = "bookings.make"
    template_name = "appointments/roster_texts.html"

    @cached_property
    def people(self) -> list[Booking]:
        mine = Booking.objects.visible_to(self.request.user, self.action).active().with_people()
        mine = mine.filter(slot__session__in=self.get_sessions(self.get_day()))
        return list(mine.order_by("village_code", "slot__starts_at", "enrolment__resident__group_no", "pk"))

    def get(self, request, *args, **kwargs):
        on, is_file = self.get_day(), "file" in request.GET
        data = {"on": on.isoformat(), "people": len(self.people)}
        audit.record(
            "roster.texts_exported" if is_file else "roster.texts_viewed", actor=request.user, data=data
        )
        if is_file:
            rows = notices.message_rows(self.people, notices.personal_text)
            return csv_file(rows, f"接种通知短信_{on}.csv")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        senders: dict[tuple, list[Booking]] = {}
        for booking in self.people:
            senders.setdefault((booking.slot.session, booking.enrolment.resident.village.name), []).append(
                booking
            )
        return super().get_context_data(
            on=self.get_day(),
            people=self.people,
            without_phone=[row for row in self.people if not row.enrolment.resident.phone],
            texts=[
                (f"{name} · {session.site}", notices.group_text(session, name, rows))
                for (session, name), rows in senders.items()
            ],
            **kwargs,
        )


class SubmitView(SessionMixin, View):
    """Hand in the list of one village, school or employer."""

    action = "bookings.make"

    def post(self, request, uid):
        session = self.session
        try:
            row = rosters.submit_roster(
                session=session,
                actor=request.user,
                now=timezone.now(),
                reason=request.POST.get("reason", ""),
                **self._whose(),
            )
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            if row.is_admitted:
                messages.success(request, f"{row.sender} 名单已上报,共 {row.people} 人。")
            else:
                messages.warning(request, "名单已逾期上报,须镇办批准后才能接种。请电话联系镇办。")
        return HttpResponseRedirect(roster_url(session.on))

    def _whose(self) -> dict:
        """The village or organisation of the form, which must be the user's own (404)."""
        scope, post = self.request.user.scope(self.action), self.request.POST
        if number := post.get("organisation"):
            if number not in map(str, scope.organisations):
                raise Http404
            return {"organisation": get_object_or_404(Organisation, pk=int(number))}
        return {"place": get_object_or_404(Place.objects.inside(scope.prefixes), code=post.get("place", ""))}


class ApproveView(ServiceFormView):
    """The office lets a late list in."""

    action = "sessions.manage"
    form_class = ReasonForm
    template_name = "core/form.html"
    success_message = "已批准,这份名单的人员可以接种。"

    @cached_property
    def submission(self) -> RosterSubmission:
        sessions = ClinicSession.objects.manageable_by(self.request.user)
        late = RosterSubmission.objects.filter(session__in=sessions).select_related("session", "place")
        return get_object_or_404(late, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"button": "批准接种", "label": "批准原因", "css": "btn-primary"}

    def get_context_data(self, **kwargs):
        row = self.submission
        return super().get_context_data(heading=f"批准逾期名单:{row.sender}({row.people}人)", **kwargs)

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        rosters.approve_roster(submission=self.submission, actor=self.request.user, reason=reason)
        return roster_url(self.submission.session.on)
