"""A place for one person, from any list of people."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from appointments.forms import BookPersonForm
from appointments.models import Booking
from appointments.services import bookings
from appointments.views.bookings import first_open_day, open_slots
from campaigns.models import Campaign
from core.dates import day_zh
from core.views.base import ServiceFormView, way_back
from residents.models import Enrolment, Resident


class BookPersonView(ServiceFormView):
    """The free slots from the first day of the due dose on; the first one whose list is still open is chosen."""

    action = "bookings.make"
    form_class = BookPersonForm
    template_name = "appointments/book_person.html"

    @cached_property
    def person(self) -> Enrolment:
        mine = Enrolment.objects.visible_to(self.request.user, self.action)
        mine = mine.filter(campaign=Campaign.objects.current_for(self.request))
        mine = mine.select_related("resident__village", "campaign__place", "last_product")
        return get_object_or_404(mine, resident__uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.person.resident

    @cached_property
    def is_office(self) -> bool:
        return self.request.user.scope("sessions.manage").covers(self.person.resident.village_code)

    def get_form_kwargs(self):
        person, now = self.person, timezone.localtime()
        slots = open_slots(self.request.user, person.campaign, now, is_office=self.is_office)
        if person.due_from:
            slots = slots.filter(session__on__gte=person.due_from)
        if person.last_product:
            same = Q(session__products=None) | Q(session__products=person.last_product)
            slots = slots.filter(same)
        in_time = slots.filter(session__on__gte=first_open_day(person.campaign, now)).first()
        return super().get_form_kwargs() | {
            "slots": slots,
            "may_be_late": self.is_office,
            "name": person.resident.name,
            "is_first": person.next_dose == 1,
            "initial": {"slot": in_time} if in_time else {},
        }

    def get_context_data(self, **kwargs):
        ahead = Booking.objects.active().filter(enrolment=self.person).select_related("slot__session__site")
        return super().get_context_data(
            heading=f"预约:{self.person.resident.name}",
            person=self.person,
            booked=ahead.order_by("slot__session__on").first(),
            is_office=self.is_office,
            today=timezone.localdate(),
            back=way_back(self.request, reverse("appointments:second")),
            **kwargs,
        )

    def perform(self, form):
        made = bookings.book(
            enrolment=self.person,
            slot=form.cleaned_data["slot"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
            reason=form.cleaned_data.get("reason", ""),
            second_reason=form.cleaned_data.get("second_reason", ""),
        )
        day, name = made.slot.session, self.person.resident.name
        self.success_message = f"已为 {name} 约好 {day_zh(day.on)} {made.slot} {day.site}。请通知本人。"
        return way_back(self.request, reverse("appointments:bookings"))
