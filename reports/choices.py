"""Code lists of targets and produced files."""

from django.db import models


class TargetKind(models.TextChoices):
    """What a target counts: people who reached a state, or doses (workload)."""

    FIRST = "first", "首剂人数"
    COMPLETE = "complete", "全程人数"
    BOOSTER = "booster", "加强人数"
    DOSES = "doses", "接种剂次"

    @property
    def unit(self) -> str:
        """人 or 剂."""
        return "剂" if self is TargetKind.DOSES else "人"


TARGETS_OF_PEOPLE = (TargetKind.FIRST, TargetKind.COMPLETE, TargetKind.BOOSTER)


class TargetBasis(models.TextChoices):
    """How the quantity came about; it stands as a whole number of people or doses whatever the basis."""

    COUNT = "count", "按数量"
    PERCENT = "percent", "按基数的百分比"
    STOCK = "stock", "按库存清零"


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
    BULLETIN = "bulletin", "总结和简报"
    ZERO = "zero", "零消号清单"
    WEEK_PLAN = "week_plan", "下周接种安排"
    DUTY = "duty", "带班和会议"


class FiledKind(models.TextChoices):
    """Reports that are frozen when they are handed in."""

    PROGRESS = "progress", "进度报告"
    DAILY = "daily", "日报"
    WEEKLY = "weekly", "周排名"


class ChangeReason(models.TextChoices):
    """Why a dose or person came into a figure of a filed report, or out of it."""

    START = "start", "起报前"
    NEW = "new", "新增"
    LATE = "late", "补录"
    VOIDED = "voided", "作废"
    MOVED_IN = "moved_in", "转入"
    MOVED_OUT = "moved_out", "转出"
    MERGED = "merged", "合并档案"
    REGROUPED = "regrouped", "剂次调整"
    UNCOUNTED = "uncounted", "不再计入"


class BulletinKind(models.TextChoices):
    """A text of the office with the figures of a period."""

    DAILY = "daily", "日报"
    WEEKLY = "weekly", "周报"
    SUMMARY = "summary", "工作总结"


class BulletinOrigin(models.TextChoices):
    """How a version of a bulletin came to be."""

    DATA = "data", "按数据生成"
    EDITED = "edited", "修改文字"
    RENEWED = "renewed", "重新取数"


class MeetingKind(models.TextChoices):
    """Meetings of the township about the campaign (S114)."""

    DEPLOY = "deploy", "部署会"
    PUSH = "push", "推进会"
    DISPATCH = "dispatch", "调度会"
    ON_SITE = "on_site", "现场办公会"


class FollowUpDeed(models.TextChoices):
    """What has become of something that a meeting asked for."""

    FINISHED = "finished", "办结"
    MOVED = "moved", "改期"
    REOPENED = "reopened", "退回重办"
    CANCELLED = "cancelled", "不再办"


FOLLOW_UP_OVER = (FollowUpDeed.FINISHED, FollowUpDeed.CANCELLED)


class ScheduleDays(models.TextChoices):
    """On which days a scheduled report is made."""

    DAILY = "daily", "每天"
    WORKDAYS = "workdays", "周一到周五"
    PUSH = "push", "攻坚日"
    MONDAY = "mon", "每周一"
    TUESDAY = "tue", "每周二"
    WEDNESDAY = "wed", "每周三"
    THURSDAY = "thu", "每周四"
    FRIDAY = "fri", "每周五"
    SATURDAY = "sat", "每周六"
    SUNDAY = "sun", "每周日"


class RunState(models.TextChoices):
    """How far a scheduled report is."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "没有做成"
    PASSED = "passed", "没有做"
