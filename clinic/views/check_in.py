"""登记: let the person in."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from clinic.forms import CheckInForm
from clinic.services import companions, visits
from clinic.views.floor import FloorContextMixin
from core.views import ServiceFormView


class CheckInView(FloorContextMixin, ServiceFormView):
    """Let the person in, then the desk is free for the next scan."""

    action = "visits.check_in"
    form_class = CheckInForm
    template_name = "clinic/floor.html"
    http_method_names = ["post"]

    def perform(self, form):
        person, enrolment, _ = self.found(self.kwargs["uid"])
        if enrolment is None:
            raise Http404
        visit = visits.check_in(
            enrolment=enrolment,
            site=self.site,
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
            note=form.cleaned_data["note"],
        )
        if companion := form.cleaned_data["companion"]:
            companions.accompany(visit=visit, companion=companion, actor=self.request.user)
        if self.request.user.can("visits.screen"):
            messages.success(self.request, f"{person.name} 已登记,排队号 {visit.queue_no}。请到预检台。")
            return visit.get_absolute_url()
        return f"{reverse('clinic:floor')}?done={visit.queue_no}"

    def get_context_data(self, **kwargs):
        return super().get_context_data(person_uid=str(self.kwargs["uid"]), **kwargs)
