"""A log-in from its beginning to its end: how long it lasts, what ends it, and in what words that is told.

Nothing is written while somebody works: when the browser was last used stands in a signed cookie bound to the log-in,
which moves forward with each deed. A thief's copy of it grows stale; a forged one counts for nothing (ADR 0014).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.services import policies, second_factors

SEEN = "vax_seen"
SLACK = 60  # seconds: the cookie is not sent anew more often
# Screens that hang on a wall and fetch themselves anew are being used; every other page that does so is not.
ON_THE_WALL = {"reports:wall", "clinic:board", "clinic:calls"}
POLLED = "X-Polled"
_WARN_BEFORE = timedelta(days=7)
WORDS = {
    SecurityKind.IDLE: "您有 {minutes} 分钟没有操作,系统已自动退出,防止别人用您的帐号。请重新登录。",
    SecurityKind.OVER: "这次登录已满 {hours} 小时,系统已自动退出。请重新登录,接着办理。",
    SecurityKind.ELSEWHERE: "您的帐号刚在另一台电脑或手机上登录,这里已自动退出。如果不是您本人,请马上改密码并告诉管理员。",
}


def begin(sender, request, user, **kwargs) -> None:
    """Receiver of ``user_logged_in``: what holds for this log-in is kept with it, so that a later page asks nothing."""
    policy, roles, now = policies.policy_of(user), policies.held(user), timezone.now()
    session, idle, longest = request.session, policy.idle(roles), policy.longest(roles)
    session["since"] = int(now.timestamp())
    session["longest"] = int(longest.total_seconds())
    session.set_expiry(now + longest + timedelta(hours=1))  # a little later, so that we can say why
    if idle:
        session["idle"] = int(idle.total_seconds())
    if policy.one_session:
        session["mark"] = user.session_mark = secrets.token_hex(16)
        user.save(update_fields=["session_mark"])
    if policy.wants_second_factor(roles) and not second_factors.confirmed(user):
        session["must_enrol"] = True
    ends = policy.password_ends(user.password_changed_at)
    if ends and ends <= now:
        session["password_over"] = True
    elif ends and ends - now < _WARN_BEFORE:
        told = f"您的密码 {timezone.localtime(ends):%m月%d日} 到期,请在这之前到右上角“修改密码”。"
        messages.warning(request, told, fail_silently=True)


def ended(request, now: datetime) -> SecurityKind | None:
    """Why the log-in of ``request`` is over at ``now``; None while it lasts."""
    session, at = request.session, now.timestamp()
    if "mark" in session and session["mark"] != request.user.session_mark:
        return SecurityKind.ELSEWHERE
    if at > session.get("since", at) + session.get("longest", 0) and "longest" in session:
        return SecurityKind.OVER
    if "idle" in session and at > last_used(request) + session["idle"]:
        return SecurityKind.IDLE
    return None


def last_used(request) -> int:
    """When (seconds) this browser was last used in this log-in."""
    since = request.session.get("since", 0)
    try:
        whose, at = signing.loads(request.COOKIES.get(SEEN, ""), salt=SEEN)
    except (signing.BadSignature, ValueError, TypeError):
        return since
    return max(since, at) if whose == _whose(request) else since


def left(request, now: datetime, *, is_used: bool) -> int | None:
    """Seconds until this log-in ends when nothing more is done; ``is_used``: the request itself is a deed. None when it
    does not end of itself."""
    session, at = request.session, now.timestamp()
    ends = [session["since"] + session["longest"]] if "longest" in session else []
    ends += [(at if is_used else last_used(request)) + session["idle"]] if "idle" in session else []
    return max(0, int(min(ends) - at)) if ends else None


def use(request, response, now: datetime) -> None:
    """Move "last used" forward when the request is somebody's deed and not a page that fetches itself anew."""
    if "idle" not in request.session or not _is_deed(request):
        return
    at = int(now.timestamp())
    if at - last_used(request) >= SLACK or SEEN not in request.COOKIES:
        response.set_cookie(
            SEEN,
            signing.dumps([_whose(request), at], salt=SEEN),
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def end(request, why: SecurityKind) -> str:
    """End the log-in, and return in words why. The log-in page that follows says it."""
    session = request.session
    numbers = {"minutes": session.get("idle", 0) // 60, "hours": session.get("longest", 0) // 3600}
    told = WORDS[why].format(**numbers)
    session.flush()
    request.user = AnonymousUser()
    messages.warning(request, told, fail_silently=True)
    return told


def _is_deed(request) -> bool:
    match = request.resolver_match
    return POLLED not in request.headers or bool(match and match.view_name in ON_THE_WALL)


def _whose(request) -> str:
    return hashlib.sha256(request.session.session_key.encode()).hexdigest()[:16]
