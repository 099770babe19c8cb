"""The administrative tree by the 12-digit 统计用区划代码, and what stands on it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from places.choices import PREFIX_DIGITS, CodeScan, Level, OrganisationKind, ShopType, SiteKind
from places.querysets import OrganisationQuerySet, PlaceQuerySet, SiteQuerySet


class Place(models.Model):
    """A province, city, county, town, village, or a group or grid below one. A code is never reused."""

    code = models.CharField(
        "区划代码",
        max_length=18,
        unique=True,
        validators=[RegexValidator(r"^\d{12}(\d{2,6})?$", "区划代码为12位数字")],
    )
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "地方"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits that the codes of this place and everything below it share."""
        return self.code[: PREFIX_DIGITS.get(self.level, len(self.code))]

    def ancestors(self) -> list["Place"]:
        """From the county (or what is above the town) down to the parent; for breadcrumbs."""
        chain, place = [], self.parent
        while place is not None:
            chain.append(place)
            place = place.parent
        return chain[::-1]


class Site(models.Model):
    """Where doses are given or kept: a clinic, a temporary site, a mobile team, a cold store."""

    code = models.SlugField("编码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=10, choices=SiteKind, default=SiteKind.FIXED)
    place = models.ForeignKey(Place, models.PROTECT, related_name="sites", verbose_name="所在乡镇(街道)")
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    opening = models.CharField("开放时间", max_length=120, blank=True)
    code_scan = models.CharField("接种时扫追溯码", max_length=8, choices=CodeScan, default=CodeScan.OFFERED)
    is_active = models.BooleanField("启用", default=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = "接种点"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A school, enterprise, building site, shop, care home or unit; it mobilises its own people.

    ``parent``: the unit that answers for this one too (S9: a unit in town and its branches). ``starts_on``, ``ends_on``: the
    time of a building site. ``shop_type``: under which kind the shop's sticker is counted.
    """

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=12, choices=OrganisationKind)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="organisations", verbose_name="所在村(社区)"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name="主管单位"
    )
    shop_type = models.CharField("商户类型", max_length=12, choices=ShopType, blank=True)
    starts_on = models.DateField("开工日期", null=True, blank=True)
    ends_on = models.DateField("完工日期", null=True, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="organisation_once"),
            models.CheckConstraint(condition=Q(kind="shop") | Q(shop_type=""), name="only_shops_have_a_type"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="organisation_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_school(self) -> bool:
        """Its roster has grades, classes and guardians."""
        return self.kind == OrganisationKind.SCHOOL

    @property
    def kind_word(self) -> str:
        """What it is, a shop with its type: 商户(餐馆)."""
        kind = self.get_kind_display()
        return f"{kind}({self.get_shop_type_display()})" if self.shop_type else kind
