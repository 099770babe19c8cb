"""疑似预防接种异常反应: the list and one case."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from clinic import reaction_rules
from clinic.filters import AdverseEventFilter
from clinic.forms import CloseForm
from clinic.models import AdverseEvent
from clinic.reaction_forms import EntryForm
from clinic.services import adverse_events, card_marks, case_cards
from clinic.services.reaction_plans import plan_for
from clinic.tables import AdverseEventTable
from clinic.views.case import PARTS, CaseMixin
from core import audit
from core.views import ScopedListView, ServiceFormView
from inventory.trace_story import lots_of


class AefiListView(ScopedListView):
    """Cases of the user's sites and places, the youngest first."""

    action = "aefi.view"
    model = AdverseEvent
    table_class = AdverseEventTable
    filterset_class = AdverseEventFilter
    template_name = "clinic/aefi_list.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_oversee=self.request.user.can("aefi.oversee"), **kwargs)

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related(
                "dose__visit__enrolment__resident", "dose__lot__presentation__vaccine", "dose__site", "group"
            )
        )


class AefiCaseView(CaseMixin, ServiceFormView):
    """One case with its card; whoever may report may close it."""

    action, post_action = "aefi.view", "aefi.report"
    form_class = CloseForm
    template_name = "clinic/aefi_case.html"
    success_message = "病例已结案。"

    @cached_property
    def event(self) -> AdverseEvent:
        """Any case the user may know of; what is not of the user's own sites is only read."""
        known = AdverseEvent.objects.select_related(*PARTS).known_to(self.request.user)
        return get_object_or_404(known, uid=self.kwargs["uid"])

    @cached_property
    def is_ours(self) -> bool:
        return AdverseEvent.objects.visible_to(self.request.user).filter(pk=self.event.pk).exists()

    def get_initial(self):
        return {"first_class": self.event.first_class, "measures": self.event.measures}

    def get_context_data(self, **kwargs):
        user, event = self.request.user, self.event
        if self.request.method == "GET":
            audit.viewed(self.resident, by=user, page="clinic:aefi_case")
        visit = event.dose.visit
        return super().get_context_data(
            event=event,
            resident=self.resident,
            plan=plan_for(visit.enrolment.campaign, event.dose.site.place.code),
            is_ours=self.is_ours,
            may_trace=user.can("stock.view") and lots_of(user).filter(pk=event.dose.lot_id).exists(),
            may_close=event.closed_at is None and user.can("aefi.report"),
            may_write=self.is_ours and self.may_write,
            may_open_visit=self.is_ours and user.can("clinic.view"),
            cards_used=card_marks.cards_used(event),
            card=case_cards.latest(event),
            milestones=reaction_rules.milestones(event.reported_at),
            entries=event.entries.select_related("by"),
            entry_form=EntryForm(may_oversee=user.can("aefi.oversee"), auto_id="entry_%s"),
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
