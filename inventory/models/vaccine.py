"""Products: vaccine → presentation (what one vial holds) → lot."""

from django.db import models
from django.db.models import Q

from core.choices import Sex
from inventory.choices import Attribute, DosageForm, LotState, Platform, Route


class Vaccine(models.Model):
    """A product. Codes of other systems are kept for exchange (national, CVX, ICD-11)."""

    code = models.CharField("编码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    disease = models.CharField("疾病", max_length=12)  # series are counted per disease: COVID, FLU, HPV …
    manufacturer = models.CharField("生产企业", max_length=60, blank=True)
    maker_code = models.CharField("企业代码", max_length=4, blank=True)
    platform = models.CharField("工艺", max_length=16, choices=Platform)
    national_code = models.CharField("国家编码", max_length=8, blank=True)
    cvx = models.CharField("CVX", max_length=6, blank=True)
    icd11 = models.CharField("ICD-11", max_length=10, blank=True)
    attribute = models.CharField(
        "属性", max_length=1, choices=Attribute, default=Attribute.PROGRAMME
    )  # 疫苗管理法 art. 97: what a government has given to groups counts as 免疫规划疫苗
    dosage_form = models.CharField("剂型", max_length=1, choices=DosageForm, default=DosageForm.LIQUID)
    sex = models.CharField("限性别", max_length=1, choices=Sex, blank=True)
    primary_doses = models.PositiveSmallIntegerField("基础剂次", null=True, blank=True)  # 0 = booster only
    min_months = models.PositiveSmallIntegerField("最小月龄", null=True, blank=True)
    max_months = models.PositiveSmallIntegerField("最大月龄", null=True, blank=True)
    dose_ml = models.DecimalField("每剂毫升", max_digits=4, decimal_places=2, null=True, blank=True)
    route = models.CharField("途径", max_length=8, choices=Route, default=Route.IM, blank=True)

    class Meta:
        verbose_name = "疫苗"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name}({self.manufacturer})" if self.manufacturer else self.name

    @property
    def short_name(self) -> str:
        """What fits in a table cell: the platform's first two characters and the maker."""
        return f"{self.get_platform_display().removesuffix('疫苗')}·{self.manufacturer or self.name}"


class Presentation(models.Model):
    """How many doses one vial holds and how long it may stay open."""

    vaccine = models.ForeignKey(Vaccine, models.PROTECT, related_name="presentations")
    doses_per_vial = models.PositiveSmallIntegerField("每支剂数", default=1)
    open_vial_minutes = models.PositiveSmallIntegerField("开启后可用分钟", default=30)

    class Meta:
        verbose_name = "规格"
        ordering = ["vaccine", "doses_per_vial"]
        constraints = [
            models.UniqueConstraint(fields=["vaccine", "doses_per_vial"], name="presentation_once"),
            models.CheckConstraint(condition=Q(doses_per_vial__gte=1), name="presentation_holds_doses"),
        ]

    def __str__(self) -> str:
        return f"{self.vaccine.name} {self.doses_per_vial}人份/支"


class Lot(models.Model):
    """A batch of one presentation. Expired, held and recalled lots stay on old records but cannot be given."""

    presentation = models.ForeignKey(Presentation, models.PROTECT, related_name="lots")
    lot_no = models.CharField("批号", max_length=30)
    expires_on = models.DateField("有效期至")
    release_no = models.CharField("批签发合格证号", max_length=40, blank=True)
    approval_no = models.CharField("批准文号", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=LotState, default=LotState.USABLE)
    state_reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "批次"
        ordering = ["expires_on", "lot_no"]
        constraints = [models.UniqueConstraint(fields=["presentation", "lot_no"], name="lot_once")]

    def __str__(self) -> str:
        return self.lot_no
