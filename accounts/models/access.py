"""How log-ins are guarded: the policy of a place, old passwords, the second factor, and the log of log-ins and refusals."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.choices import Confirming, DeviceState, Role, SecurityKind
from accounts.querysets import SecurityEventQuerySet
from accounts.rules import LINES, Policy
from core.crypto import EncryptedTextField
from places.models import Place


class AccessPolicy(models.Model):
    """What the security administrator of a place asks of the accounts there. The topmost one replaces the installation's
    defaults; those of places below only make it stricter."""

    place = models.OneToOneField(Place, models.PROTECT, related_name="+")
    idle_minutes = models.PositiveSmallIntegerField(
        "多久不操作就退出(分钟)", validators=[MaxValueValidator(720)]
    )
    floor_idle_minutes = models.PositiveSmallIntegerField(
        "接种现场多久不操作就退出(分钟)", validators=[MaxValueValidator(1440)]
    )
    longest_hours = models.PositiveSmallIntegerField(
        "一次登录最长(小时)", validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    floor_longest_hours = models.PositiveSmallIntegerField(
        "接种现场一次登录最长(小时)", validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    one_session = models.BooleanField("同一帐号只能在一处登录")
    password_days = models.PositiveSmallIntegerField("密码多少天要换", validators=[MaxValueValidator(3650)])
    password_history = models.PositiveSmallIntegerField(
        "新密码不能与最近几个相同", validators=[MaxValueValidator(24)]
    )
    second_factor_roles = models.JSONField("必须用动态口令的岗位", default=list, blank=True)
    confirming = models.CharField("哪些岗位须由安全管理员确认", max_length=8, choices=Confirming)
    confirm_devices = models.BooleanField("重置动态口令须由安全管理员确认")

    class Meta:
        verbose_name = "登录规则"

    def __str__(self) -> str:
        return f"{self.place}的登录规则"

    @property
    def policy(self) -> Policy:
        """The lines as a value."""
        values = {name: getattr(self, name) for name in LINES}
        return Policy(**values | {"second_factor_roles": frozenset(self.second_factor_roles)})

    def role_words(self) -> list[str]:
        """The roles that log in with a code, in words."""
        return [Role(role).label for role in self.second_factor_roles]


class PasswordUsed(models.Model):
    """A former password (its hash), which must not come back too soon."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passwords_used")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "用过的密码"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"


class SecondFactor(models.Model):
    """The account's authenticator app (TOTP, RFC 6238). Not in use before the first code was right."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    secret = EncryptedTextField(context="accounts.second_factor")
    confirmed_at = models.DateTimeField(null=True)
    # The 30-second step of the last code that was taken: the same code is not taken twice.
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "动态口令"

    def __str__(self) -> str:
        return f"{self.user} 的动态口令"


class RecoveryCode(models.Model):
    """A code for the day the telephone is lost: shown once, kept as a keyed hash, good once."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "备用码"
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return "已用" if self.used_at else "未用"


class DeviceReset(models.Model):
    """A lost authenticator: asked for with a reason, at once in force or after the security administrator's word."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="device_resets")
    reason = models.CharField("原因", max_length=120)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DeviceState)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "动态口令重置"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state=DeviceState.WAITING), name="one_waiting_reset"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="reset_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_state_display()}"


class SecurityEvent(models.Model):
    """A log-in, or something that was refused: who, from where, what. Nothing that was typed is kept, except the name of
    an account that exists."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField()
    kind = models.CharField("事件", max_length=16, choices=SecurityKind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    page = models.CharField("页面", max_length=60, blank=True)
    detail = models.CharField("说明", max_length=120, blank=True)
    ip = models.CharField("来源地址", max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = "安全日志"
        indexes = [
            models.Index(fields=["at"], name="security_at"),
            models.Index(fields=["user", "at"], name="security_user"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
