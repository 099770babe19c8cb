"""The second factor: setting up an authenticator app, checking its codes, and what happens when the telephone is lost.

TOTP as RFC 6238 has it (six digits, thirty seconds, SHA-1: what every authenticator app speaks), computed by
``cryptography``. A code counts for its own step and the one before and after, and never twice.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.utils.timezone import localdate

from accounts.choices import DeviceState
from accounts.models import DeviceReset, RecoveryCode, SecondFactor, User
from accounts.services.confirmations import forget_device, guards_of
from accounts.services.policies import policy_of
from accounts.services.reach import check_manages
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed

ISSUER = "疫苗接种"
STEP = 30  # seconds
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper


class Answer(Enum):
    """What became of a typed code."""

    RIGHT = "right"
    RECOVERY = "recovery"
    WRONG = "wrong"
    USED = "used"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Enrolment:
    """What the page shows so that an app can be set up: the address in the QR code and the secret to type by hand."""

    address: str
    secret: str


def confirmed(user: User) -> SecondFactor | None:
    """The second factor that ``user`` has in use."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


@deed()
def begin(*, user: User) -> Enrolment:
    """The secret of an app that is being set up; the same until its first code was right."""
    factor, _ = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret": base64.b32encode(secrets.token_bytes(20)).decode()}
    )
    if factor.confirmed_at:
        raise RuleBroken("HAS_FACTOR", "动态口令已经启用。要换手机,请先停用现在的。")
    return Enrolment(_totp(factor).get_provisioning_uri(user.username, ISSUER), factor.secret)


def confirm(*, user: User, code: str, now: datetime) -> list[str]:
    """The app is set up when its first ``code`` is right. Returns the recovery codes, which are shown this once.

    Raises RuleBroken("HAS_FACTOR" | "CODE_WRONG" | "CODE_BLOCKED").
    """
    if not SecondFactor.objects.filter(user=user, confirmed_at=None).exists():
        raise RuleBroken("HAS_FACTOR", "动态口令已经启用,或还没有开始设置。请重新打开本页。")
    _prove(user, code, now)
    with deed():
        factor = _locked(user)
        factor.confirmed_at = now
        factor.save(update_fields=["confirmed_at"])
        audit.record("account.second_factor_set", actor=user, target=user)
        return _new_codes(factor)


def check(*, user: User, code: str, now: datetime) -> Answer:
    """What a typed ``code`` (or recovery code) of ``user`` is worth; five wrong ones block the second step for a while.

    A deed of its own, and not to be called in another: a refusal that is taken back would not be counted.
    """
    with deed():
        factor = _locked(user)
        return _check(factor, code, now) if factor else Answer.WRONG


def renew_codes(*, user: User, code: str, now: datetime) -> list[str]:
    """New recovery codes instead of the old ones. Raises RuleBroken("CODE_WRONG" | "CODE_BLOCKED", "code")."""
    _prove(user, code, now)
    with deed():
        audit.record("account.recovery_codes_renewed", actor=user, target=user)
        return _new_codes(_locked(user))


def put_away(*, user: User, code: str, now: datetime) -> None:
    """The user gives up the app, to set up another; the present one must still be at hand.

    Raises RuleBroken("CODE_WRONG" | "CODE_BLOCKED", "code").
    """
    _prove(user, code, now)
    with deed():
        _locked(user).delete()
        audit.record("account.second_factor_dropped", actor=user, target=user)


@deed()
def reset_device(*, actor: User, user: User, reason: str, now: datetime) -> DeviceReset:
    """Forget the lost device of ``user``: at once, or after the security administrator's word where the policy asks for it.

    Raises NotAllowed, RuleBroken("NO_FACTOR" | "RESET_WAITS").
    """
    check_manages(actor, user)
    if actor.pk == user.pk or not actor.can("accounts.devices"):
        raise NotAllowed("动态口令由系统管理员重置,不能给自己重置。")
    if not SecondFactor.objects.filter(user=user).exists():
        raise RuleBroken("NO_FACTOR", "这个帐号没有启用动态口令,不需要重置。")
    if user.device_resets.filter(state=DeviceState.WAITING).exists():
        raise RuleBroken("RESET_WAITS", "已经申请过,正等安全管理员确认。")
    homes = [assignment.home for assignment in user.roles()]
    waits = policy_of(user).confirm_devices and any(guards_of(home, today=localdate(now)) for home in homes)
    state = DeviceState.WAITING if waits else DeviceState.DONE
    reset = DeviceReset.objects.create(user=user, reason=reason, asked_by=actor, asked_at=now, state=state)
    if not waits:
        forget_device(user)
    action = "account.device_reset_asked" if waits else "account.device_reset"
    audit.record(action, actor=actor, target=user, data={"reason": reason})
    return reset


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), 6, SHA1(), STEP)  # noqa: S303 RFC 6238; apps know no other


def _locked(user: User) -> SecondFactor | None:
    alone(f"second factor:{user.pk}")
    return SecondFactor.objects.filter(user=user).first()


def _check(factor: SecondFactor, typed: str, now: datetime) -> Answer:
    """Checks and remembers: the step that was used, the recovery code that was used, the failures."""
    if factor.blocked_until and factor.blocked_until > now:
        return Answer.BLOCKED
    answer = _answer(factor, "".join(typed.split()).replace("-", "").lower(), now)
    if answer in (Answer.RIGHT, Answer.RECOVERY):
        factor.failures, factor.blocked_until = 0, None
    else:
        factor.failures += 1
        if factor.failures >= settings.AXES_FAILURE_LIMIT:
            factor.failures, factor.blocked_until = 0, now + settings.AXES_COOLOFF_TIME
    factor.save(update_fields=["last_step", "failures", "blocked_until"])
    return answer


def _answer(factor: SecondFactor, code: str, now: datetime) -> Answer:
    if not (code.isascii() and code.isdecimal()):
        used = factor.recovery_codes.filter(digest=_digest(factor, code), used_at=None).update(used_at=now)
        return Answer.RECOVERY if used else Answer.WRONG
    totp = _totp(factor)
    for past in (0, -1, 1):
        at = int((now + timedelta(seconds=past * STEP)).timestamp())
        if bytes_eq(totp.generate(at), code.encode()):
            if at // STEP <= factor.last_step:
                return Answer.USED
            factor.last_step = at // STEP
            return Answer.RIGHT
    return Answer.WRONG


def _prove(user: User, code: str, now: datetime) -> None:
    answer = check(user=user, code=code, now=now)
    if answer == Answer.BLOCKED:
        raise RuleBroken("CODE_BLOCKED", "输错太多,请 15 分钟后再试。", "code")
    if answer != Answer.RIGHT:  # a recovery code only logs in
        raise RuleBroken("CODE_WRONG", "动态口令不对,或已经用过。请等手机上换了新的一组再输入。", "code")


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(factor, c)) for c in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(factor: SecondFactor, code: str) -> str:
    """Keyed with the secret of the app, which lies encrypted: it changes with no key ring, and a stolen table says nothing."""
    return hmac.digest(factor.secret.encode(), f"recovery:{code}".encode(), "sha256").hex()
