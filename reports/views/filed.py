"""One filed report: the page, the workbook, and the names behind each of its numbers."""

from django.http import Http404
from django.utils import timezone
from django.views.generic import DetailView, ListView, View
from django.views.generic.detail import SingleObjectMixin
from django_tables2 import SingleTableMixin

from core import audit, xlsx
from core.handing_out import workbook
from core.views import ActionRequiredMixin
from places.models import Place
from reports import filed_page
from reports.choices import FiledKind
from reports.filed import FIGURES, names_behind, readers_of, rows_of
from reports.filing_rules import PREVIOUS
from reports.models import FiledReport
from reports.services import filing
from reports.tables import ChangeTable


class _FiledMixin(ActionRequiredMixin):
    """A report whose figures were counted one by one; outside the user's places it is not found."""

    action = "reports.download"
    slug_field = slug_url_kwarg = "uid"

    def get_reports(self):
        rows = FiledReport.objects.visible_to(self.request.user)
        rows = rows.filter(kind__in=[FiledKind.PROGRESS, FiledKind.DAILY])
        return rows.select_related("campaign", "place", "filed_by", "previous", "following")


class FiledView(_FiledMixin, DetailView):
    """Opening it is noted for the one who handed it in."""

    template_name = "reports/filed.html"
    context_object_name = "report"

    def get_queryset(self):
        return self.get_reports()

    def get_context_data(self, **kwargs):
        report, now = self.object, timezone.now()
        if self.request.user.pk != report.filed_by_id:
            filing.mark_seen(report=report, user=self.request.user, now=now)
        rows = rows_of(report)
        return super().get_context_data(
            heading=filed_page.heading(report),
            heads=filed_page.HEADS.values(),
            tables=filed_page.tables(report, rows),
            readers=readers_of(report, timezone.localdate(now)),
            is_daily=report.kind == FiledKind.DAILY,
            **kwargs,
        )


class FiledFileView(_FiledMixin, SingleObjectMixin, View):
    """The same as a workbook."""

    def get_queryset(self):
        return self.get_reports()

    def get(self, request, *args, **kwargs):
        report = self.get_object()
        content = filed_page.workbook(report, rows_of(report))
        audit.record("report.downloaded", actor=request.user, target=report, place_code=report.place.code)
        name = f"{report.slot}{report.get_kind_display()}"
        return workbook(content, xlsx.file_name(report.place.name, name, report.day))


class FiledNamesView(_FiledMixin, SingleTableMixin, ListView):
    """``?metric=&part=&place=``: the doses or people of one number."""

    template_name = "reports/filed_names.html"
    table_class = ChangeTable
    paginate_by = 50

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.figure = FIGURES.get(request.GET.get("metric", ""))
        self.part = request.GET.get("part", "")

    def get_queryset(self):
        self.report = self.get_reports().filter(uid=self.kwargs["uid"]).first()
        if self.report is None or self.figure is None or self.part not in filed_page.HEADS:
            raise Http404
        self.unit = self._unit()
        rows = names_behind(self.report, self.figure, self.part, self.unit)
        rows = rows.select_related(
            "record__resident__village",
            "record__vaccine",
            "enrolment__resident__village",
        )
        return rows.order_by("place_code", "on", "id").prefetch_related(
            "record__resident__identifiers", "enrolment__resident__identifiers"
        )

    def _unit(self) -> Place:
        code = self.request.GET.get("place", self.report.place.code)
        unit = Place.objects.under(self.report.place).filter(code=code).first()
        if unit is None:
            raise Http404
        return unit

    def get_table_kwargs(self):
        codes = Place.objects.under(self.report.place).values_list("code", "name")
        of_people = ("vaccine", "recorded_at") if self.figure.unit == "人" else ()
        return {"units": dict(codes), "exclude": of_people}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["table"].paginator.count
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.unit.code,
            data={
                "report": str(self.report.uid),
                "metric": self.figure.code,
                "part": self.part,
                "rows": rows,
            },
        )
        signs = self.object_list.values_list("sign", flat=True).order_by()
        return {
            **context,
            "report": self.report,
            "unit": self.unit,
            "figure": self.figure,
            "word": filed_page.HEADS[self.part][0],
            "net": sum(signs) if self.part == "adjusted" else None,
            "is_start": self.part == PREVIOUS and self.report.previous is None,
        }
