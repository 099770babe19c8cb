"""What a day needs on the spot: zones of the site, staff, points that were looked at, stops of a mobile team."""

from django.conf import settings
from django.db import models

from appointments.choices import Duty
from appointments.models.session import ClinicSession
from places.models import Place, Site


class SiteZone(models.Model):
    """A zone of a site with the things it needs, one a line; people walk through them in order, without crossing (S60)."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="zones")
    order = models.PositiveSmallIntegerField("次序")
    name = models.CharField("分区", max_length=20)
    items = models.TextField("配置物品", blank=True)

    class Meta:
        verbose_name = "功能分区"
        ordering = ["site", "order"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="zone_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def things(self) -> list[str]:
        """What must be there."""
        return [line.strip() for line in self.items.splitlines() if line.strip()]


class StaffPost(models.Model):
    """Who does what on the day. Staff with an account bring their certificates; for others they are written here."""

    session = models.ForeignKey(ClinicSession, models.CASCADE, related_name="staff")
    duty = models.CharField("岗位", max_length=12, choices=Duty)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("姓名", max_length=30)
    phone = models.CharField("电话", max_length=20, blank=True)
    cert_no = models.CharField("证书编号", max_length=40, blank=True)
    cert_valid_to = models.DateField("证书有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "当日人员"
        ordering = ["session", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "duty", "name"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.name}"


class SessionCheck(models.Model):
    """Somebody looked at a point of the opening checklist. Appended; the last word on a point counts."""

    session = models.ForeignKey(ClinicSession, models.CASCADE, related_name="checks")
    code = models.CharField(max_length=20)
    is_fine = models.BooleanField("合格")
    celsius = models.DecimalField("温度", max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.CharField(
        "说明", max_length=120, blank=True
    )  # which thermometer was read where no device is registered
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "开场检查"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.code} {self.is_fine}"


class SessionStop(models.Model):
    """Where a mobile team halts on its tour of the day (S59)."""

    session = models.ForeignKey(ClinicSession, models.CASCADE, related_name="stops")
    starts_at = models.TimeField("到达")
    ends_at = models.TimeField("离开")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="村(社区)")
    where = models.CharField("地点", max_length=60)

    class Meta:
        verbose_name = "流动接种停靠点"
        ordering = ["session", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="stop_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="stop_times"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M} {self.place} {self.where}"
