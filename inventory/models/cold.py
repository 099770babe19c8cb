"""The cold chain: devices, what their thermometers showed, and the times they were out of range."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from inventory.choices import DeviceKind, Half, ReadingKind
from inventory.cold_querysets import DeviceQuerySet, ExcursionQuerySet, OfDeviceQuerySet, ReadingQuerySet
from inventory.models.stock import StockLevel
from places.models import Site

NAME_TAKEN = "这个接种点已经有一台同名的设备,请换一个名称,例如 2号冰箱。"
RANGE_WRONG = "下限要低于上限。一般疫苗是 2–8 ℃。"


class ColdDevice(models.Model):
    """A refrigerator, freezer or cold box at a site, with the range it has to keep."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="cold_devices", verbose_name="接种点")
    name = models.CharField("名称", max_length=30)
    kind = models.CharField("类型", max_length=8, choices=DeviceKind, default=DeviceKind.REFRIGERATOR)
    serial_no = models.CharField("设备编号", max_length=40, blank=True)
    low = models.DecimalField("下限(℃)", max_digits=4, decimal_places=1, default=Decimal(2))
    high = models.DecimalField("上限(℃)", max_digits=4, decimal_places=1, default=Decimal(8))
    holds_vaccine = models.BooleanField("存放疫苗", default=True)
    since = models.DateField("从哪天起记温度")
    is_in_use = models.BooleanField("在用", default=True)
    out_reason = models.CharField("停用原因", max_length=120, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = "冷链设备"
        ordering = ["site", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], name="device_name_once", violation_error_message=NAME_TAKEN
            ),
            models.CheckConstraint(
                condition=Q(low__lt=F("high")), name="device_range", violation_error_message=RANGE_WRONG
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("inventory:cold_month", args=[self.uid])

    def is_fine(self, celsius: Decimal) -> bool:
        """True inside the range, both ends included."""
        return self.low <= celsius <= self.high

    @property
    def range_words(self) -> str:
        """2–8 ℃."""
        return f"{self.low.normalize():f}–{self.high.normalize():f} ℃".replace("–-", "至-")


class LotPlace(models.Model):
    """In which device the vials of a lot lie from a moment on, as the keeper says. Append-only: the last word holds, until more
    of the lot comes in. The rows of one word share ``key`` and level; without a device: unknown."""

    key = models.UUIDField()
    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="places", verbose_name="库存")
    device = models.ForeignKey(ColdDevice, models.PROTECT, null=True, related_name="+", verbose_name="设备")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "疫苗存放位置"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["key", "level", "device"], name="lot_place_once")]

    def __str__(self) -> str:
        return f"{self.level_id} → {self.device or '未登记'}"


class LoggerFile(models.Model):
    """One file of a data logger as it was read: how many points were new, and every line that was none."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(ColdDevice, models.PROTECT, related_name="files")
    name = models.CharField("文件名", max_length=120)
    added = models.PositiveIntegerField("新的点")
    repeated = models.PositiveIntegerField("以前已有的点")
    bad = models.JSONField("没有读成的行", default=list)  # [line number, text, reason]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("导入时间")

    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = "记录仪文件"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("inventory:cold_file", args=[self.uid])


class TemperatureReading(models.Model):
    """What a thermometer showed. Append-only: a slip of the pen is put right by a second row that names the first."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    device = models.ForeignKey(ColdDevice, models.PROTECT, related_name="readings")
    kind = models.CharField("来源", max_length=8, choices=ReadingKind)
    on = models.DateField("日期")
    half = models.CharField("上午/下午", max_length=2, choices=Half)
    at = models.DateTimeField("读数时间")
    celsius = models.DecimalField("温度(℃)", max_digits=4, decimal_places=1)
    lowest = models.DecimalField("最低(℃)", max_digits=4, decimal_places=1, null=True, blank=True)
    highest = models.DecimalField("最高(℃)", max_digits=4, decimal_places=1, null=True, blank=True)
    action = models.CharField("处理措施", max_length=200, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField("更正原因", max_length=120, blank=True)
    file = models.ForeignKey(LoggerFile, models.PROTECT, null=True, blank=True, related_name="readings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField("登记时间")

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "温度记录"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["device", "at"], name="reading_device_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "on", "half"],
                condition=Q(kind="daily", replaces__isnull=True),
                name="reading_once_a_half",
            ),
            models.UniqueConstraint(
                fields=["device", "at"], condition=Q(kind="logger"), name="logger_point_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.on} {self.get_half_display()} {self.celsius}"

    @property
    def is_late(self) -> bool:
        """Written down more than two hours after it was read."""
        return (self.written_at - self.at).total_seconds() > 7200


class Excursion(models.Model):
    """A time out of range, what lay inside meanwhile, and who decided what becomes of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(ColdDevice, models.PROTECT, related_name="excursions")
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("恢复", null=True, blank=True)
    last_good_at = models.DateTimeField("之前最后一次正常", null=True, blank=True)
    extreme = models.DecimalField("极值(℃)", max_digits=4, decimal_places=1)
    levels = models.ManyToManyField(StockLevel, related_name="excursions")
    reason = models.CharField("隔离原因", max_length=120)  # as it stands on the levels it held
    decision = models.CharField("结论", max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("判断时间", null=True, blank=True)

    objects = ExcursionQuerySet.as_manager()

    class Meta:
        verbose_name = "冷链异常"
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return reverse("inventory:cold_excursion", args=[self.uid])
