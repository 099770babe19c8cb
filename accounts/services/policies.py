"""Which policy holds for whom, and setting it."""

from functools import reduce

from accounts.models import AccessPolicy, User
from accounts.rules import LINES, Policy, default_policy
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.models import Place


def policy_at(home: Place | None) -> Policy:
    """What holds at ``home``: the topmost policy above it (without one the installation's defaults), made stricter by
    those below. One query; policies are few."""
    rows = AccessPolicy.objects.select_related("place") if home else []
    above = [row for row in rows if home.code.startswith(row.place.prefix)]
    above.sort(key=lambda row: len(row.place.prefix))
    return reduce(Policy.stricter, (row.policy for row in above)) if above else default_policy()


def policy_of(user: User) -> Policy:
    """What holds for ``user``: of several roles at several places the strictest. Without a role the defaults."""
    homes = {role.home.code: role.home for role in user.roles()}
    return reduce(Policy.stricter, map(policy_at, homes.values())) if homes else default_policy()


def held(user: User) -> list[str]:
    """The roles ``user`` has today."""
    return [assignment.role for assignment in user.roles()]


def wants_second_factor(user: User) -> bool:
    """True when ``user`` must log in with a code besides the password."""
    return policy_of(user).wants_second_factor(held(user))


@deed()
def put_policy(*, actor: User, place: Place, values: dict) -> AccessPolicy:
    """Set the policy of ``place``; ``values`` holds every line of ``Policy``.

    Raises NotAllowed outside the actor's places, RuleBroken("LOOSER", line) where a place above asks for more.
    """
    if not actor.scope("security.guard").covers(place.code):
        raise NotAllowed("只有本地的安全管理员才能修改登录规则。")
    wanted = Policy(**values | {"second_factor_roles": frozenset(values["second_factor_roles"])})
    rows = AccessPolicy.objects.exclude(place=place).select_related("place")
    above = [row.policy for row in rows if place.code.startswith(row.place.prefix)]
    floor = reduce(Policy.stricter, above) if above else None
    if floor and (loose := [n for n in LINES if getattr(floor.stricter(wanted), n) != getattr(wanted, n)]):
        label = AccessPolicy._meta.get_field(loose[0]).verbose_name
        raise RuleBroken("LOOSER", f"“{label}”不能比上级规定的宽。", loose[0])
    before = AccessPolicy.objects.filter(place=place).first()
    stored = values | {"second_factor_roles": sorted(wanted.second_factor_roles)}
    row, _ = AccessPolicy.objects.update_or_create(place=place, defaults=stored)
    changed = {n: stored[n] for n in LINES if before is None or getattr(before, n) != stored[n]}
    audit.record("account.policy_set", actor=actor, target=row, place_code=place.code, data=changed)
    return row
