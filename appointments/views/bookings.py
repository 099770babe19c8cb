"""Booking people into a session, the list of bookings, moving and cancelling."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from appointments.choices import SessionState
from appointments.filters import BookingFilter, DueFilter
from appointments.forms import BookForm, CancelForm, MoveForm
from appointments.listing import due_people
from appointments.models import Booking, ClinicSession, Slot
from appointments.rooms import rooms
from appointments.rules import cutoff
from appointments.services import bookings
from appointments.tables import BookingTable
from appointments.views.sessions import SessionMixin
from campaigns.models import Campaign
from core.dates import day_zh
from core.errors import RuleBroken
from core.searches import PostedFilters, recalled
from core.views.base import ScopedListView, ServiceFormView, add_rule_error, way_back
from places.choices import PREFIX_DIGITS, Level
from residents.models import Enrolment, Resident

PEOPLE_PER_PAGE = 100


class BookView(PostedFilters, SessionMixin, TemplateView):
    """Choose a slot, tick due people of one's own, book them all at once; each gets an answer in words. A POST of the
    filter row says ``narrow``."""

    action = "bookings.make"
    template_name = "appointments/book.html"
    filter_names = frozenset(DueFilter.base_filters)

    def get_template_names(self):
        return ["appointments/_due_people.html" if self.request.htmx else self.template_name]

    def post(self, request, *args, **kwargs):
        session = self.session
        if "narrow" in request.POST:
            return super().post(request, *args, **kwargs)
        form, outcomes = BookForm(request.POST, session=session), []
        if form.is_valid():
            try:
                outcomes = self._book(session, form.cleaned_data)
            except RuleBroken as error:
                add_rule_error(form, error)
        context = self.get_context_data(form=form, outcomes=outcomes)
        return self.render_to_response(context, status=422 if form.errors else 200)

    def _book(self, session, data) -> list[bookings.Outcome]:
        mine = Enrolment.objects.visible_to(self.request.user, self.action)
        people = mine.filter(campaign=session.campaign, pk__in=data["people"]).in_bulk()
        if len(people) != len(set(data["people"])):
            raise Http404
        return bookings.book_many(
            enrolments=[people[pk] for pk in dict.fromkeys(data["people"])],
            slot=data["slot"],
            actor=self.request.user,
            key=data["key"],
            now=timezone.now(),
            reason=data["reason"],
            second_reason=data["second_reason"],
        )

    def get_context_data(self, form=None, outcomes=(), **kwargs):
        session, user, now = self.session, self.request.user, timezone.localtime()
        people = due_people(user, session)
        asked = recalled(self.request.GET, self.request.session)
        due = DueFilter(asked, queryset=people, request=self.request, session=session)
        page = Paginator(due.qs, PEOPLE_PER_PAGE).get_page(self.request.GET.get("page"))
        closes = cutoff(session.on, session.campaign.booking_cutoff, now.tzinfo)
        office = user.scope("sessions.manage").covers(session.site.place.code)
        slots = self._slots(session, user, now)
        booked = [outcome for outcome in outcomes if outcome.booking]
        refused = [outcome for outcome in outcomes if outcome.refusal]
        unseen = [outcome for outcome in refused if outcome.refusal.code == "SECOND_NOT_SEEN"]
        ticked = set() if booked or form is None else set(form.data.getlist("people"))
        if unseen and office:  # they stay ticked for the reason that is asked for now
            ticked = {str(outcome.enrolment.pk) for outcome in unseen}
        elsewhere = {pk for pk in ticked if pk.isdecimal() and len(pk) < 16} - {str(row.pk) for row in page}
        return super().get_context_data(
            session=session,
            slots=slots,
            chosen=self._chosen(slots, form),
            filter=due,
            page=page,
            ticked=ticked,
            kept=people.filter(pk__in=elsewhere) if elsewhere else [],
            form=form,
            key=BookForm(session=session).fields["key"].initial,
            booked=booked,
            refused=[outcome for outcome in refused if outcome not in unseen],
            unseen=unseen,
            missed=len(refused),
            closes=closes,
            now=now,
            is_closed=now >= closes,
            needs_reason=now >= closes and office,
            needs_second_reason=bool(unseen) and office,
            may_book=session.is_open and (office or now < closes),
            **kwargs,
        )

    def _slots(self, session, user, now) -> list[Slot]:
        """The slots; ``free`` of a user who books for one village knows its quota."""
        slots, codes = list(session.slots.with_taken(now)), user.scope(self.action).prefixes
        code = next(iter(codes)) if len(codes) == 1 else ""
        if len(code) >= PREFIX_DIGITS[Level.VILLAGE]:
            for slot, here in zip(slots, rooms(slots, now=now), strict=True):
                slot.free = here.free(code)
        return slots

    def _chosen(self, slots: list[Slot], form) -> int | None:
        """The slot asked for while it has room, else the first one with room."""
        asked = form.data.get("slot", "") if form else self.request.GET.get("slot", "")
        free = [slot.pk for slot in slots if slot.free > 0]
        return next((pk for pk in free if str(pk) == asked), free[0] if free else None)


class BookingListView(PostedFilters, ScopedListView):
    """The bookings of one's own people, with move and cancel."""

    action = "rosters.view"
    model = Booking
    table_class = BookingTable
    filterset_class = BookingFilter
    template_name = "appointments/bookings.html"
    filter_names = frozenset(BookingFilter.base_filters)

    def get_queryset(self):
        rows = super().get_queryset().with_people()
        campaign = Campaign.objects.current_for(self.request)
        return rows.filter(enrolment__campaign=campaign) if campaign else rows

    def get_table_kwargs(self):
        return {} if self.request.user.can("bookings.make") else {"exclude": ("deeds",)}


class BookingDeedView(ServiceFormView):
    """A deed on one booking of one's own people."""

    action = "bookings.make"
    template_name = "appointments/booking_form.html"
    word = ""

    @cached_property
    def booking(self) -> Booking:
        mine = Booking.objects.visible_to(self.request.user, self.action).with_people()
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.booking.enrolment.resident

    def get_context_data(self, **kwargs):
        name = self.booking.enrolment.resident.name
        if self.request.method == "POST":  # refused: what the deed had begun was taken back, the row was not
            self.booking.refresh_from_db(fields=["state", "ended_at", "end_reason"])
        return super().get_context_data(heading=f"{self.word}:{name}", booking=self.booking, **kwargs)


class CancelView(BookingDeedView):
    """Free the place of one person."""

    form_class = CancelForm
    word = "取消预约"
    success_message = "已取消预约,号已放回。"

    def perform(self, form):
        bookings.cancel(
            booking=self.booking,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return way_back(self.request, reverse("appointments:bookings"))


def first_open_day(campaign: Campaign, now) -> date:
    """The first day whose list is not closed yet; ``now`` is local."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return tomorrow + timedelta(days=now >= cutoff(tomorrow, campaign.booking_cutoff, now.tzinfo))


def open_slots(user, campaign: Campaign, now, *, is_office: bool) -> QuerySet[Slot]:
    """Slots with room that ``user`` may book into, in order of time; whose list is closed are for the office only."""
    first = timezone.localdate(now) if is_office else first_open_day(campaign, now)
    return (
        Slot.objects.filter(
            session__in=ClinicSession.objects.visible_to(user),
            session__campaign=campaign,
            session__state=SessionState.OPEN,
            session__on__gte=first,
        )
        .with_taken(now)
        .filter(free__gt=0)
        .select_related("session__site")
        .order_by("session__on", "session__site", "starts_at")
    )


class MoveView(BookingDeedView):
    """Another slot for one person."""

    form_class = MoveForm
    word = "改期"

    def get_form_kwargs(self):
        kwargs, user, now = super().get_form_kwargs(), self.request.user, timezone.localtime()
        session = self.booking.slot.session
        office = user.scope("sessions.manage").covers(session.site.place.code)
        slots = open_slots(user, session.campaign, now, is_office=office).exclude(pk=self.booking.slot_id)
        is_first = self.booking.dose_number == 1
        return kwargs | {"slots": slots, "may_be_late": office, "is_first": is_first}

    def perform(self, form):
        data = form.cleaned_data
        new = bookings.move(
            booking=self.booking,
            slot=data["slot"],
            actor=self.request.user,
            key=data["key"],
            now=timezone.now(),
            reason=data.get("reason", ""),
            second_reason=data.get("second_reason", ""),
        )
        self.success_message = f"已改到 {day_zh(new.slot.session.on)} {new.slot}。"
        return way_back(self.request, reverse("appointments:bookings"))
