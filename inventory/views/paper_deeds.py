"""冲正、销毁、整点隔离: deeds that are one paper each."""

from django.contrib import messages
from django.urls import reverse

from inventory.forms import NoteForm, ReasonForm
from inventory.goods_forms import DisposeForm
from inventory.services import disposals, holding, undoing
from inventory.views.keeper import AtSiteView, OnPaperView


class UndoView(OnPaperView):
    """冲正: a counter-document takes the first one back."""

    form_class = ReasonForm
    template_name = "inventory/document_deed.html"
    heading = "冲正这张单据"

    def get_form_kwargs(self):
        hint = "例如:数量填错、批号选错。原单据保留,另开一张相反的。疫苗已经用出的不能冲正。"
        back = self.document.get_absolute_url()
        return {**super().get_form_kwargs(), "submit": "冲正", "back": back, "hint": hint}

    def perform(self, form):
        data = form.cleaned_data
        document = undoing.undo(document=self.document, reason=data["reason"], key=data["key"], **self.signed)
        messages.success(self.request, f"已冲正,冲正单据 {document.no}。需要时请重新登记正确的一张。")
        return document


class DisposeView(AtSiteView):
    """销毁申请."""

    form_class = DisposeForm
    template_name = "inventory/dispose.html"
    heading = "申请销毁"

    def get_form_kwargs(self):
        goods = [(level.lot, level.vials) for level in self.levels if level.vials]
        return {**super().get_form_kwargs(), "goods": goods}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "submit": "签字申请"}

    def perform(self, form):
        data = form.cleaned_data
        document = disposals.plan_disposal(
            site=self.site, goods=form.chosen(), note=data["note"], key=data["key"], **self.signed
        )
        messages.success(
            self.request,
            f"销毁申请 {document.no} 已登记,库存还没有减少。请在场的另一位登录,在“单据”里签字确认。",
        )
        return document


class ConfirmView(OnPaperView):
    """销毁 by the second hand."""

    action = "stock.countersign"
    form_class = NoteForm
    template_name = "inventory/document_deed.html"
    heading = "确认销毁"

    def get_form_kwargs(self):
        hint = "您在场看到这些疫苗已经销毁。签字后库存减少,不能冲正。"
        back = self.document.get_absolute_url()
        return {**super().get_form_kwargs(), "submit": "签字,已经销毁", "back": back, "hint": hint}

    def perform(self, form):
        data = form.cleaned_data
        document = disposals.confirm_disposal(
            plan=self.document, note=data["note"], key=data["key"], **self.signed
        )
        messages.success(self.request, f"已登记销毁({document.no}),两人签字齐全。请打印存档。")
        return document


class HoldAllView(AtSiteView):
    """整点隔离: everything at a site."""

    form_class = ReasonForm
    template_name = "inventory/site_deed.html"
    heading = "隔离本点全部疫苗"

    def get_form_kwargs(self):
        hint = "例如:冰箱断电、温度超限。隔离后接种台不能再用,数量不变;查明后按批号解除。"
        return {
            **super().get_form_kwargs(),
            "submit": "全部隔离",
            "back": reverse("inventory:stock"),
            "hint": hint,
        }

    def get_context_data(self, **kwargs):
        levels = [level for level in self.levels if not level.held_reason]
        return {**super().get_context_data(**kwargs), "rows": levels}

    def perform(self, form):
        data = form.cleaned_data
        document = holding.hold(
            site=self.site, lots=[], reason=data["reason"], key=data["key"], **self.signed
        )
        messages.success(self.request, "已全部隔离,接种台不能再选。请做标记;查明后在库存页逐批解除。")
        return document
