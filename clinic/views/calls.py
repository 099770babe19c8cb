"""叫号: pick a desk once, call the next person, and the screen of the waiting area."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from clinic.models import Visit
from clinic.services import calls
from clinic.stations import may_call, own_stage, sit_at, station_of
from clinic.views.base import FloorMixin

SHOWN = 12
KEPT = timedelta(minutes=15)  # who has not come by then is called again, or gone


class StationView(FloorMixin, View):
    """POST: where I sit."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        station = request.POST.get("station", "")
        if not sit_at(request, station):
            messages.error(request, "没有这个工位,请重新选择。")
        elif station:
            messages.success(request, f"您在{station}。按 n 叫下一位。")
        return HttpResponseRedirect(reverse("clinic:floor"))


class CallNextView(FloorMixin, View):
    """POST: the next one, please; then the page of this person."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if not may_call(request.user):
            raise PermissionDenied
        stage = own_stage(request.user)
        visit = calls.call_next(
            site=self.site, stage=stage, actor=request.user, station=station_of(request), now=self.now
        )
        if visit is None:
            messages.info(request, "现在没有人在等。")
            return HttpResponseRedirect(reverse("clinic:floor"))
        return HttpResponseRedirect(visit.get_absolute_url())


class CallsView(FloorMixin, TemplateView):
    """叫号屏 of the waiting area: numbers and surnames only; htmx asks every five seconds."""

    def get_template_names(self):
        part = self.request.htmx and not self.request.htmx.boosted
        return ["clinic/_calls_rows.html" if part else "clinic/calls.html"]

    def get_context_data(self, **kwargs):
        today = Visit.objects.waiting(self.site, self.today)
        called = today.filter(called_for=F("stage"), called_at__gt=self.now - KEPT)
        called = called.exclude(called_to="").order_by("-called_at")
        return super().get_context_data(
            called=called[:SHOWN], figures=Visit.objects.day_figures(self.site, self.today), **kwargs
        )
