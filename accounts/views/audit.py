"""The audit trail for the auditor."""

from django.http import HttpResponseRedirect
from django.views.generic import ListView, View

from accounts.audit_forms import AuditExportForm
from accounts.filters import AuditFilter
from accounts.querysets import audit_visible_to
from accounts.tables import AuditTable
from accounts.tasks import export_audit, verify_audit
from core import jobs
from core.models import AuditEvent, AuditProof
from core.views import ActionRequiredMixin, ScopedListView, ServiceFormView


class AuditView(ScopedListView):
    """Who did or saw what, inside the auditor's places."""

    action = "audit.view"
    model = AuditEvent
    table_class = AuditTable
    filterset_class = AuditFilter
    template_name = "accounts/audit.html"

    def get_queryset(self):
        return audit_visible_to(
            AuditEvent.objects.select_related("actor").order_by("-at", "-pk"), self.request.user
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(proof=AuditProof.objects.first(), **kwargs)


class AuditProofsView(ActionRequiredMixin, ListView):
    """When the trail was proved, and what was found: by the night, and whenever somebody asked."""

    action = "audit.view"
    queryset = AuditProof.objects.select_related("by")
    template_name = "accounts/audit_proofs.html"
    context_object_name = "proofs"
    paginate_by = 30


class AuditExportView(ServiceFormView):
    """The trail as a file for the inspector, as a job; what for is recorded."""

    action = "audit.view"
    form_class = AuditExportForm
    template_name = "accounts/audit_export.html"

    def perform(self, form):
        asked = form.cleaned_data
        return jobs.start(
            export_audit,
            kind="audit_export",
            title="导出审计记录",
            by=self.request.user,
            since=asked["since"].isoformat(),
            until=asked["until"].isoformat(),
            reason=asked["reason"],
            form=asked["form"],
        )


class AuditVerifyView(ActionRequiredMixin, View):
    """POST: check that no row was changed, removed or inserted, as a job."""

    action = "audit.view"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        job = jobs.start(verify_audit, kind="verify_audit", title="核对审计链", by=request.user)
        return HttpResponseRedirect(job.get_absolute_url())
