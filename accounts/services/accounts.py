"""Creating, appointing, locking and unlocking accounts of one's own place."""

from datetime import date, timedelta

from axes.utils import reset as forget_failures
from django.utils import timezone

from accounts.choices import ORGANISATION_ROLES, PLACE_ROLES, ROLE_LEVELS, Role, RoleState
from accounts.models import RoleAssignment, User
from accounts.services.confirmations import check_apart, guards_of, must_wait
from accounts.services.passwords import new_password
from accounts.services.reach import check_locks, check_manages, check_reach
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.choices import Level

_WHERE = {"place": "一个地方", "site": "一个接种点", "organisation": "一个单位"}


@deed()
def create_account(
    *,
    actor: User | None,
    username: str,
    display_name: str,
    phone: str,
    role: str,
    where,
    since: date,
    until=None,
    password=None,
) -> tuple[User, str]:
    """Create an account with one role at ``where`` (Place, Site or Organisation).

    ``actor`` None is the installation itself. Returns the user and the first password, which must be changed at the
    first log-in. Raises NotAllowed, RuleBroken("USERNAME_TAKEN" | "ROLE_PLACE").
    """
    if User.objects.filter(username__iexact=username).exists():
        raise RuleBroken("USERNAME_TAKEN", "这个登录名已有人使用,请换一个。", "username")
    check_reach(actor, role, where)
    password = password or new_password()
    user = User(username=username, display_name=display_name, phone=phone, must_change_password=True)
    user.set_password(password)
    user.save()
    assignment = appoint(actor=actor, user=user, role=role, where=where, since=since, until=until)
    audit.record(
        "account.created", actor=actor, target=user, place_code=assignment.home.code, data={"role": role}
    )
    return user, password


@deed()
def appoint(
    *, actor: User | None, user: User, role: str, where, since: date, until: date | None = None
) -> RoleAssignment:
    """Give ``user`` a role at ``where``; it may have to wait for the security administrator.

    Raises NotAllowed outside the actor's reach, RuleBroken("ROLE_PLACE" | "ROLE_DATES" | "ROLES_APART").
    """
    today = timezone.localdate()
    check_reach(actor, role, where)
    _check_kind(role, where)
    check_apart(user, role, today=today)
    if until is not None and until < since:
        raise RuleBroken("ROLE_DATES", "结束日期不能早于开始日期。", "until")
    assignment = RoleAssignment(
        user=user, role=role, since=since, until=until, **{where._meta.model_name: where}
    )
    if actor is not None and must_wait(role, assignment.home, today=today):
        assignment.state = RoleState.WAITING
    assignment.save()
    audit.record(
        "account.appointed",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": role, "state": assignment.state},
    )
    return assignment


def _check_kind(role: str, where) -> None:
    kind = "place" if role in PLACE_ROLES else "organisation" if role in ORGANISATION_ROLES else "site"
    levels = ROLE_LEVELS.get(role)
    if where._meta.model_name != kind or (levels and where.level not in levels):
        wanted = "一个" + "或".join(Level(level).label for level in levels) if levels else _WHERE[kind]
        raise RuleBroken("ROLE_PLACE", f"“{Role(role).label}”须对应{wanted}。", "where")


@deed()
def end_role(*, actor: User, assignment: RoleAssignment, until: date, today: date) -> None:
    """End a role with the close of ``until``: today or later, or yesterday for one that must be over at once.

    Raises NotAllowed, RuleBroken("ROLE_OVER" | "ROLE_DATES" | "LOCK_SELF" | "LAST_GUARD").
    """
    check_manages(actor, assignment.user)
    if assignment.user_id == actor.pk:
        raise RuleBroken("LOCK_SELF", "不能结束自己的岗位。")
    if assignment.until is not None and assignment.until < today:
        raise RuleBroken("ROLE_OVER", "这个岗位已经结束。")
    if until < max(assignment.since, today - timedelta(days=1)):
        raise RuleBroken(
            "ROLE_DATES",
            "最后一天不能早于开始日期,也不能早于昨天。要立即停止使用,请停用帐号。",
            "until",
        )
    if assignment.role == Role.SECADMIN:
        _keep_a_guard(assignment.user)
    assignment.until = until
    assignment.save(update_fields=["until"])
    audit.record(
        "account.role_ended",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": assignment.role, "user": assignment.user.username, "until": str(until)},
    )


def _keep_a_guard(user: User) -> None:
    """Who confirms the next security administrator is the one in office: without one every role would be in force unseen."""
    today = timezone.localdate()
    for role in user.assignments.current(today).filter(role=Role.SECADMIN).select_related("place"):
        if all(guard.user_id == user.pk for guard in guards_of(role.place, today=today)):
            raise RuleBroken("LAST_GUARD", "这是当地唯一的安全管理员。请先任命并确认接任的人,再停用或结束。")


@deed()
def lock(*, actor: User, user: User, reason: str) -> None:
    """Stop an account at once; its running log-ins end with the next click.

    Raises NotAllowed, RuleBroken("LOCK_SELF" | "LAST_GUARD").
    """
    if user.pk == actor.pk:
        raise RuleBroken("LOCK_SELF", "不能停用自己的帐号。")
    check_locks(actor, user)
    _keep_a_guard(user)
    user.is_active, user.lock_reason = False, reason
    user.locked_by_guard = actor.can("security.guard")
    user.save(update_fields=["is_active", "lock_reason", "locked_by_guard"])
    audit.record("account.locked", actor=actor, target=user, data={"reason": reason})


@deed()
def unlock(*, actor: User, user: User) -> None:
    """Let an account work again, also after five wrong passwords.

    Raises NotAllowed, also when the security administrator has stopped it and ``actor`` is none.
    """
    check_locks(actor, user)
    if user.locked_by_guard and not actor.can("security.guard"):
        raise NotAllowed("这个帐号由安全管理员停用,须由安全管理员恢复。")
    user.is_active, user.lock_reason, user.locked_by_guard = True, "", False
    user.save(update_fields=["is_active", "lock_reason", "locked_by_guard"])
    forget_failures(username=user.username)
    audit.record("account.unlocked", actor=actor, target=user)
