"""The audit trail for the auditor."""

from django.http import HttpResponseRedirect
from django.views.generic import View

from accounts.filters import AuditFilter
from accounts.querysets import audit_visible_to
from accounts.tables import AuditTable
from accounts.tasks import verify_audit
from core import jobs
from core.models import AuditEvent
from core.views import ActionRequiredMixin, ScopedListView


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


class AuditVerifyView(ActionRequiredMixin, View):
    """POST: check that no row was changed, removed or inserted, as a job."""

    action = "audit.view"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        job = jobs.start(verify_audit, kind="verify_audit", title="核对审计链", by=request.user)
        return HttpResponseRedirect(job.get_absolute_url())
