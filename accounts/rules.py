"""Rules of access, without a database: which roles exclude each other, and how strict a log-in is.

The numbers of the defaults are usual assessor values of 等保2.0 三级; the standard names the controls, not the numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.choices import ADMIN_ROLES, SITE_ROLES, Confirming, Role

_CONFIRMING = list(Confirming.values)


def excludes(role: str, held: Iterable[str]) -> str | None:
    """The role among ``held`` that an account with ``role`` may not have besides; None when there is none.

    Three administrators are three people, and none of them has other work (三员分立).
    """
    return next((one for one in held if one != role and {one, role} & ADMIN_ROLES), None)


@dataclass(frozen=True)
class Policy:
    """How strict log-ins are. Minutes, hours and days; 0 minutes or days means never."""

    idle_minutes: int = 15
    floor_idle_minutes: int = 60
    longest_hours: int = 8
    floor_longest_hours: int = 12
    one_session: bool = True
    password_days: int = 90
    password_history: int = 5
    second_factor_roles: frozenset[str] = frozenset()
    confirming: str = Confirming.ADMINS
    confirm_devices: bool = False

    def stricter(self, other: "Policy") -> "Policy":
        """Of each line the stricter one: a place below may tighten what the place above asks for, never loosen it."""
        return Policy(
            **{name: _shorter(getattr(self, name), getattr(other, name)) for name in _TIMES},
            one_session=self.one_session or other.one_session,
            password_history=max(self.password_history, other.password_history),
            second_factor_roles=self.second_factor_roles | other.second_factor_roles,
            confirming=max(self.confirming, other.confirming, key=_CONFIRMING.index),
            confirm_devices=self.confirm_devices or other.confirm_devices,
        )

    def idle(self, roles: Iterable[str]) -> timedelta | None:
        """After how long without a deed a log-in with ``roles`` ends; None for never.

        At the needle a nurse has both hands full and the queue in front of her: the floor has a time of its own.
        """
        minutes = self.floor_idle_minutes if _on_floor(roles) else self.idle_minutes
        return timedelta(minutes=minutes) if minutes else None

    def longest(self, roles: Iterable[str]) -> timedelta:
        """How long a log-in with ``roles`` lasts at most."""
        return timedelta(hours=self.floor_longest_hours if _on_floor(roles) else self.longest_hours)

    def wants_second_factor(self, roles: Iterable[str]) -> bool:
        """True when one of ``roles`` logs in with a code besides the password."""
        return bool(self.second_factor_roles & set(roles))

    def confirms(self, role: str) -> bool:
        """True when the security administrator confirms ``role`` before it is in force."""
        return self.confirming == Confirming.ALL or (
            self.confirming == Confirming.ADMINS and role in ADMIN_ROLES
        )

    def password_ends(self, changed_at: datetime) -> datetime | None:
        """When a password of ``changed_at`` must be changed; None for never."""
        return changed_at + timedelta(days=self.password_days) if self.password_days else None


_TIMES = ("idle_minutes", "floor_idle_minutes", "longest_hours", "floor_longest_hours", "password_days")


def _shorter(one: int, other: int) -> int:
    return min(filter(None, (one, other)), default=0)


def _on_floor(roles: Iterable[str]) -> bool:
    return any(role in SITE_ROLES and role != Role.STOCK for role in roles)


def default_policy() -> Policy:
    """What holds where nobody has set anything: ``settings.ACCESS_POLICY`` over the values above."""
    given = {name: value for name, value in settings.ACCESS_POLICY.items() if value is not None}
    roles = frozenset(given.get("second_factor_roles", ()))
    if unknown := roles - set(Role.values):
        raise ImproperlyConfigured(f"SECOND_FACTOR_ROLES: {', '.join(sorted(unknown))} is no role")
    return replace(Policy(), **given | {"second_factor_roles": roles})


LINES = tuple(field.name for field in fields(Policy))
