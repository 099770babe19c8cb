"""Documents of the stock room: what a person signs. Facts; undone by a counter-document, never edited."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from inventory.choices import LINE_REASONS, DocumentKind, DocumentState, Register, TransportMeans
from inventory.models.stock import StockMovement
from inventory.models.vaccine import Lot
from inventory.paper_querysets import StockDocumentQuerySet
from places.models import Site


class DocumentCounter(models.Model):
    """The last number given in a site's register of a year. Locked after the levels, so that no number is left out."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    register = models.CharField(max_length=1, choices=Register)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "单据编号"
        constraints = [models.UniqueConstraint(fields=["site", "year", "register"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.year}{self.register}: {self.last}"


class StockDocument(models.Model):
    """One signed paper. Append-only.

    ``answers`` is the document whose second hand this one is (a delivery that is received or called back, a disposal that
    is confirmed); ``reverses`` the one that it undoes. ``state`` is what was decided when it was signed. What is still
    under way is never stored: it is the sum of ``DocumentLine.transit``.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)  # the deed's key: signing twice is signing once
    kind = models.CharField("类型", max_length=14, choices=DocumentKind)
    register = models.CharField("登记簿", max_length=1, choices=Register, default=Register.VACCINE)
    number = models.PositiveIntegerField("序号")
    year = models.PositiveSmallIntegerField("年度")
    site = models.ForeignKey(Site, models.PROTECT, related_name="documents", verbose_name="接种点")
    other_site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="incoming", verbose_name="对方接种点"
    )
    state = models.CharField("结论", max_length=8, choices=DocumentState, default=DocumentState.DONE)
    counterparty = models.CharField("来源/去向单位", max_length=80, blank=True)
    paper_no = models.CharField(
        "对方单号", max_length=40, blank=True
    )  # of the paper that came with the goods
    carrier = models.CharField("配送单位", max_length=40, blank=True)
    means = models.CharField("运输工具", max_length=12, choices=TransportMeans, blank=True)
    started_at = models.DateTimeField("启运时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到货时间", null=True, blank=True)
    start_celsius = models.DecimalField("启运温度", max_digits=4, decimal_places=1, null=True, blank=True)
    arrival_celsius = models.DecimalField("到货温度", max_digits=4, decimal_places=1, null=True, blank=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_by", verbose_name="对应单据"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲正单据"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    on = models.DateField("日期", db_index=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对方经手人",
    )
    second_name = models.CharField("对方签字人", max_length=30, blank=True)  # without an account here

    objects = StockDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "出入库单据"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "register", "year", "number"], name="document_number_once"
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | Q(by__isnull=True) | ~Q(second_by=F("by")),
                name="two_hands_are_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.no

    @property
    def no(self) -> str:
        """The number as it is printed: site, year, place in the register."""
        return f"{self.site.code.upper()}-{self.register}{self.year}-{self.number:04d}"

    def get_absolute_url(self) -> str:
        return reverse("inventory:document", args=[self.uid])


class DocumentLine(models.Model):
    """One lot on a document. Append-only.

    Quantities are signed as the movement they caused; a line that moves nothing (refused, set apart) carries the quantity
    it speaks of. ``transit`` is its change of what is under way: a delivery adds what it sends, its receipt takes it out.
    """

    document = models.ForeignKey(StockDocument, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField("行号")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="document_lines", verbose_name="批号")
    vials = models.IntegerField("支", default=0)
    open_doses = models.IntegerField("已开启(剂)", default=0)
    transit = models.IntegerField("在途(支)", default=0)
    state = models.CharField("结论", max_length=8, choices=DocumentState, default=DocumentState.DONE)
    reason = models.CharField("原因", max_length=16, choices=LINE_REASONS, blank=True)
    note = models.CharField("备注", max_length=120, blank=True)
    movement = models.OneToOneField(StockMovement, models.PROTECT, null=True, blank=True, related_name="line")

    class Meta:
        verbose_name = "单据明细"
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="line_once")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.position} {self.lot}: {self.vials}"

    @property
    def doses(self) -> int:
        """The quantity in doses. Needs ``lot__presentation``."""
        return self.vials * self.lot.presentation.doses_per_vial + self.open_doses
