"""Large lists: what was asked for, and the second person's word."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView

from core.views import ActionRequiredMixin, ServiceFormView
from residents.choices import ExportState
from residents.forms.exports import DecisionForm, PurposeForm
from residents.models import ExportRequest
from residents.services import export_gate

_MAY = ("residents.export", "exports.approve", "sheets.view")


class _MayMixin(ActionRequiredMixin):
    """For whoever exports or approves: ``visible_to`` shows each what is theirs."""

    @property
    def action(self) -> str:
        return next((action for action in _MAY if self.request.user.can(action)), _MAY[0])


class ExportRequestsView(_MayMixin, ListView):
    """Mine, and those that wait for me."""

    template_name = "residents/exports.html"
    context_object_name = "rows"
    paginate_by = 50

    def get_queryset(self):
        rows = ExportRequest.objects.visible_to(self.request.user)
        return rows.select_related("by", "decided_by").order_by("-at", "-pk")

    def get_context_data(self, **kwargs):
        data = super().get_context_data(**kwargs)
        now = timezone.now()
        data["lines"] = [
            (row, row.status_pair(now), export_gate.may_decide(row, self.request.user))
            for row in data["rows"]
        ]
        return data


class ExportRequestView(_MayMixin, ServiceFormView):
    """One request: its user says what for, somebody else decides."""

    template_name = "residents/export_request.html"

    @cached_property
    def row(self) -> ExportRequest:
        mine = ExportRequest.objects.visible_to(self.request.user).select_related("by", "decided_by", "job")
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    @cached_property
    def part(self) -> str:
        """What the user may do: "ask", "decide" or nothing."""
        row, user = self.row, self.request.user
        if row.is_over(timezone.now()):
            return ""
        if row.state == ExportState.DRAFT and row.by_id == user.pk:
            return "ask"
        return "decide" if row.state == ExportState.WAITING and export_gate.may_decide(row, user) else ""

    def get_form_class(self):
        return PurposeForm if self.part == "ask" else DecisionForm

    def get_initial(self):
        return {"purpose": self.row.purpose}

    def post(self, request, *args, **kwargs):
        if not self.part:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def perform(self, form):
        row, given = self.row, {"actor": self.request.user, "now": timezone.now()}
        if self.part == "ask":
            export_gate.submit(row, purpose=form.cleaned_data["purpose"], **given)
            messages.success(self.request, "已提交。另一个有审批权限的人批准后自动生成,由您下载。")
        elif "yes" in self.request.POST:
            export_gate.approve(row, **given)
            messages.success(self.request, "已批准,正在生成,由申请人下载。")
        else:
            export_gate.refuse(row, reason=form.cleaned_data["reason"], **given)
            messages.success(self.request, "已回复不批准。")
        return row.get_absolute_url()

    def get_context_data(self, **kwargs):
        now = timezone.now()
        mine = self.row.by_id == self.request.user.pk
        return super().get_context_data(
            row=self.row, state=self.row.status_pair(now), part=self.part, is_mine=mine, **kwargs
        )
