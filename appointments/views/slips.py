"""Booking slips to hand out: who, when, where, and a code that the desk scans. One person or a whole list."""

from itertools import groupby

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from appointments.choices import BookingState
from appointments.models import Booking
from appointments.views.rosters import DayMixin, roster_url
from core import audit
from core.handing_out import qr_svg
from core.views.base import ActionRequiredMixin, way_back

PAPERS = [("a4", "A4 纸裁开"), ("roll", "80 毫米小票")]
MOST = 2000  # a township's day; more is a matter of printing village by village


class _SlipsView(ActionRequiredMixin, TemplateView):
    """Slips of the people who are still to come, village by village, on the paper asked for by ?paper=."""

    action = "rosters.view"
    template_name = "appointments/slips.html"
    paper = "a4"

    def get_bookings(self) -> list[Booking]:
        """With what ``with_people`` reads, in the order of ``by_village``."""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        bookings = self.get_bookings()
        by_village = groupby(bookings, key=lambda booking: booking.enrolment.resident.village)
        asked, query = self.request.GET.get("paper", self.paper), self.request.GET.copy()
        query.pop("paper", None)
        return super().get_context_data(
            villages=[(village, [_slip(booking) for booking in mine]) for village, mine in by_village],
            count=len(bookings),
            papers=PAPERS,
            paper=asked if asked in dict(PAPERS) else self.paper,
            query=f"{query.urlencode()}&" if query else "",
            **kwargs,
        )


def _slip(booking: Booking) -> dict:
    # Digits alone, as on the slip of the floor: a scanner types them whatever input method is on.
    return {
        "booking": booking,
        "session": booking.slot.session,
        "qr": qr_svg(str(booking.uid.int), title="预约码"),
    }


class SlipView(_SlipsView):
    """The slip of one person."""

    paper = "roll"

    def get_bookings(self) -> list[Booking]:
        mine = Booking.objects.visible_to(self.request.user, self.action).active().with_people()
        booking = get_object_or_404(mine, uid=self.kwargs["uid"])
        audit.viewed(booking.enrolment.resident, by=self.request.user, page="appointments:slip")
        return [booking]

    def get_context_data(self, **kwargs):
        back = way_back(self.request, reverse("appointments:bookings"))
        return super().get_context_data(back=back, **kwargs)


class SlipsView(DayMixin, _SlipsView):
    """The slips of a day's lists; ?session= of one session only."""

    def get_bookings(self) -> list[Booking]:
        on, asked = self.get_day(), self.request.GET.get("session", "")
        sessions = [s for s in self.get_sessions(on) if asked in ("", str(s.uid))]
        if asked and not sessions:
            raise Http404
        rows = Booking.objects.visible_to(self.request.user, self.action).filter(slot__session__in=sessions)
        rows = rows.filter(state=BookingState.BOOKED).with_people()
        rows = rows.order_by("village_code", "slot__starts_at", "enrolment__resident__group_no", "pk")
        found = list(rows[:MOST])
        data = {"on": on.isoformat(), "people": len(found)}
        audit.record("roster.slips_printed", actor=self.request.user, data=data)
        return found

    def get_context_data(self, **kwargs):
        return super().get_context_data(back=roster_url(self.get_day()), **kwargs)
