"""录入追溯码: the codes on the vials of one receipt, by range or one by one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from core.views import ServiceFormView
from inventory.models import StockDocument, TraceSpan
from inventory.services import trace
from inventory.trace_form import CodesForm, WithdrawForm
from inventory.trace_rules import is_usual


class _Kept(ServiceFormView):
    action = "stock.manage"

    @cached_property
    def document(self) -> StockDocument:
        """The receipt: 404 out of sight, 403 another keeper's."""
        rows = StockDocument.objects.visible_to(self.request.user).select_related("site__place")
        row = get_object_or_404(rows, **self.lookup())
        if not StockDocument.objects.managed_by(self.request.user).filter(pk=row.pk).exists():
            raise PermissionDenied
        return row

    def lookup(self) -> dict:
        """How the address names the receipt."""
        return {"uid": self.kwargs["uid"]}

    def back(self) -> str:
        """The page of the receipt's codes."""
        return reverse("inventory:codes", args=[self.document.uid])


class CodesView(_Kept):
    """What is registered, how many are missing, and the form for more."""

    form_class = CodesForm
    template_name = "inventory/codes.html"

    @cached_property
    def vials(self) -> dict[int, int]:
        return trace.received_vials(self.document)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "lots": list(self.vials)}

    def get_context_data(self, **kwargs):
        spans = self.document.codes.standing().select_related("lot__presentation__vaccine", "by")
        lots = {}
        for lot in kwargs["form"].lots if "form" in kwargs else self.get_form().lots:
            mine = [span for span in spans if span.lot_id == lot.pk]
            lots[lot] = (self.vials[lot.pk], sum(span.count for span in mine), mine)
        return super().get_context_data(document=self.document, lots=lots.items(), **kwargs)

    def perform(self, form):
        data, common = form.cleaned_data, {"actor": self.request.user, "now": timezone.now()}
        common |= {"document": self.document, "lot": data["lot"]}
        if data["codes"]:
            rows = trace.register_scanned(codes=data["codes"], **common)
        else:
            rows = trace.register_range(first=data["first"], last=data["last"], **common)
        messages.success(self.request, f"已登记 {sum(row.count for row in rows)} 个追溯码。")
        if strange := [row.first for row in rows if not is_usual(row.first)]:
            messages.warning(
                self.request,
                f"{strange[0]} 不是常见的 20 位追溯码(8 开头),已照原样登记,请核对是否扫错了条码。",
            )
        return self.back()


class WithdrawView(_Kept):
    """Codes that were scanned by mistake."""

    form_class = WithdrawForm
    template_name = "inventory/codes_withdraw.html"

    @cached_property
    def span(self) -> TraceSpan:
        rows = TraceSpan.objects.visible_to(self.request.user).select_related("lot")
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    def lookup(self):
        return {"pk": self.span.document_id}

    def get_context_data(self, **kwargs):
        return super().get_context_data(document=self.document, span=self.span, **kwargs)

    def perform(self, form):
        back = self.back()
        trace.withdraw(
            span=self.span, reason=form.cleaned_data["reason"], actor=self.request.user, now=timezone.now()
        )
        messages.success(self.request, f"已撤销 {self.span}。")
        return back
