"""What belongs to a case of 疑似异常反应 beside the case itself. All of it is appended, nothing is edited."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.models.visit import AdverseEvent
from clinic.quick_cards import QuickCard, card_of


class CardMark(models.Model):
    """A quick card was opened on a case (``step`` empty), or a line of it ticked or unticked. The last mark counts."""

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="card_marks")
    card = models.CharField("速查卡", max_length=12)
    version = models.PositiveSmallIntegerField("版本")
    digest = models.CharField(max_length=64, editable=False)
    step = models.CharField("步骤", max_length=4, blank=True)
    done = models.BooleanField("做了", default=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "速查卡记录"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["event", "card", "version"], name="card_mark_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "card", "version", "by"], condition=Q(step=""), name="card_opened_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.version} {self.step}"

    @property
    def quick_card(self) -> QuickCard | None:
        """The very text that was shown."""
        return card_of(self.card, self.version)
