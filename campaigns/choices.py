"""Code lists of campaigns."""

from django.db import models


class CampaignState(models.TextChoices):
    PLANNED = "planned", "筹备"
    RUNNING = "running", "进行中"
    CLOSED = "closed", "已结束"


class InternalPolicy(models.TextChoices):
    """Where people who move within the county are counted (S11: at the hukou place)."""

    HUKOU = "hukou", "按户籍地"
    RESIDENCE = "residence", "按现居住地"
