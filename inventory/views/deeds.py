"""What a keeper does: each page is one deed, and says what it will do before it is done."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from core.errors import RuleBroken
from core.views import ServiceFormView
from inventory.choices import CLINIC_KINDS, WasteReason
from inventory.forms import ReasonForm, ReceiveForm, ReleaseForm, WasteForm
from inventory.models import StockLevel, StockMovement
from inventory.services import holding, losses, undoing
from inventory.services.deliveries import take_delivery
from inventory.tables import level_tags

KEPT_FIELDS = (
    "site",
    "counterparty",
    "paper_no",
    "carrier",
    "means",
    "start_celsius",
    "arrival_celsius",
)  # of one delivery


class _KeeperView(ServiceFormView):
    action = "stock.manage"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            self.check_reach()
        return super().dispatch(request, *args, **kwargs)

    def check_reach(self):
        """404 for what the user cannot see, 403 for what the user sees but does not keep."""

    def find(self, model, **lookup):
        """The row of ``model``: 404 out of sight, 403 when another keeper's."""
        rows = model.objects.select_related("site__place", "lot__presentation__vaccine")
        row = get_object_or_404(rows.visible_to(self.request.user), **lookup)
        if not model.objects.managed_by(self.request.user).filter(pk=row.pk).exists():
            raise PermissionDenied
        return row


class ReceiveView(_KeeperView):
    """入库登记."""

    form_class = ReceiveForm
    template_name = "inventory/receive.html"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self):
        return {name: self.request.GET[name] for name in KEPT_FIELDS if name in self.request.GET}

    def get_context_data(self, **kwargs):
        rows = StockMovement.objects.managed_by(self.request.user).exclude(counterparty="")
        sources = rows.order_by().values_list("counterparty", flat=True).distinct()[:20]
        return {**super().get_context_data(**kwargs), "sources": sources}

    def perform(self, form):
        document = take_delivery(**form.delivery(), actor=self.request.user, now=self.now)
        row = document.movements.get()
        lot = row.lot
        said = f"批号 {lot.lot_no} 已入库 {row.vials} 支,现结存 {row.balance_vials} 支。"
        messages.success(self.request, said)
        if held := StockLevel.objects.get(site=row.site, lot=lot).held_reason:
            messages.warning(
                self.request,
                f"批号 {lot.lot_no} 已隔离({held}),解除之前不能接种。请与其他疫苗分开存放并做标记。",
            )
        if "more" in self.request.POST:
            again = {name: self.request.POST.get(name, "") for name in KEPT_FIELDS}
            return f"{reverse('inventory:receive')}?{urlencode(again)}"
        return reverse("inventory:stock")


class _LevelView(_KeeperView):
    """A deed on what one site holds of one lot."""

    template_name = "inventory/level_deed.html"
    heading = ""

    @cached_property
    def level(self) -> StockLevel:
        return self.find(StockLevel, pk=self.kwargs["pk"])

    def check_reach(self):
        self.level  # noqa: B018 - 404 and 403 before anything else

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "back": reverse("inventory:stock")}

    def get_context_data(self, **kwargs):
        today = timezone.localdate(self.now)
        tags = level_tags(self.level, today, self.now)
        return {
            **super().get_context_data(**kwargs),
            "level": self.level,
            "tags": tags,
            "heading": self.heading,
        }

    def done(self, sentence: str) -> str:
        """Say what was done and go back to the stock."""
        messages.success(self.request, sentence)
        return reverse("inventory:stock")


class WasteView(_LevelView):
    """报废与损耗."""

    form_class = WasteForm
    heading = "登记报废"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "level": self.level}

    def perform(self, form):
        opened = form.cleaned_data["what"] == form.OPENED
        document = losses.waste(
            site=self.level.site,
            lot=self.level.lot,
            quantity=form.cleaned_data["quantity"],
            reason=WasteReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        row = document.movements.get()
        lost = f"{-row.open_doses} 剂(已开启)" if opened else f"{-row.vials} 支"
        return self.done(f"批号 {row.lot.lot_no} 已报废 {lost},现结存 {row.balance_vials} 支。")


class HoldView(_LevelView):
    """隔离."""

    form_class = ReasonForm
    heading = "隔离这批疫苗"

    def get_form_kwargs(self):
        hint = "例如:冰箱断电待查、包装破损待查。隔离后本接种点不能再用这个批号,数量不变。"
        return {**super().get_form_kwargs(), "submit": "隔离", "hint": hint}

    def perform(self, form):
        site, lot, reason = self.level.site, self.level.lot, form.cleaned_data["reason"]
        key = form.cleaned_data["key"]
        holding.hold(site=site, lots=[lot], reason=reason, actor=self.request.user, key=key, now=self.now)
        return self.done(f"批号 {lot.lot_no} 已隔离,接种台不能再选。请单独存放并做标记。")


class ReleaseView(_LevelView):
    """解除隔离."""

    form_class = ReleaseForm
    heading = "解除隔离"

    def get_form_kwargs(self):
        hint = "例如:断电时段温度记录正常、批签发合格证已补到。"
        return {**super().get_form_kwargs(), "submit": "解除隔离", "hint": hint, "level": self.level}

    def perform(self, form):
        lot = self.level.lot
        holding.release(
            site=self.level.site,
            lot=lot,
            reason=form.cleaned_data["reason"],
            release_no=form.cleaned_data.get("release_no", ""),
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        return self.done(f"批号 {lot.lot_no} 已解除隔离,可以使用。")


class ReverseView(_KeeperView):
    """冲正: a second movement takes the first one back."""

    form_class = ReasonForm
    template_name = "inventory/reverse.html"

    @cached_property
    def movement(self) -> StockMovement:
        return self.find(StockMovement, uid=self.kwargs["uid"])

    def check_reach(self):
        self.movement  # noqa: B018 - 404 and 403 before anything else

    def get_form_kwargs(self):
        back = reverse("inventory:movements")
        hint = "例如:数量填错、批号选错。原记录保留,另记一笔相反的。"
        return {**super().get_form_kwargs(), "submit": "冲正这一笔", "back": back, "hint": hint}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "movement": self.movement}

    def perform(self, form):
        if self.movement.kind in CLINIC_KINDS:
            raise RuleBroken(
                "CLINIC_MOVEMENT", "这一笔是接种使用,请由接种台作废那条接种记录,库存会一并退回。"
            )
        undoing.undo(
            document=self.movement.document,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            key=form.cleaned_data["key"],
            now=self.now,
        )
        messages.success(self.request, "已冲正。需要时请重新登记正确的一笔。")
        return reverse("inventory:movements")
