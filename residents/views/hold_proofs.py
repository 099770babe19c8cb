"""Papers with a contraindication: whoever sees the condition adds them, only who judges opens them."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.views.generic import View

from core.papers import download
from core.views import ActionRequiredMixin, ServiceFormView
from residents.forms.doubtful import HoldProofForm
from residents.models import Hold, HoldProof, Resident
from residents.services import hold_proofs


class HoldProofAddView(ServiceFormView):
    """A picture or PDF with a hold that stands, of a person in reach."""

    action = "conditions.view"
    form_class = HoldProofForm
    template_name = "residents/hold_proof.html"
    success_message = "证明已保存,等医生鉴定。"

    @cached_property
    def hold(self) -> Hold:
        people = Resident.objects.in_reach(self.request.user, self.action)
        rows = Hold.objects.filter(enrolment__resident__in=people, lifted_at=None)
        return get_object_or_404(
            rows.select_related("enrolment__resident__village", "by"), pk=self.kwargs["pk"]
        )

    @property
    def person_shown(self) -> Resident:
        return self.hold.enrolment.resident

    def get_form_kwargs(self):
        self.hold  # noqa: B018  404 before anything else
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            hold=self.hold,
            person=self.hold.enrolment.resident,
            proofs=self.hold.proofs.select_related("added_by"),
            **kwargs,
        )

    def perform(self, form):
        upload = form.cleaned_data["upload"]
        hold_proofs.add_proof(hold=self.hold, upload=upload, actor=self.request.user, now=now())
        person = self.hold.enrolment.resident
        if self.request.user.can("conditions.judge"):
            return reverse("residents:judge", args=[person.uid])
        return person


class HoldProofView(ActionRequiredMixin, View):
    """The file itself, as a download; for the doctors who judge. Recorded."""

    action = "conditions.judge"

    def get(self, request, uid):
        people = Resident.objects.in_reach(request.user, self.action)
        rows = HoldProof.objects.filter(hold__enrolment__resident__in=people)
        proof = get_object_or_404(rows.select_related("hold__enrolment__resident"), uid=uid)
        return download(hold_proofs.open_proof(proof=proof, by=request.user), proof.content_type)
