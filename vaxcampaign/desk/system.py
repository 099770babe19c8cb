"""System administrator, security administrator and auditor: accounts, failed jobs, what waits, the trail."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.choices import DeviceState, RoleState, SecurityKind
from accounts.models import DeviceReset, RoleAssignment, SecurityEvent, User
from accounts.querysets import audit_visible_to
from core.choices import JobState
from core.models import AuditEvent, AuditProof, Job
from vaxcampaign.desk.cards import Card, Moment, link, todo

_FAILED = (SecurityKind.WRONG, SecurityKind.WRONG_CODE, SecurityKind.USED_CODE)


def system_cards(moment: Moment) -> list[Card]:
    """System administrator: accounts that need care, jobs that failed."""
    accounts = User.objects.visible_to(moment.user).order_by()
    locked = accounts.filter(is_active=False).count()
    fresh = accounts.filter(is_active=True, must_change_password=True).count()
    since = moment.now - timedelta(days=7)
    failed = Job.objects.filter(state=JobState.FAILED, created_at__gte=since).count()
    return [
        Card("帐号", accounts.count(), link("accounts:list")),
        Card("已停用", locked, link("accounts:list", is_active="False")),
        Card("还没改初始密码", fresh, link("accounts:list"), todo(fresh)),
        Card("7 天内失败的后台任务", failed, kind=todo(failed, "stop")),
    ]


def guard_cards(moment: Moment) -> list[Card]:
    """Security administrator: what waits for a word, and what was refused today."""
    user = moment.user
    roles = RoleAssignment.objects.inside(user.scope("security.guard").prefixes)
    people = User.objects.visible_to(user).order_by().values("pk")
    waiting = roles.filter(state=RoleState.WAITING).count()
    waiting += DeviceReset.objects.filter(state=DeviceState.WAITING, user__in=people).count()
    start = timezone.make_aware(datetime.combine(moment.today, datetime.min.time()))
    events = SecurityEvent.objects.visible_to(user).filter(at__gte=start)
    counts = events.aggregate(
        wrong=Count("pk", Q(kind__in=_FAILED)), locked=Count("pk", Q(kind=SecurityKind.LOCKED))
    )
    return [
        Card("待确认的岗位和重置", waiting, link("accounts:confirmations"), todo(waiting)),
        Card("今天登录失败", counts["wrong"], link("accounts:security_log", since=moment.today)),
        Card(
            "今天被锁定",
            counts["locked"],
            link("accounts:security_log", since=moment.today, kind=SecurityKind.LOCKED),
            todo(counts["locked"], "stop"),
        ),
        Card(
            "已停用的帐号",
            User.objects.filter(pk__in=people, is_active=False).count(),
            link("accounts:list", is_active="False"),
        ),
    ]


def audit_cards(moment: Moment) -> list[Card]:
    """Auditor: what happened today, and when the chain was last proved."""
    start = timezone.make_aware(datetime.combine(moment.today, datetime.min.time()))
    events = audit_visible_to(AuditEvent.objects.filter(at__gte=start), moment.user)
    counts = events.aggregate(all=Count("pk"), views=Count("pk", Q(action="resident.viewed")))
    proof = AuditProof.objects.first()
    bad = proof and proof.problem_count
    is_fresh = proof and proof.at > moment.now - timedelta(hours=36)
    return [
        Card("今天的记录", counts["all"], link("accounts:audit", since=moment.today)),
        Card("今天查看居民", counts["views"], link("accounts:audit", since=moment.today, kind="resident")),
        Card(
            "最近一次核对审计链",
            f"{bad} 处问题" if bad else f"{timezone.localtime(proof.at):%m-%d %H:%M}" if proof else "从未",
            link("accounts:audit_proofs"),
            "stop" if bad else "" if is_fresh else "due",
        ),
    ]
