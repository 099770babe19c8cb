"""Code lists of targets and produced files."""

from django.db import models


class TargetKind(models.TextChoices):
    """What a target counts (people, not doses)."""

    FIRST = "first", "首剂人数"
    COMPLETE = "complete", "全程人数"
    BOOSTER = "booster", "加强人数"


class ReportKind(models.TextChoices):
    DAILY = "daily", "日报"
    PROGRESS = "progress", "进度报告"
    WEEKLY = "weekly", "周排名"
    CENSUS = "census", "摸排登记表"
    PLAN = "plan", "接种计划"
    ROSTER = "roster", "次日预约名单"
    UNVACCINATED = "unvaccinated", "未接种名单"
    ELDERLY = "elderly", "老年人台账"
    SCHOOL = "school", "学校汇总"
    STICKERS = "stickers", "安心便签"
    STOCK = "stock", "库存表"
    AEFI = "aefi", "异常反应统计"
