"""Handing out what a job has produced."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404
from django.views.generic.detail import SingleObjectMixin, View

from core import audit, files
from core.models import Job


class JobFileView(LoginRequiredMixin, SingleObjectMixin, View):
    """The file of the user's own job; each download is recorded. Nobody else's job can be found."""

    model = Job
    slug_field = slug_url_kwarg = "uid"

    def get_queryset(self):
        return Job.objects.filter(created_by=self.request.user)

    def get(self, request, *args, **kwargs):
        job = self.get_object()
        path = files.produced(job)
        if path is None:
            raise Http404
        audit.record(
            "file.downloaded", actor=request.user, target=job, data={"kind": job.kind, "file": path.name}
        )
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
