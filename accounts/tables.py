"""Lists of accounts and of the audit trail."""

from datetime import date, timedelta

import django_tables2 as tables
from django.utils.html import format_html

from accounts.audit_words import action_word, page_word, target_word
from accounts.choices import SecurityKind
from accounts.models import SecurityEvent, User
from accounts.services.qualifications import WARN_DAYS
from core.models import AuditEvent

QUIET = {SecurityKind.LOGGED_IN, SecurityKind.LOGGED_OUT}
ENDED = {SecurityKind.IDLE, SecurityKind.OVER, SecurityKind.ELSEWHERE, SecurityKind.RECOVERY}


class AccountTable(tables.Table):
    """Who works where as what."""

    username = tables.Column("登录名")
    display_name = tables.Column("姓名")
    phone = tables.Column("手机", orderable=False)
    roles = tables.Column("岗位", accessor="pk", orderable=False)
    last_login = tables.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i", default="从未登录")
    is_active = tables.Column("状态")

    class Meta:
        model = User
        fields = ("username", "display_name", "phone", "roles", "last_login", "is_active")
        sequence = ("username", "display_name", "roles", "phone", "last_login", "is_active")
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "没有符合条件的帐号。请放宽筛选条件,或新建帐号。"
        caption = "帐号"

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def render_username(self, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.username)

    def render_roles(self, record):
        held = [a for a in record.assignments.all() if a.is_current(self.today)]
        return ";".join(map(str, held)) or "无在任岗位"

    def render_is_active(self, record):
        kind, word = account_state(record)
        return format_html('<span class="tag tag-{}">{}</span>', kind, word)


def account_state(user: User) -> tuple[str, str]:
    """(tag, word) of an account."""
    if not user.is_active:
        return "stop", "已停用"
    if user.must_change_password:
        return "due", "待改初始密码"
    return "done", "正常"


def certificate_tag(valid_to: date, today: date) -> tuple[str, str]:
    """(kind, word) of a certificate on ``today``."""
    if valid_to < today:
        return "stop", "已过期"
    if valid_to <= today + timedelta(days=WARN_DAYS):
        return "due", f"{WARN_DAYS} 天内到期"
    return "done", "有效"


class SecurityTable(tables.Table):
    """Log-ins and refusals."""

    at = tables.DateTimeColumn(verbose_name="时间", format="Y-m-d H:i:s")
    kind = tables.Column("事件", orderable=False)
    user = tables.Column("人员", accessor="user__display_name", default="不知道是谁", orderable=False)
    username = tables.Column("登录名", accessor="user__username", default="", orderable=False)
    page = tables.Column("页面", orderable=False)
    ip = tables.Column("来源地址", orderable=False)

    class Meta:
        model = SecurityEvent
        fields = ("at", "kind", "user", "username", "page", "ip")
        order_by = "-at"
        empty_text = "这段时间没有记录。请放宽筛选条件。"
        caption = "登录与安全日志"

    def render_kind(self, record):
        tag = "done" if record.kind in QUIET else "due" if record.kind in ENDED else "stop"
        return format_html('<span class="tag tag-{}">{}</span>', tag, record.get_kind_display())

    def render_page(self, value):
        return page_word(value)


class AuditTable(tables.Table):
    """Who did or saw what, when, from where."""

    at = tables.DateTimeColumn(verbose_name="时间", format="Y-m-d H:i:s")
    actor = tables.Column("人员", accessor="actor__display_name", default="系统")
    action = tables.Column("动作", orderable=False)
    target = tables.Column("对象", orderable=False)
    place_code = tables.Column("区划代码", orderable=False)
    data = tables.Column("内容", orderable=False)
    ip = tables.Column("来源地址", orderable=False)

    class Meta:
        model = AuditEvent
        fields = ("at", "actor", "action", "target", "place_code", "data", "ip")
        order_by = "-at"
        empty_text = "这段时间没有记录。请放宽筛选条件。"
        caption = "审计记录"

    def render_action(self, value):
        return action_word(value)

    def render_target(self, value):
        return target_word(value)

    def render_data(self, value):
        return ",".join(f"{key}={item}" for key, item in value.items())[:160]
