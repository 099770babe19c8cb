"""召回: the orders in force, a new one, the end of one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import ListView

from core.views import ActionRequiredMixin
from inventory.choices import RecallRest
from inventory.forms import ReasonForm
from inventory.models import Lot, LotRecall
from inventory.recall_form import RecallForm
from inventory.services import recalls
from inventory.views.keeper import KeeperView


class RecallListView(ActionRequiredMixin, ListView):
    """Orders that concern the user, newest first."""

    action = "stock.view"
    template_name = "inventory/recalls.html"
    paginate_by = 50

    def get_queryset(self):
        rows = LotRecall.objects.visible_to(self.request.user).filter(lifts__isnull=True)
        return rows.select_related("lot__presentation__vaccine", "place", "by", "lifted_by")

    def get_context_data(self, **kwargs):
        user = self.request.user
        mine = (
            set(LotRecall.objects.made_by(user).values_list("pk", flat=True))
            if user.can("stock.recall")
            else set()
        )
        return {**super().get_context_data(**kwargs), "mine": mine, "may": user.can("stock.recall")}


class RecallView(KeeperView):
    """发出召回."""

    action = "stock.recall"
    form_class = RecallForm
    template_name = "inventory/recall.html"
    heading = "召回一个批号"

    def get_initial(self):
        return {"lot": self.request.GET.get("lot")}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "back": reverse("inventory:recalls")}

    def perform(self, form):
        data = dict(form.cleaned_data)
        order = recalls.recall(**data | {"rest": RecallRest(data["rest"])}, **self.signed)
        lot: Lot = order.lot
        messages.success(
            self.request, f"批号 {lot.lot_no} 已在{order.place}召回:各接种点立即停用并封存,各有一张召回单据。"
        )
        return reverse("inventory:recalls")


class LiftView(KeeperView):
    """撤销召回."""

    action = "stock.recall"
    form_class = ReasonForm
    template_name = "inventory/lift.html"
    heading = "撤销召回"

    @cached_property
    def order(self) -> LotRecall:
        rows = LotRecall.objects.visible_to(self.request.user).select_related("lot", "place")
        order = get_object_or_404(rows, uid=self.kwargs["uid"])
        if not LotRecall.objects.made_by(self.request.user).filter(pk=order.pk).exists():
            raise PermissionDenied
        return order

    def check_reach(self):
        self.order  # noqa: B018

    def get_form_kwargs(self):
        hint = "撤销后疫苗仍在隔离,由各接种点查明后解除。"
        back = reverse("inventory:recalls")
        return {**super().get_form_kwargs(), "submit": "撤销召回", "back": back, "hint": hint}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "order": self.order}

    def perform(self, form):
        data = form.cleaned_data
        recalls.lift_recall(order=self.order, reason=data["reason"], key=data["key"], **self.signed)
        messages.success(self.request, f"批号 {self.order.lot.lot_no} 的召回已撤销。")
        return reverse("inventory:recalls")
