"""The full check of the roll-ups, township by township."""

from django.db import models

from campaigns.models import Campaign


class RollupPart(models.Model):
    """One township of a campaign: when its stored days were last asked to be checked, and when that was last done.

    It is done in the deed that rewrites the township, so a part that died has left nothing and is still owed.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=9)  # of the unit codes in it
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    rows_written = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "汇总核对"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "prefix"], name="rollup_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.prefix}"
