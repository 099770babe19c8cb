"""Passwords: the first one, a reset, and one's own change. Former ones do not come back."""

import secrets
from datetime import datetime

from axes.utils import reset as forget_failures
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from accounts.models import PasswordUsed, User
from accounts.services.policies import policy_of
from accounts.services.reach import check_manages
from core import audit
from core.locks import deed

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_ALPHABET = _LETTERS + _LETTERS.upper() + "23456789"
_KEPT = 24  # the longest history a policy may ask for


def new_password() -> str:
    """A first password that can be read out over the telephone: no 0/O/1/l, always all kinds."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8)) + "-" + secrets.choice("23456789") + "Aa"


def was_used(user: User, password: str) -> bool:
    """True when ``password`` is among the last ones of ``user`` that the policy remembers, the present one included."""
    history = policy_of(user).password_history
    former = user.passwords_used.values_list("password", flat=True)[: max(history - 1, 0)]
    return bool(history) and any(check_password(password, one) for one in (user.password, *former))


@deed()
def reset_password(*, actor: User, user: User) -> str:
    """Set a new first password and return it; the user must change it at the next log-in. Raises NotAllowed."""
    check_manages(actor, user)
    password = new_password()
    _put(user, password, must_change=True, now=timezone.now())
    forget_failures(username=user.username)
    audit.record("account.password_reset", actor=actor, target=user)
    return password


@deed()
def change_own_password(*, user: User, password: str) -> None:
    """The user chose a new password (already validated)."""
    _put(user, password, must_change=False, now=timezone.now())
    audit.record("account.password_changed", actor=user, target=user)


def _put(user: User, password: str, *, must_change: bool, now: datetime) -> None:
    PasswordUsed.objects.create(user=user, password=user.password, at=now)
    kept = user.passwords_used.values_list("pk", flat=True)[:_KEPT]
    user.passwords_used.exclude(pk__in=list(kept)).delete()
    user.set_password(password)
    user.must_change_password, user.password_changed_at = must_change, now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
