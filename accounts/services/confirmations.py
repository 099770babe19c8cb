"""The second hand: roles and lost devices that wait for the security administrator's word."""

from datetime import date, datetime

from accounts.choices import DeviceState, Role, RoleState
from accounts.models import DeviceReset, RoleAssignment, SecondFactor, User
from accounts.rules import excludes
from accounts.services.policies import policy_at
from accounts.services.reach import may_guard
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.models import Place


def guards_of(home: Place, *, today: date) -> list[RoleAssignment]:
    """The security administrators in office over ``home``."""
    roles = RoleAssignment.objects.current(today).filter(role=Role.SECADMIN, user__is_active=True)
    return [a for a in roles.select_related("place", "user") if home.code.startswith(a.place.prefix)]


def must_wait(role: str, home: Place, *, today: date) -> bool:
    """True when a new ``role`` at ``home`` gives no right before the security administrator has confirmed it.

    Where there is none in office nobody could: the first one begins at once.
    """
    return policy_at(home).confirms(role) and bool(guards_of(home, today=today))


def check_apart(user: User, role: str, *, today: date) -> None:
    """Raise RuleBroken("ROLES_APART") when ``user`` has a role that excludes ``role``; call it in a deed."""
    alone(f"roles:{user.pk}")
    held = user.assignments.not_over(today).values_list("role", flat=True)
    if other := excludes(role, held):
        message = (
            f"“{Role(role).label}”和“{Role(other).label}”不能由同一个帐号担任(三员分立)。请另建一个帐号。"
        )
        raise RuleBroken("ROLES_APART", message, "role")


@deed()
def decide_role(
    *, actor: User, assignment: RoleAssignment, is_confirmed: bool, today: date
) -> RoleAssignment:
    """Confirm or refuse a role that waits. Raises NotAllowed, RuleBroken("NOT_WAITING" | "ROLES_APART")."""
    _check_guards(actor, assignment.home)
    if assignment.user_id == actor.pk:
        raise NotAllowed("自己的岗位须由另一位安全管理员确认。")
    if is_confirmed:
        others = assignment.user.assignments.exclude(pk=assignment.pk).not_over(today)
        if excludes(assignment.role, others.values_list("role", flat=True)):
            raise RuleBroken("ROLES_APART", "这个帐号已有不能兼任的岗位(三员分立)。请不予确认。")
    state = RoleState.IN_FORCE if is_confirmed else RoleState.REFUSED
    waiting = RoleAssignment.objects.filter(pk=assignment.pk, state=RoleState.WAITING)
    if not waiting.update(state=state, decided_by=actor):
        raise RuleBroken("NOT_WAITING", "这个岗位已经有人处理。")
    audit.record(
        "account.role_confirmed" if is_confirmed else "account.role_refused",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": assignment.role, "user": assignment.user.username},
    )
    assignment.refresh_from_db()
    return assignment


@deed()
def decide_reset(
    *, actor: User, reset: DeviceReset, is_confirmed: bool, now: datetime, today: date
) -> DeviceReset:
    """Confirm or refuse that a lost device is forgotten. Raises NotAllowed, RuleBroken("NOT_WAITING")."""
    if not may_guard(actor, reset.user, today) or actor.pk in (reset.user_id, reset.asked_by_id):
        raise NotAllowed("这项重置须由另一位安全管理员确认。")
    state = DeviceState.DONE if is_confirmed else DeviceState.REFUSED
    waiting = DeviceReset.objects.filter(pk=reset.pk, state=DeviceState.WAITING)
    if not waiting.update(state=state, decided_by=actor, decided_at=now):
        raise RuleBroken("NOT_WAITING", "这项重置已经有人处理。")
    if is_confirmed:
        forget_device(reset.user)
    audit.record(
        "account.device_reset" if is_confirmed else "account.device_reset_refused",
        actor=actor,
        target=reset.user,
        data={"reason": reset.reason, "asked_by": reset.asked_by.username},
    )
    reset.refresh_from_db()
    return reset


def forget_device(user: User) -> None:
    """The second factor of ``user`` is gone; where one is asked for, the next log-in sets up another."""
    SecondFactor.objects.filter(user=user).delete()


def _check_guards(actor: User, home: Place) -> None:
    if not actor.scope("security.guard").covers(home.code):
        raise NotAllowed("只有本地的安全管理员才能确认。")
