"""Progress of long work: a page one can leave and come back to."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.views.generic import DetailView

from core import jobs
from core.models import Job


class JobView(LoginRequiredMixin, DetailView):
    """Shows the user's own job; htmx asks again every second until it is over. POST asks it to stop."""

    model = Job
    slug_field = slug_url_kwarg = "uid"
    template_name = "core/job.html"

    def get_queryset(self):
        jobs.settle_interrupted()  # a PC without a timetable learns of a dead job when somebody looks at it
        return Job.objects.filter(created_by=self.request.user)

    def get_template_names(self):
        return ["core/_job.html" if self.request.htmx else "core/job.html"]

    def post(self, request, *args, **kwargs):
        job = self.get_object()
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)
        return redirect(job)
