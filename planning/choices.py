"""Code lists of this room."""

from django.db import models


class PlanState(models.TextChoices):
    """A plan moves nothing until it is sent."""

    DRAFT = "draft", "待审"
    APPROVED = "approved", "已批准,待发"
    SENT = "sent", "已发出"
    DROPPED = "dropped", "已作废"
