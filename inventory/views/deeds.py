"""What a keeper does: each page is one deed, and says what it will do before it is done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from inventory.choices import WasteReason
from inventory.forms import ReasonForm, ReleaseForm, WasteForm
from inventory.models import StockLevel
from inventory.services import holding, losses
from inventory.tables import level_tags
from inventory.views.keeper import KeeperView


class _LevelView(KeeperView):
    """A deed on what one site holds of one lot."""

    template_name = "inventory/level_deed.html"

    @cached_property
    def level(self) -> StockLevel:
        rows = StockLevel.objects.select_related("site__place", "lot__presentation__vaccine")
        level = get_object_or_404(rows.visible_to(self.request.user), pk=self.kwargs["pk"])
        if not StockLevel.objects.managed_by(self.request.user).filter(pk=level.pk).exists():
            raise PermissionDenied
        return level

    def check_reach(self):
        self.level  # noqa: B018 - 404 and 403 before anything else

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "back": reverse("inventory:stock")}

    def get_context_data(self, **kwargs):
        today = timezone.localdate(self.now)
        tags = level_tags(self.level, today, self.now)
        return {**super().get_context_data(**kwargs), "level": self.level, "tags": tags}

    def done(self, sentence: str) -> str:
        """Say what was done and go back to the stock."""
        messages.success(self.request, sentence)
        return reverse("inventory:stock")


class WasteView(_LevelView):
    """报损."""

    form_class = WasteForm
    heading = "登记报损"

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
        return self.done(f"批号 {row.lot.lot_no} 已报损 {lost},现结存 {row.balance_vials} 支。")


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
