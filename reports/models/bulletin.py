"""The office's texts with figures: 工作总结, 日报, 周报. Written from the data, worded by the office, kept in versions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Place
from reports.choices import BulletinKind, BulletinOrigin
from reports.querysets import BulletinQuerySet


class Bulletin(models.Model):
    """One text about one period of a place. What it says stands in its last version."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=8, choices=BulletinKind)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="bulletins", verbose_name="接种活动")
    place = models.ForeignKey(Place, models.PROTECT, related_name="bulletins", verbose_name="单位")
    since = models.DateField("自")
    until = models.DateField("至")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "总结和简报"
        ordering = ["-until", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "kind", "since", "until"], name="bulletin_once"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="bulletin_period"),
        ]

    def __str__(self) -> str:
        return f"{self.place}{self.get_kind_display()} {self.since}–{self.until}"

    def get_absolute_url(self) -> str:
        return reverse("reports:bulletin", args=[self.uid])


class BulletinVersion(models.Model):
    """What the text said from a moment on. Nothing is edited: a change is the next version.

    ``sections`` are ``{"code", "heading", "text", "own"}`` in order, ``own`` where the office's words stand instead of the
    generated ones; ``table`` is ``{"columns": [titles], "rows": [[cells as printed]]}``, frozen with the figures.
    """

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="versions")
    key = models.UUIDField(unique=True)
    number = models.PositiveSmallIntegerField("版本")
    origin = models.CharField("来由", max_length=8, choices=BulletinOrigin)
    title = models.CharField("标题", max_length=120)
    sections = models.JSONField("正文")
    table = models.JSONField("附表")
    cut_off = models.DateTimeField("统计截止")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "简报版本"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "number"], name="bulletin_version_once")]

    def __str__(self) -> str:
        return f"{self.title} 第{self.number}版"

    @property
    def filled(self) -> list[tuple[str, list[str]]]:
        """(heading, paragraphs) of the sections that say something."""
        split = ((part["heading"], part["text"].splitlines()) for part in self.sections)
        found = ((heading, [line.strip() for line in lines if line.strip()]) for heading, lines in split)
        return [(heading, lines) for heading, lines in found if lines]

    @property
    def own(self) -> list[dict]:
        """The sections that the office has worded itself."""
        return [part for part in self.sections if part["own"]]
