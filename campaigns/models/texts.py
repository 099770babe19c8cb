"""What the office tells people in its own words: the letter to parents, and answers to questions (S34, S51)."""

from django.conf import settings
from django.db import models
from django.db.models import Max, OuterRef, QuerySet, Subquery

from campaigns.models.campaign import Campaign

LETTER = 0  # the topic of the letter to parents; questions have topics from 1 on


class CampaignTextQuerySet(QuerySet):
    """Reads of CampaignText."""

    def standing(self):
        """The last version of each topic."""
        same = self.model.objects.filter(campaign=OuterRef("campaign"), topic=OuterRef("topic")).order_by()
        last = same.values("topic").annotate(last=Max("version")).values("last")
        return self.filter(version=Subquery(last))

    def questions(self):
        """Questions with their answers, without the letter."""
        return self.filter(topic__gt=LETTER)


class CampaignText(models.Model):
    """One version of a text. Nothing is edited: what was handed out or read stays on file; the last version stands."""

    key = models.UUIDField(unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="texts")
    topic = models.PositiveSmallIntegerField("第几问")  # 0: the letter
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    is_shown = models.BooleanField("公开", default=True)  # a question that is not shown any more
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = CampaignTextQuerySet.as_manager()

    class Meta:
        verbose_name = "宣传文字"
        ordering = ["campaign", "topic", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "topic", "version"], name="campaign_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} 第{self.version}版"

    @property
    def paragraphs(self) -> list[str]:
        """The body, a line each."""
        return [line.strip() for line in self.body.splitlines() if line.strip()]
