"""Produced workbooks: the list, and handing one out."""

from django.http import FileResponse, Http404
from django.views.generic.detail import SingleObjectMixin, View

from core import audit, files
from core.views import ActionRequiredMixin, ScopedListView
from reports.filters import FileFilter
from reports.models import ReportFile
from reports.tables import FileTable


class FileListView(ScopedListView):
    """Files about the user's places, and those addressed to them."""

    action = "reports.download"
    model = ReportFile
    table_class = FileTable
    filterset_class = FileFilter
    template_name = "reports/files.html"

    def get_queryset(self):
        rows = super().get_queryset().select_related("place", "created_by")
        return rows.prefetch_related("copies_to").order_by("-created_at", "-pk")


class DownloadView(ActionRequiredMixin, SingleObjectMixin, View):
    """The file itself; every download is recorded."""

    action = "reports.download"
    slug_field = slug_url_kwarg = "uid"

    def get_queryset(self):
        return ReportFile.objects.visible_to(self.request.user).select_related("place")

    def get(self, request, *args, **kwargs):
        row = self.get_object()
        path = files.kept(row.stored_as)
        if not path.is_file():
            raise Http404
        audit.record(
            "report.downloaded",
            actor=request.user,
            target=row,
            place_code=row.place.code,
            data={"file": row.file_name, "sha256": row.sha256},
        )
        return FileResponse(path.open("rb"), as_attachment=True, filename=row.file_name)
