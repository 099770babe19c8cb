"""Three administrators are three people (三员分立), and what one asks for the other confirms."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.choices import Confirming, Role, RoleState
from accounts.models import RoleAssignment, User
from accounts.permissions import ACTIONS
from accounts.rules import LINES, Policy, excludes
from accounts.services import accounts, policies
from accounts.services.confirmations import decide_role
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from tests.accounts.test_second_factor import enrolled

ADMINS = [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR]
SECADMIN = {"accounts.view", "accounts.lock", "security.guard"}


@pytest.mark.parametrize("one", Role)
def test_an_administrator_holds_nothing_else(one):
    for other in Role:
        apart = one != other and (one in ADMINS or other in ADMINS)
        assert excludes(one, [other]) == (other if apart else None), (one, other)


def test_what_each_of_them_may_do():
    assert ACTIONS[Role.SECADMIN] == SECADMIN
    assert ACTIONS[Role.AUDITOR] == {"audit.view"}
    assert not ACTIONS[Role.SYSADMIN] & {"security.guard", "audit.view"}
    for role in ADMINS:
        assert not [
            action for action in ACTIONS[role] if action.startswith(("residents.", "reports.", "clinic."))
        ]


def appoint(
    cast, town, today, user="cadre01", role=Role.CADRE, where=None, actor="sysadmin"
) -> RoleAssignment:
    given = {"role": role, "where": where or town.villages[2], "since": today}
    return accounts.appoint(actor=actor and getattr(cast, actor), user=getattr(cast, user), **given)


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("cadre01", Role.AUDITOR),
        ("auditor", Role.SYSADMIN),
        ("secadmin", Role.TOWN),
        ("sysadmin", Role.SECADMIN),
    ],
)
def test_no_account_gets_two_that_are_apart(cast, town, today, user, role):
    where = town.town if role == Role.TOWN else town.county
    for actor in ("sysadmin", None):  # nor from the installation itself
        with pytest.raises(RuleBroken) as refused:
            appoint(cast, town, today, user=user, role=role, where=where, actor=actor)
        assert refused.value.code == "ROLES_APART"
    RoleAssignment.objects.filter(user=getattr(cast, user)).update(until=today - timedelta(days=1))
    appoint(cast, town, today, user=user, role=role, where=where, actor=None)  # one after the other is fine


def put(cast, town, **lines) -> None:
    values = {name: getattr(Policy(), name) for name in LINES} | lines
    policies.put_policy(actor=cast.secadmin, place=town.county, values=values)


def may(user: User) -> set[str]:
    return {role.place.code for role in User.objects.get(pk=user.pk).roles()}


def test_an_administrator_waits_for_the_security_administrator(cast, town, today, client_as):
    user, _ = accounts.create_account(
        actor=cast.sysadmin,
        username="second",
        display_name="新来",
        phone="",
        role=Role.AUDITOR,
        where=town.county,
        since=today,
    )
    assert (may(user), user.assignments.get().state) == (set(), RoleState.WAITING)
    guard = client_as(cast.secadmin)
    assert "新来" in guard.get(reverse("accounts:confirmations")).content.decode()
    decide = reverse("accounts:decide_role", args=[user.assignments.get().pk])
    assert guard.post(decide, {"decision": "yes"}).status_code == 302
    assert may(user) == {town.county.code}
    assert guard.post(decide, {"decision": "no"}).status_code == 404
    told = AuditEvent.objects.get(action="account.role_confirmed")
    assert (told.actor, told.data) == (cast.secadmin, {"role": "auditor", "user": "second"})


def test_other_roles_wait_where_the_place_wants_it(cast, town, today):
    assert appoint(cast, town, today, actor="town").state == RoleState.IN_FORCE
    put(cast, town, confirming=Confirming.ALL)
    waiting = appoint(cast, town, today, user="cadre02", actor="town")
    assert may(cast.cadre02) == {town.villages[1].code}
    with pytest.raises(NotAllowed):
        decide_role(actor=cast.town, assignment=waiting, is_confirmed=True, today=today)
    decide_role(actor=cast.secadmin, assignment=waiting, is_confirmed=False, today=today)
    assert may(cast.cadre02) == {town.villages[1].code}
    with pytest.raises(RuleBroken) as refused:
        decide_role(actor=cast.secadmin, assignment=waiting, is_confirmed=True, today=today)
    assert refused.value.code == "NOT_WAITING"


def test_nobody_gets_round_the_security_administrator_by_removing_him(cast, town, today):
    role = cast.secadmin.assignments.get()
    for deed in (
        lambda: accounts.lock(actor=cast.sysadmin, user=cast.secadmin, reason="碍事"),
        lambda: accounts.end_role(actor=cast.sysadmin, assignment=role, until=today, today=today),
    ):
        with pytest.raises(RuleBroken) as refused:
            deed()
        assert refused.value.code == "LAST_GUARD"
    put(cast, town, confirming=Confirming.NONE)
    second, _ = accounts.create_account(
        actor=cast.sysadmin,
        username="sec2",
        display_name="接任",
        phone="",
        role=Role.SECADMIN,
        where=town.county,
        since=today,
    )
    assert second.assignments.get().state == RoleState.IN_FORCE
    accounts.end_role(actor=cast.sysadmin, assignment=role, until=today, today=today)  # now there is another


def test_what_the_security_administrator_locks_only_he_unlocks(cast, client_as):
    guard, office = client_as(cast.secadmin), client_as(cast.town)
    lock, unlock = (reverse(f"accounts:{name}", args=[cast.cadre01.pk]) for name in ("lock", "unlock"))
    assert guard.post(lock, {"reason": "疑似盗用"}).status_code == 302
    assert office.post(unlock).status_code == 403
    assert not User.objects.get(pk=cast.cadre01.pk).is_active
    assert guard.post(unlock).status_code == 302
    assert User.objects.get(pk=cast.cadre01.pk).is_active
    assert guard.post(reverse("accounts:reset", args=[cast.cadre01.pk])).status_code == 403


def test_policies_of_places_below_are_only_stricter(cast, town, client_as):
    put(cast, town, idle_minutes=20, password_days=0, second_factor_roles=["auditor"])
    own = {"idle_minutes": 30, "second_factor_roles": []}
    client, page = client_as(cast.secadmin), f"{reverse('accounts:policy')}?place={town.town.code}"
    form = {
        name: value for name, value in client.get(page).context["form"].initial.items() if value is not False
    }
    assert (form["idle_minutes"], form["second_factor_roles"]) == (20, ["auditor"])
    answer = client.post(page, form | own)
    assert answer.status_code == 422
    assert "不能比上级" in answer.content.decode()
    tight = {"idle_minutes": 5, "password_days": 30, "second_factor_roles": ["auditor", "town"]}
    assert client.post(page, form | tight).status_code == 302
    here, county = policies.policy_of(cast.town), policies.policy_of(cast.county)
    assert (here.idle_minutes, here.password_days, county.idle_minutes) == (5, 30, 20)
    assert here.wants_second_factor(["town"]) and not county.wants_second_factor(["town"])
    assert policies.policy_of(cast.othertown) == county
    outside = reverse("accounts:policy") + f"?place={town.county.parent.code}"
    assert client.get(outside).status_code == 404


def test_the_stricter_of_two_policies():
    lax = Policy(idle_minutes=0, one_session=False, password_days=0, password_history=0, confirming="none")
    strict = Policy(idle_minutes=10, second_factor_roles=frozenset({"town"}), confirming="all")
    for both in (lax.stricter(strict), strict.stricter(lax)):
        assert (both.idle_minutes, both.one_session, both.password_days) == (10, True, 90)
        assert (both.password_history, both.confirming) == (5, "all")
        assert both.wants_second_factor(["cadre", "town"])


def test_a_lost_device_waits_where_the_place_wants_it(cast, town, client_as):
    enrolled(cast.cadre01)
    page = reverse("accounts:reset_device", args=[cast.cadre01.pk])
    assert client_as(cast.town).post(page, {"reason": "遗失"}).status_code == 403
    put(cast, town, confirm_devices=True)
    assert client_as(cast.sysadmin).post(page, {"reason": "遗失"}).status_code == 302
    reset = cast.cadre01.device_resets.get()
    assert (reset.state, hasattr(User.objects.get(pk=cast.cadre01.pk), "second_factor")) == ("waiting", True)
    assert client_as(cast.sysadmin).post(page, {"reason": "遗失"}).status_code == 422  # it waits already
    decide = reverse("accounts:decide_reset", args=[reset.pk])
    assert client_as(cast.secadmin).post(decide, {"decision": "yes"}).status_code == 302
    assert not hasattr(User.objects.get(pk=cast.cadre01.pk), "second_factor")
    enrolled(cast.cadre01)
    put(cast, town, confirm_devices=False)
    client_as(cast.sysadmin).post(page, {"reason": "已当面核对证件"})
    assert not hasattr(User.objects.get(pk=cast.cadre01.pk), "second_factor")
    data = AuditEvent.objects.filter(action="account.device_reset").latest("pk").data
    assert data == {"reason": "已当面核对证件"}
