"""Who answers for whose account: nobody hands out, manages or locks more than the own role holds."""

from datetime import date

from django.utils import timezone

from accounts.choices import ORGANISATION_ROLES, Role
from accounts.models import RoleAssignment, User
from core.errors import NotAllowed
from places.models import Place

_FLOOR = {Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER, Role.STOCK}
# Which roles a manager may hand out: nobody hands out more than the own role holds.
MAY_APPOINT = {
    Role.COUNTY: {Role.TOWN, Role.CADRE, *ORGANISATION_ROLES, *_FLOOR},
    Role.TOWN: {Role.CADRE, *ORGANISATION_ROLES, *_FLOOR},
    Role.SYSADMIN: set(Role),
}


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
    held = _held(user, today)
    return not user.is_superuser and all(may_appoint(manager, a.role, a.home) for a in held)


def may_guard(guard: User, user: User, today: date) -> bool:
    """True when ``guard`` is a security administrator over every role that ``user`` holds or will hold."""
    scope = guard.scope("security.guard")
    return not user.is_superuser and all(scope.covers(a.home.code) for a in _held(user, today))


def _held(user: User, today: date) -> list[RoleAssignment]:
    roles = list(user.assignments.select_related("place", "site__place", "organisation__place"))
    return [a for a in roles if a.until is None or a.until >= today] or roles


def check_reach(actor: User | None, role: str, where) -> None:
    """Raise NotAllowed unless ``actor`` (None: the installation itself) may hand out ``role`` at ``where``."""
    home = where if where._meta.model_name == "place" else where.place
    if actor is not None and not may_appoint(actor, role, home):
        raise NotAllowed("您只能为本辖区的人员开设帐号,且不能授予高于自己的岗位。")


def check_manages(actor: User, user: User) -> None:
    """Raise NotAllowed unless ``actor`` answers for ``user`` (``may_manage``)."""
    if not may_manage(actor, user, timezone.localdate()):
        raise NotAllowed("这个帐号的岗位不归您管理。请联系上级管理员。")


def may_lock(actor: User, user: User, today: date) -> bool:
    """True when ``actor`` may stop ``user``'s account: its manager, or the security administrator above it."""
    return may_manage(actor, user, today) or may_guard(actor, user, today)


def check_locks(actor: User, user: User) -> None:
    """Raise NotAllowed unless ``actor`` ``may_lock`` the account of ``user``."""
    if not may_lock(actor, user, timezone.localdate()):
        raise NotAllowed("这个帐号的岗位不归您管理。请联系上级管理员。")
