"""The month of a device for the wall and as a workbook; a time out of range and its decision."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core.handing_out import workbook
from core.views import ActionRequiredMixin, ServiceFormView
from core.xlsx import build, file_name
from inventory.cold_forms import DecisionForm
from inventory.cold_month import curve, days_of, month_of, sheet
from inventory.cold_places import inside_or_elsewhere
from inventory.cold_rules import lasting
from inventory.models import ColdDevice, Excursion, StockLevel
from inventory.services.excursions import decide
from inventory.tables import level_tags


class _Month(ActionRequiredMixin):
    """``?month=2026-11``; this month unless asked otherwise."""

    action = "stock.view"

    @cached_property
    def device(self) -> ColdDevice:
        rows = ColdDevice.objects.visible_to(self.request.user).select_related("site")
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @cached_property
    def first(self):
        return month_of(self.request.GET.get("month", ""), timezone.localdate())


class MonthView(_Month, TemplateView):
    """温度记录表: curve and list, one A4 page."""

    template_name = "inventory/cold_month.html"

    def get_context_data(self, **kwargs):
        days = days_of(self.device, self.first)
        lines = [(day, _is_out(day, self.device)) for day in days]
        return super().get_context_data(
            device=self.device,
            first=self.first,
            before=self.first - timedelta(days=1),
            after=self.first + timedelta(days=32),
            lines=lines,
            curve=curve(self.device, self.first, days),
            has_points=any(day.points for day in days),
            **kwargs,
        )


def _is_out(day, device: ColdDevice) -> bool:
    return any(value is not None and not device.is_fine(value) for value in (day.lowest, day.highest))


class MonthSheetView(_Month, View):
    """The same as .xlsx."""

    def get(self, request, **kwargs):
        days = days_of(self.device, self.first)
        content = build([sheet(self.device, self.first, days, timezone.now())])
        name = file_name(
            f"{self.device.site}{self.device}", f"温度记录表{self.first:%Y-%m}", timezone.localdate()
        )
        return workbook(content, name)


class ExcursionView(ServiceFormView):
    """冷链异常: from when to when, how far, what lay inside; keeper or office decides."""

    action = "stock.view"
    post_action = "cold.decide"
    form_class = DecisionForm
    template_name = "inventory/cold_excursion.html"

    @cached_property
    def excursion(self) -> Excursion:
        rows = Excursion.objects.visible_to(self.request.user).select_related(
            "device__site__place", "decided_by"
        )
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @cached_property
    def levels(self):
        return self.excursion.levels.select_related("lot__presentation__vaccine", "site").order_by("pk")

    @cached_property
    def may_decide(self) -> bool:
        user = self.request.user
        mine = Excursion.objects.decided_on_by(user)
        return user.can("cold.decide") and mine.filter(pk=self.excursion.pk).exists()

    def get_form_kwargs(self):
        held = self.levels.filter(held_reason=self.excursion.reason)
        return {**super().get_form_kwargs(), "excursion": self.excursion, "levels": held}

    def get_context_data(self, **kwargs):
        row, now = self.excursion, timezone.now()
        _, elsewhere = inside_or_elsewhere(row.device, row.last_good_at, row.ended_at or now)
        spared = StockLevel.objects.in_stock().filter(pk__in=elsewhere).exclude(excursions=row)
        return super().get_context_data(
            excursion=row,
            lasted=lasting(row.started_at, row.ended_at or now),
            levels=[(level, level_tags(level, timezone.localdate(now), now)) for level in self.levels],
            spared=spared.select_related("lot").order_by("pk"),
            may_decide=self.may_decide and not row.decided_at,
            **kwargs,
        )

    def perform(self, form):
        if not self.may_decide:
            raise PermissionDenied
        data = form.cleaned_data
        freed = decide(
            excursion=self.excursion,
            release=data["release"],
            reason=data["reason"],
            actor=self.request.user,
            now=timezone.now(),
        )
        messages.success(self.request, f"结论已记录,{freed} 个批号解除隔离。")
        return self.excursion
