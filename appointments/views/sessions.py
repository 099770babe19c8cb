"""Sessions: the list, one session, planning, opening, closing, cancelling, places."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from appointments.choices import BookingState, SessionKind
from appointments.filters import SessionFilter
from appointments.forms import ReasonForm, SessionForm
from appointments.listing import limits_of, village_grid, village_names
from appointments.models import Booking, ClinicSession
from appointments.rooms import rooms
from appointments.rules import cutoff
from appointments.services import sessions
from appointments.tables import SessionTable
from campaigns.models import Campaign
from core.errors import RuleBroken
from core.views.base import ActionRequiredMixin, ScopedListView, ServiceFormView

NAMES_PER_PAGE = 50


class SessionListView(ScopedListView):
    """Sessions of the campaign being worked in, with free and taken places."""

    action = "sessions.view"
    model = ClinicSession
    table_class = SessionTable
    filterset_class = SessionFilter
    template_name = "appointments/list.html"

    def get_queryset(self):
        rows = super().get_queryset().with_places().select_related("site").prefetch_related("audience")
        campaign = Campaign.objects.current_for(self.request)
        return rows.filter(campaign=campaign) if campaign else rows

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            may_plan=user.can("sessions.manage"),
            may_book=user.can("bookings.make"),
            may_prepare=user.can("sessions.prepare"),
            may_second=user.can("residents.view"),
            **kwargs,
        )


class SessionMixin(ActionRequiredMixin):
    """A page of one session; ``manages`` limits it to the office of the site's township."""

    action = "sessions.view"
    manages = False

    @cached_property
    def session(self) -> ClinicSession:
        found = ClinicSession.objects.visible_to(self.request.user)
        if self.manages:
            found = ClinicSession.objects.manageable_by(self.request.user)
        found = found.select_related("site__place", "campaign", "started_by")
        return get_object_or_404(found, uid=self.kwargs["uid"])


class SessionView(SessionMixin, TemplateView):
    """One session: slots with free places, people by village and slot, and their names by state."""

    template_name = "appointments/session.html"

    def get_context_data(self, **kwargs):
        session, user, now = self.session, self.request.user, timezone.localtime()
        slots = list(session.slots.with_taken(now))
        for here in rooms(slots, now=now):
            here.slot.limits = limits_of(here)
        mine = Booking.objects.filter(slot__session=session).visible_to(user)
        taking = list(mine.taking_place().values_list("slot_id", "village_code"))
        closes = cutoff(session.on, session.campaign.booking_cutoff, now.tzinfo)
        manages = user.scope("sessions.manage").covers(session.site.place.code)
        own = user.scope("sessions.prepare")
        prepares = session.site_id in own.sites or own.covers(session.site.place.code)
        return super().get_context_data(
            session=session,
            slots=slots,
            places=sum(slot.bookable for slot in slots),
            batches=session.releases.filter(at__gt=now) if any(s.percent < 100 for s in slots) else [],
            taken=sum(slot.taken for slot in slots),
            products=list(session.products.all()),
            audience=list(session.audience.all()),
            hosts=list(session.hosts.all()),
            stops=list(session.stops.select_related("place")) if session.kind == SessionKind.MOBILE else [],
            prepares=prepares,
            must_start=session.is_open
            and session.started_at is None
            and session.on == timezone.localdate(now),
            grid=village_grid(slots, taking, village_names(code for _, code in taking)),
            closes=closes,
            now=now,
            is_closed=now >= closes,
            manages=manages,
            book_query="&who=elder" if session.kind == SessionKind.ELDERS else "",
            may_book=user.can("bookings.make") and session.is_open and (manages or now < closes),
            **self._names(mine),
            **kwargs,
        )

    def _names(self, mine) -> dict:
        """The names of the chosen state; tabs with their numbers."""
        if not self.request.user.can("rosters.view"):
            return {}
        numbers: dict[str, int] = {}
        for state in mine.values_list("state", flat=True):
            numbers[state] = numbers.get(state, 0) + 1
        chosen = self.request.GET.get("state", "")
        if chosen not in numbers:
            chosen = next((state for state in BookingState.values if state in numbers), "")
        rows = mine.filter(state=chosen).with_people().order_by("slot__starts_at", "village_code", "pk")
        return {
            "tabs": [(state, state.label, numbers[state]) for state in BookingState if state in numbers],
            "chosen": chosen,
            "page": Paginator(rows, NAMES_PER_PAGE).get_page(self.request.GET.get("page")),
        }


class SessionAddView(ServiceFormView):
    """The office plans a day at a site of its own."""

    action = "sessions.manage"
    form_class = SessionForm
    template_name = "appointments/add.html"
    success_message = "场次已保存。"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "campaign": Campaign.objects.current_for(self.request),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading="安排场次", **kwargs)

    def perform(self, form):
        data, now, actor = form.cleaned_data, timezone.now(), self.request.user
        campaign = Campaign.objects.current_for(self.request)
        if campaign is None:
            raise RuleBroken("NO_CAMPAIGN", "还没有接种活动,请先建立接种活动。")
        session = sessions.plan_session(
            campaign=campaign,
            windows=form.windows,
            actor=actor,
            now=now,
            **{name: data[name] for name in ("key", "site", "on", "kind", "title", "stations", "per_hour")},
            **{
                name: data[name]
                for name in ("minutes", "products", "audience", "hosts", "needs_list", "note")
            },
        )
        if data["open_now"] and session.state == "planned":
            sessions.open_session(session=session, actor=actor, now=now)
        return session


class SessionDeedView(SessionMixin, View):
    """Open or close a session with one button."""

    action = "sessions.manage"
    manages = True
    deed = "open"

    def post(self, request, uid):
        session, now = self.session, timezone.now()
        if self.deed == "open":
            sessions.open_session(session=session, actor=request.user, now=now)
            messages.success(request, "已开放预约,各村(社区)现在可以约人。")
        else:
            missed = sessions.close_session(session=session, actor=request.user, now=now)
            messages.success(request, f"场次已结束,{missed} 人登记为“未到”。")
        return HttpResponseRedirect(session.get_absolute_url())


class SessionCancelView(SessionMixin, ServiceFormView):
    """Call a day off; afterwards the page lists who must be told."""

    action = "sessions.manage"
    manages = True
    form_class = ReasonForm
    template_name = "core/form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "button": "取消整场",
            "label": "取消原因",
            "hint": "会写在每个人的预约上,村里据此通知群众。",
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"取消场次:{self.session}", **kwargs)

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        told = sessions.cancel_session(
            session=self.session, actor=self.request.user, reason=reason, now=timezone.now()
        )
        if told:
            messages.warning(
                self.request, f"场次已取消。请按下面的名单通知 {len(told)} 人,愿意另约的当场改约。"
            )
            return reverse("appointments:told", args=[self.session.uid])
        messages.success(self.request, "场次已取消,没有人需要通知。")
        return self.session
