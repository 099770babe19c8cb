"""Produced workbooks: the list, and handing one out."""

from django.http import Http404
from django.utils import timezone
from django.views.generic.detail import SingleObjectMixin, View

from core.errors import RuleBroken
from core.handing_out import workbook
from core.views import ActionRequiredMixin, ScopedListView
from reports.filters import FileFilter
from reports.models import ReportFile
from reports.services import files
from reports.tables import FileTable


class FileListView(ScopedListView):
    """Files about the user's places, those addressed to them, and those the user has made."""

    action = "sheets.view"
    model = ReportFile
    table_class = FileTable
    filterset_class = FileFilter
    template_name = "reports/files.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_daily=self.request.user.can("reports.download"), **kwargs)

    def get_queryset(self):
        rows = super().get_queryset().select_related("place", "organisation", "created_by")
        return rows.prefetch_related("copies_to").order_by("-created_at", "-pk")


class DownloadView(ActionRequiredMixin, SingleObjectMixin, View):
    """The file itself; every download is recorded."""

    action = "sheets.view"
    slug_field = slug_url_kwarg = "uid"

    def get_queryset(self):
        return ReportFile.objects.handed_to(self.request.user).select_related("place")

    def get(self, request, *args, **kwargs):
        row = self.get_object()
        try:
            content = files.take(row, by=request.user, now=timezone.now())
        except RuleBroken as error:
            raise Http404 from error
        return workbook(content, row.file_name)
