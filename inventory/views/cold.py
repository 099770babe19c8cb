"""The cold chain: the board with the form to write a temperature down, devices, corrections, logger files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import DetailView

from core.views import ActionRequiredMixin, ServiceFormView
from inventory.choices import ReadingKind
from inventory.cold_board import board
from inventory.cold_forms import CorrectionForm, DeviceChangeForm, DeviceForm, LoggerForm, ReadingForm
from inventory.models import ColdDevice, Excursion, LoggerFile, TemperatureReading
from inventory.services import cold
from inventory.services.logger_imports import import_logger_file


class ColdView(ServiceFormView):
    """Every device with its last reading, what is owed and what is wrong; who reads thermometers writes it down here."""

    action = "stock.view"
    post_action = "cold.record"
    form_class = ReadingForm
    template_name = "inventory/cold.html"

    @cached_property
    def mine(self):
        rows = ColdDevice.objects.read_by(self.request.user).select_related("site")
        return rows.order_by("site__place__code", "site", "name")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "devices": self.mine}

    def get_initial(self):
        return {"device": self.request.GET["device"]} if "device" in self.request.GET else {}

    def get_context_data(self, **kwargs):
        now, user = timezone.now(), self.request.user
        devices = ColdDevice.objects.visible_to(user).select_related("site")
        excursions = Excursion.objects.visible_to(user).select_related("device__site", "decided_by")
        recent = TemperatureReading.objects.standing().filter(device__in=self.mine)
        recent = recent.exclude(kind=ReadingKind.LOGGER).filter(at__gte=now - cold.LATE_ENTRY)
        return super().get_context_data(
            board=board(devices, now=now),
            waiting=list(excursions.waiting()[:20]),
            decided=list(excursions.exclude(decided_at=None)[:5]),
            records=user.can("cold.record") and bool(self.mine),
            recent=list(recent.select_related("device", "by").order_by("-at")[:6]) if self.mine else [],
            keeps=user.can("stock.manage"),
            **kwargs,
        )

    def perform(self, form):
        row = cold.put_reading(**form.cleaned_data, actor=self.request.user, now=timezone.now())
        said = f"已记下:{row.device.name} {row.get_half_display()} {row.celsius} ℃。"
        if row.device.is_fine(row.celsius):
            messages.success(self.request, said)
        elif row.device.holds_vaccine:
            messages.warning(
                self.request,
                f"{said}超出 {row.device.range_words},里面的疫苗(和没有登记放在哪里的)已隔离,暂时不能接种。恢复正常后请马上再记一次。",
            )
        else:
            messages.warning(self.request, f"{said}超出 {row.device.range_words},恢复正常后请马上再记一次。")
        return reverse("inventory:cold")


class _KeptDevice(ServiceFormView):
    """A deed of the keeper on a device: 404 out of sight, 403 another keeper's."""

    action = "stock.manage"
    template_name = "inventory/cold_form.html"
    heading = button = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=self.heading, button=self.button, **kwargs)

    @cached_property
    def device(self) -> ColdDevice:
        rows = ColdDevice.objects.visible_to(self.request.user).select_related("site__place")
        row = get_object_or_404(rows, uid=self.kwargs["uid"])
        if not self.reach().filter(pk=row.pk).exists():
            raise PermissionDenied
        return row

    def reach(self):
        """The devices for which the user may do this."""
        return ColdDevice.objects.kept_by(self.request.user)


class DeviceAddView(_KeptDevice):
    """登记冷链设备."""

    form_class = DeviceForm
    heading, button = "登记冷链设备", "登记"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def perform(self, form):
        device = cold.add_device(actor=self.request.user, **form.cleaned_data)
        messages.success(
            self.request, f"已登记{device.name}。从 {device.since} 起,每天上、下午各记一次温度。"
        )
        return reverse("inventory:cold")


class DeviceChangeView(_KeptDevice):
    """修改或停用."""

    form_class = DeviceChangeForm
    heading, button = "修改冷链设备", "保存"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.device}

    def perform(self, form):
        device = cold.change_device(
            device=self.device, actor=self.request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(
            self.request, f"{device.name}已保存。" if device.is_in_use else f"{device.name}已停用。"
        )
        return reverse("inventory:cold")


class LoggerImportView(_KeptDevice):
    """导入记录仪文件."""

    action = "cold.record"
    form_class = LoggerForm
    heading, button = "导入记录仪文件", "导入"

    def get_context_data(self, **kwargs):
        return super().get_context_data(device=self.device, files=self.device.files.all()[:10], **kwargs)

    def reach(self):
        return ColdDevice.objects.read_by(self.request.user)

    def perform(self, form):
        file = form.cleaned_data["file"]
        return import_logger_file(
            device=self.device,
            content=file.read(),
            name=file.name,
            actor=self.request.user,
            now=timezone.now(),
        )


class LoggerFileView(ActionRequiredMixin, DetailView):
    """What became of a file, line by line where something was wrong."""

    action = "stock.view"
    template_name = "inventory/cold_file.html"
    slug_field = slug_url_kwarg = "uid"
    context_object_name = "file"

    def get_queryset(self):
        return LoggerFile.objects.visible_to(self.request.user).select_related("device__site", "by")

    def get_context_data(self, **kwargs):
        return super().get_context_data(bad=self.object.bad[:500], **kwargs)


class ReadingCorrectView(_KeptDevice):
    """更正一次温度."""

    action = "cold.record"
    form_class = CorrectionForm
    heading, button = "更正温度记录", "更正"

    @cached_property
    def reading(self) -> TemperatureReading:
        rows = TemperatureReading.objects.visible_to(self.request.user).select_related("device__site", "by")
        return get_object_or_404(rows, key=self.kwargs["key"])

    @cached_property
    def device(self) -> ColdDevice:
        if not ColdDevice.objects.read_by(self.request.user).filter(pk=self.reading.device_id).exists():
            raise PermissionDenied
        return self.reading.device

    def get_context_data(self, **kwargs):
        return super().get_context_data(device=self.device, reading=self.reading, **kwargs)

    def perform(self, form):
        self.device  # noqa: B018 - 403 for who does not read this thermometer
        row = cold.correct_reading(
            reading=self.reading, actor=self.request.user, now=timezone.now(), **form.cleaned_data
        )
        was = self.reading.celsius
        messages.success(self.request, f"已更正为 {row.celsius} ℃,原来的 {was} ℃ 保留在记录里。")
        return reverse("inventory:cold")
