"""What a keeper does with syringes and diluent: each page is one deed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from core.views import ServiceFormView
from inventory.forms import ReasonForm
from inventory.models import SupplyItem, SupplyMovement
from inventory.services import supplies
from inventory.supply_forms import (
    ITEM_FIELDS,
    LISTED,
    PAPER_FIELDS,
    HandOverForm,
    SupplyCountForm,
    SupplyReceiveForm,
    SupplyWasteForm,
)


class SupplyDeedView(ServiceFormView):
    """One deed of the keeper; afterwards the list of what there is."""

    action = "stock.manage"
    template_name = "inventory/supply_deed.html"
    heading = ""

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "back": reverse("inventory:supplies")}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "heading": self.heading}

    @property
    def by(self) -> dict:
        """Who and when, for a service."""
        return {"actor": self.request.user, "now": timezone.now()}

    def done(self, sentence: str) -> str:
        """Say what was done and go back to the list."""
        messages.success(self.request, sentence)
        return reverse("inventory:supplies")


class SupplyReceiveView(SupplyDeedView):
    """入库."""

    form_class = SupplyReceiveForm
    heading = "注射器、稀释液入库"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        rows = SupplyMovement.objects.managed_by(self.request.user).order_by()
        sources = rows.exclude(counterparty="").values_list("counterparty", flat=True).distinct()[:20]
        known = {
            name: SupplyItem.objects.order_by().values_list(name, flat=True).distinct()[:30]
            for name in LISTED[:3]
        }
        return {**super().get_context_data(**kwargs), "known": known | {"counterparty": sources}}

    def perform(self, form):
        data = form.cleaned_data
        row = supplies.receive_supply(
            item={name: data.pop(name) for name in ITEM_FIELDS},
            **{name: data.pop(name) for name in PAPER_FIELDS},
            **data,
            **self.by,
        )
        return self.done(
            f"{row.lot.item} 批号 {row.lot.lot_no} 已入库 {row.quantity} 支,现结存 {row.balance} 支。"
        )


class _LotView(SupplyDeedView):
    """A deed on what one site holds of one lot."""

    @cached_property
    def level(self) -> SupplyMovement:
        """The last movement: 404 out of sight, 403 when another keeper's."""
        rows = SupplyMovement.objects.visible_to(self.request.user).latest()
        found = rows.select_related("site__place", "lot__item")
        row = get_object_or_404(found, site=self.kwargs["site"], lot=self.kwargs["lot"])
        if not SupplyMovement.objects.managed_by(self.request.user).filter(pk=row.pk).exists():
            raise PermissionDenied
        return row

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            self.level  # noqa: B018 - 404 and 403 before anything else
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "level": self.level, "user": self.request.user}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "level": self.level}

    @property
    def what(self) -> dict:
        """Site and lot, for a service."""
        return {"site": self.level.site, "lot": self.level.lot} | self.by


class HandOverView(_LotView):
    """下发、调拨、退回."""

    form_class = HandOverForm
    heading = "发出"

    def perform(self, form):
        row = supplies.hand_over(**self.what, **form.cleaned_data)
        return self.done(
            f"批号 {row.lot.lot_no} 已发给{row.counterparty} {-row.quantity} 支,本点结存 {row.balance} 支。"
        )


class SupplyWasteView(_LotView):
    """报废."""

    form_class = SupplyWasteForm
    heading = "登记报废"

    def perform(self, form):
        data = form.cleaned_data
        row = supplies.waste_supply(
            **self.what, quantity=data["quantity"], reason=form.words(), key=data["key"]
        )
        return self.done(f"批号 {row.lot.lot_no} 已报废 {-row.quantity} 支,现结存 {row.balance} 支。")


class SupplyCountView(_LotView):
    """盘点."""

    form_class = SupplyCountForm
    heading = "盘点"

    def perform(self, form):
        row = supplies.count_supply(**self.what, **form.cleaned_data)
        said = f"与账面相差 {row.quantity:+d} 支,已改正。" if row.quantity else "与账面相符。"
        return self.done(f"批号 {row.lot.lot_no} 盘点 {row.balance} 支,{said}")


class SupplyReverseView(SupplyDeedView):
    """冲正: the whole deed is taken back."""

    form_class = ReasonForm
    template_name = "inventory/supply_reverse.html"
    heading = "冲正"

    @cached_property
    def movement(self) -> SupplyMovement:
        rows = SupplyMovement.objects.visible_to(self.request.user).select_related("site", "lot__item", "by")
        row = get_object_or_404(rows, uid=self.kwargs["uid"])
        whole = SupplyMovement.objects.filter(deed=row.deed)
        if whole.exclude(pk__in=whole.managed_by(self.request.user).values("pk")).exists():
            raise PermissionDenied
        return row

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            self.movement  # noqa: B018 - 404 and 403 before anything else
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        hint = "例如:数量填错、批号选错。原记录保留,另记一笔相反的;调拨的两边一起冲正。"
        return {**super().get_form_kwargs(), "submit": "冲正这一笔", "hint": hint}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "movement": self.movement}

    def perform(self, form):
        row = supplies.reverse_supply(movement=self.movement, **form.cleaned_data, **self.by)
        return self.done(f"已冲正,批号 {row.lot.lot_no} 现结存 {row.balance} 支。")
