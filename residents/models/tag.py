"""Tags of people: what they are (党员, 独居老人 …) and what they need on the floor (轮椅, 听力 …)."""

from django.db import models
from django.db.models import Q

from places.models import Place
from residents.choices import TagKind
from residents.querysets import TagQuerySet


class Tag(models.Model):
    """One word of the list. Without a place everybody may use it; a town's own word is offered in that town only."""

    kind = models.CharField("类型", max_length=4, choices=TagKind)
    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用单位"
    )
    is_active = models.BooleanField("使用中", default=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "标签"
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "place"], name="tag_once"),
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(place__isnull=True), name="general_tag_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
