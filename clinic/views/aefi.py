"""疑似预防接种异常反应: the list and one case."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from clinic.filters import AdverseEventFilter
from clinic.forms import CloseForm
from clinic.models import AdverseEvent
from clinic.services import adverse_events, card_marks
from clinic.tables import AdverseEventTable
from core import audit
from core.views import ScopedListView, ServiceFormView


class AefiListView(ScopedListView):
    """Cases of the user's sites and places, the youngest first."""

    action = "aefi.view"
    model = AdverseEvent
    table_class = AdverseEventTable
    filterset_class = AdverseEventFilter
    template_name = "clinic/aefi_list.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related(
                "dose__visit__enrolment__resident", "dose__lot__presentation__vaccine", "dose__site"
            )
        )


class AefiCaseView(ServiceFormView):
    """One case with its card; whoever may report may close it."""

    action = "aefi.view"
    form_class = CloseForm
    template_name = "clinic/aefi_case.html"
    success_message = "病例已结案。"

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST":
            self.action = "aefi.report"
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def event(self) -> AdverseEvent:
        rows = AdverseEvent.objects.select_related(
            "dose__visit__enrolment__resident__village",
            "dose__record",
            "dose__lot__presentation__vaccine",
            "dose__site",
            "dose__by",
            "reported_by",
            "closed_by",
        )
        return get_object_or_404(rows.visible_to(self.request.user), uid=self.kwargs["uid"])

    def get_initial(self):
        return {"first_class": self.event.first_class, "measures": self.event.measures}

    def get_context_data(self, **kwargs):
        resident = self.event.dose.visit.enrolment.resident
        if self.request.method == "GET":
            audit.viewed(resident, by=self.request.user, page="clinic:aefi_case")
        may_close = self.event.closed_at is None and self.request.user.can("aefi.report")
        return super().get_context_data(
            event=self.event,
            resident=resident,
            may_close=may_close,
            cards_used=card_marks.cards_used(self.event),
            now=timezone.now(),
            **kwargs,
        )

    def perform(self, form):
        data = form.cleaned_data
        return adverse_events.close(
            event=self.event,
            outcome=data["outcome"],
            measures=data["measures"],
            first_class=data["first_class"],
            actor=self.request.user,
            now=timezone.now(),
        )
