"""Code lists of the floor that carries all others."""

from django.db import models


class JobState(models.TextChoices):
    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


class Sex(models.TextChoices):
    MALE = "M", "男"
    FEMALE = "F", "女"
