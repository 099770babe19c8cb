"""入库验收: one delivery with all its lots."""

from django.contrib import messages
from django.utils import timezone

from inventory.choices import DocumentState
from inventory.models import Lot, StockDocument
from inventory.papers import also_apart
from inventory.receipt_forms import ReceiveForm
from inventory.services.deliveries import take_delivery
from inventory.views.keeper import KeeperView

KNOWN_LOTS = 200


class ReceiveView(KeeperView):
    """Check, decide, sign."""

    form_class = ReceiveForm
    template_name = "inventory/receive.html"
    heading = "入库验收"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self):
        return {"arrived_at": self.now}

    def get_context_data(self, **kwargs):
        papers = StockDocument.objects.managed_by(self.request.user).exclude(counterparty="")
        sources = papers.order_by().values_list("counterparty", flat=True).distinct()[:20]
        known = Lot.objects.filter(expires_on__gte=timezone.localdate(self.now)).select_related(
            "presentation"
        )
        return {
            **super().get_context_data(**kwargs),
            "sources": sources,
            "lots": known.order_by("-pk")[:KNOWN_LOTS],
        }

    def perform(self, form):
        document = take_delivery(**form.delivery(), **self.signed)
        if document.state == DocumentState.REFUSED:
            said = f"已登记拒收({document.no}),没有入库。请打印,双方签字,疫苗退回送货单位并报告上级。"
            messages.warning(self.request, said)
        else:
            messages.success(self.request, f"已入库({document.no})。请打印,双方签字存档。")
        if document.state == DocumentState.HELD:
            said = "有批号暂存(原因见备注),解除隔离之前不能接种。请与其他疫苗分开存放并做标记;查明或补到后在库存页“解除隔离”。"
            messages.warning(self.request, said + also_apart(document))
        return document
