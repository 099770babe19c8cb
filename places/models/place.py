"""The administrative tree by the 12-digit 统计用区划代码, and what stands on it."""

from django.core.validators import RegexValidator
from django.db import models

from places.choices import PREFIX_DIGITS, Level, OrganisationKind, SiteKind
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
    is_active = models.BooleanField("启用", default=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = "接种点"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A school, enterprise, building site, shop, care home or unit; it mobilises its own people."""

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=12, choices=OrganisationKind)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="organisations", verbose_name="所在村(社区)"
    )
    address = models.CharField("地址", max_length=120, blank=True)
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="organisation_once")]

    def __str__(self) -> str:
        return self.name
