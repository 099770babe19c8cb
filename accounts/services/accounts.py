"""Creating, locking, unlocking and resetting accounts of one's own place."""

import secrets
from datetime import date, timedelta

from axes.utils import reset as forget_failures
from django.utils import timezone

from accounts.choices import ORGANISATION_ROLES, PLACE_ROLES, ROLE_LEVELS, Role
from accounts.models import RoleAssignment, User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.choices import Level
from places.models import Place

# Which roles a manager may hand out: nobody hands out more than the own role holds.
MAY_APPOINT = {
    Role.COUNTY: {Role.TOWN, Role.CADRE, Role.STOCK, *ORGANISATION_ROLES}
    | {Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER},
    Role.TOWN: {Role.CADRE, Role.STOCK, *ORGANISATION_ROLES}
    | {Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER},
    Role.SYSADMIN: set(Role),
}
_WHERE = {"place": "一个地方", "site": "一个接种点", "organisation": "一个单位"}
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_ALPHABET = _LETTERS + _LETTERS.upper() + "23456789"


def new_password() -> str:
    """A first password that can be read out over the telephone: no 0/O/1/l, always all kinds."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8)) + "-" + secrets.choice("23456789") + "Aa"


def roles_offered(manager: User) -> set[str]:
    """The roles ``manager`` may hand out."""
    return set().union(*(MAY_APPOINT.get(a.role, set()) for a in manager.roles()), set())


def may_appoint(manager: User, role: str, home: Place) -> bool:
    """True when one of ``manager``'s own roles hands out ``role`` and reaches ``home``."""
    return any(
        role in MAY_APPOINT.get(held.role, ()) and held.place and home.code.startswith(held.place.prefix)
        for held in manager.roles()
    )


def may_manage(manager: User, user: User, today: date) -> bool:
    """True when ``manager`` answers for ``user``: could have handed out every role the user holds or will hold.

    For a user whose roles have all ended, every former role counts. Nobody manages an administrator of the installation.
    """
    roles = list(user.assignments.select_related("place", "site__place", "organisation__place"))
    held = [a for a in roles if a.until is None or a.until >= today] or roles
    return not user.is_superuser and all(may_appoint(manager, a.role, a.home) for a in held)


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
    _check_reach(actor, role, where)
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
    """Give ``user`` a role at ``where``. Raises NotAllowed outside the actor's reach, RuleBroken("ROLE_PLACE")."""
    _check_reach(actor, role, where)
    _check_kind(role, where)
    if until is not None and until < since:
        raise RuleBroken("ROLE_DATES", "结束日期不能早于开始日期。", "until")
    assignment = RoleAssignment.objects.create(
        user=user, role=role, since=since, until=until, **{where._meta.model_name: where}
    )
    audit.record(
        "account.appointed",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": role},
    )
    return assignment


def _check_kind(role: str, where) -> None:
    kind = "place" if role in PLACE_ROLES else "organisation" if role in ORGANISATION_ROLES else "site"
    levels = ROLE_LEVELS.get(role)
    if where._meta.model_name != kind or (levels and where.level not in levels):
        wanted = "一个" + "或".join(Level(level).label for level in levels) if levels else _WHERE[kind]
        raise RuleBroken("ROLE_PLACE", f"“{Role(role).label}”须对应{wanted}。", "where")


def _check_reach(actor: User | None, role: str, where) -> None:
    home = where if where._meta.model_name == "place" else where.place
    if actor is not None and not may_appoint(actor, role, home):
        raise NotAllowed("您只能为本辖区的人员开设帐号,且不能授予高于自己的岗位。")


def check_manages(actor: User, user: User) -> None:
    """Raise NotAllowed unless ``actor`` answers for ``user`` (``may_manage``)."""
    if not may_manage(actor, user, timezone.localdate()):
        raise NotAllowed("这个帐号的岗位不归您管理。请联系上级管理员。")


@deed()
def end_role(*, actor: User, assignment: RoleAssignment, until: date, today: date) -> None:
    """End a role with the close of ``until``: today or later, or yesterday for one that must be over at once.

    Raises NotAllowed, RuleBroken("ROLE_OVER" | "ROLE_DATES" | "LOCK_SELF").
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
    assignment.until = until
    assignment.save(update_fields=["until"])
    audit.record(
        "account.role_ended",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": assignment.role, "user": assignment.user.username, "until": str(until)},
    )


@deed()
def lock(*, actor: User, user: User, reason: str) -> None:
    """Stop an account at once; its running log-ins end with the next click.

    Raises NotAllowed, RuleBroken("LOCK_SELF").
    """
    if user.pk == actor.pk:
        raise RuleBroken("LOCK_SELF", "不能停用自己的帐号。")
    check_manages(actor, user)
    user.is_active, user.lock_reason = False, reason
    user.save(update_fields=["is_active", "lock_reason"])
    audit.record("account.locked", actor=actor, target=user, data={"reason": reason})


@deed()
def unlock(*, actor: User, user: User) -> None:
    """Let an account work again, also after five wrong passwords. Raises NotAllowed."""
    check_manages(actor, user)
    user.is_active, user.lock_reason = True, ""
    user.save(update_fields=["is_active", "lock_reason"])
    forget_failures(username=user.username)
    audit.record("account.unlocked", actor=actor, target=user)


@deed()
def reset_password(*, actor: User, user: User) -> str:
    """Set a new first password and return it; the user must change it at the next log-in. Raises NotAllowed."""
    check_manages(actor, user)
    password = new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    forget_failures(username=user.username)
    audit.record("account.password_reset", actor=actor, target=user)
    return password


@deed()
def change_own_password(*, user: User, password: str) -> None:
    """The user chose a new password (already validated)."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record("account.password_changed", actor=user, target=user)


@deed()
def note_login(*, user: User) -> None:
    """Keep in the trail that the user logged in, and from where."""
    audit.record("account.logged_in", actor=user, target=user)
