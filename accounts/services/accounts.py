"""Creating, locking, unlocking and resetting accounts of one's own place."""

import secrets
from datetime import date

from axes.utils import reset as forget_failures

from accounts.choices import ORGANISATION_ROLES, PLACE_ROLES, Role
from accounts.models import RoleAssignment, User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed

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
    kind = "place" if role in PLACE_ROLES else "organisation" if role in ORGANISATION_ROLES else "site"
    if where._meta.model_name != kind:
        raise RuleBroken(
            "ROLE_PLACE",
            f"“{Role(role).label}”须对应{_WHERE[kind]}。",
            "role",
        )
    assignment = RoleAssignment.objects.create(
        user=user, role=role, since=since, until=until, **{kind: where}
    )
    audit.record(
        "account.appointed",
        actor=actor,
        target=assignment,
        place_code=assignment.home.code,
        data={"role": role},
    )
    return assignment


def _check_reach(actor: User | None, role: str, where) -> None:
    if actor is None:
        return
    home = where if where._meta.model_name == "place" else where.place
    if role not in roles_offered(actor) or not actor.scope("accounts.manage").covers(home.code):
        raise NotAllowed("您只能为本辖区的人员开设帐号,且不能授予高于自己的岗位。")


@deed()
def lock(*, actor: User, user: User, reason: str) -> None:
    """Stop an account at once; its running log-ins end with the next click. Raises RuleBroken("LOCK_SELF")."""
    if user.pk == actor.pk:
        raise RuleBroken("LOCK_SELF", "不能停用自己的帐号。")
    user.is_active, user.lock_reason = False, reason
    user.save(update_fields=["is_active", "lock_reason"])
    audit.record("account.locked", actor=actor, target=user, data={"reason": reason})


@deed()
def unlock(*, actor: User, user: User) -> None:
    """Let an account work again, also after five wrong passwords."""
    user.is_active, user.lock_reason = True, ""
    user.save(update_fields=["is_active", "lock_reason"])
    forget_failures(username=user.username)
    audit.record("account.unlocked", actor=actor, target=user)


@deed()
def reset_password(*, actor: User, user: User) -> str:
    """Set a new first password and return it; the user must change it at the next log-in."""
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
