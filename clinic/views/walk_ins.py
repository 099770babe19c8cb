"""A part of the desk's answer and of the needle: whether the second dose of a walk-in is in sight."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.generic import View

from campaigns.models import Campaign
from clinic.views.base import FloorMixin
from clinic.walk_ins import second_of
from residents.models import Enrolment, Resident


class SecondView(FloorMixin, View):
    """Numbers and what to do; htmx puts it in place. Of our own people only: a guest's second dose is the home
    township's matter."""

    def get(self, request, uid):
        mine = Enrolment.objects.filter(
            resident__in=Resident.objects.findable_by(request.user).filter(uid=uid),
            campaign=Campaign.objects.current_for(request),
        )
        row = get_object_or_404(mine.select_related("resident__organisation__place", "campaign"))
        second = second_of(row, self.site, timezone.localtime(self.now))
        return HttpResponse(render_to_string("clinic/_second.html", {"second": second}))
