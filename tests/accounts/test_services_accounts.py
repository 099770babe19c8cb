"""Creating, ending, locking: nobody reaches beyond the own place or above the own role."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from accounts.choices import Role
from accounts.models import User
from accounts.services import accounts, passwords
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent


def _new(actor, role, where, today, username="zhangsan"):
    return accounts.create_account(
        actor=actor,
        username=username,
        display_name="张三",
        phone="",
        role=role,
        where=where,
        since=today,
    )


def test_office_creates_account_of_own_township(cast, site, today):
    user, password = _new(cast.town, Role.REGISTRAR, site, today)
    assert user.must_change_password
    assert user.check_password(password)
    assert user.can("visits.check_in")
    assert AuditEvent.objects.filter(action="account.created", actor=cast.town).count() == 1


@pytest.mark.parametrize(
    ("manager", "role", "where"),
    [
        ("town", Role.REGISTRAR, "other_site"),  # the neighbour's site
        ("town", Role.TOWN, "town"),  # as high as oneself
        ("town", Role.AUDITOR, "town"),
        ("county", Role.SYSADMIN, "county"),
        ("cadre01", Role.CADRE, "village"),  # does not manage accounts at all
        ("sysadmin", Role.COUNTY, "city"),  # above the own place
    ],
)
def test_nobody_reaches_beyond_own_place_or_role(manager, role, where, cast, town, other_site, today):
    places = {
        "other_site": other_site,
        "town": town.town,
        "county": town.county,
        "village": town.village,
        "city": town.county.parent,
    }
    with pytest.raises(NotAllowed):
        _new(getattr(cast, manager), role, places[where], today)


def test_two_roles_do_not_add_up(cast, town, today):
    """Office of the neighbour too: an office of ours may not be made by it, nor a cadre of the county's other towns."""
    accounts.appoint(actor=None, user=cast.cadre01, role=Role.TOWN, where=town.other_town, since=today)
    both = User.objects.get(pk=cast.cadre01.pk)
    with pytest.raises(NotAllowed):
        _new(both, Role.CADRE, town.village, today)
    _new(both, Role.CADRE, town.other_villages[0], today)


@pytest.mark.parametrize(
    ("role", "where"), [(Role.CADRE, "town"), (Role.TOWN, "village"), (Role.REGISTRAR, "village")]
)
def test_role_fits_its_level(role, where, cast, town, today):
    with pytest.raises(RuleBroken) as refused:
        _new(None, role, getattr(town, where), today)
    assert refused.value.code == "ROLE_PLACE"


def test_username_is_unique_whatever_the_case(cast, site, today):
    with pytest.raises(RuleBroken) as refused:
        _new(cast.town, Role.REGISTRAR, site, today, username="Registrar")
    assert (refused.value.code, refused.value.field) == ("USERNAME_TAKEN", "username")


@pytest.mark.parametrize("deed", ["lock", "unlock", "reset_password"])
@pytest.mark.parametrize("victim", ["sysadmin", "auditor", "county", "othercadre", "town"])
def test_office_does_not_touch_accounts_above_or_beside(deed, victim, cast, town, today):
    """An office of the county with a role in the town is seen by its office, yet not in its hands."""
    accounts.appoint(
        actor=None, user=cast.county, role=Role.CADRE, where=town.village, since=today
    )  # also a cadre here
    user = getattr(cast, victim)
    extra = {"reason": "测试"} if deed == "lock" else {}
    with pytest.raises(RuleBroken):
        getattr(passwords if deed == "reset_password" else accounts, deed)(
            actor=cast.town, user=user, **extra
        )
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password("Vax-Test-2026")


def test_lock_and_unlock(cast):
    accounts.lock(actor=cast.town, user=cast.cadre01, reason="已调离")
    assert authenticate(None, username="cadre01", password="Vax-Test-2026") is None
    accounts.unlock(actor=cast.town, user=cast.cadre01)
    assert authenticate(None, username="cadre01", password="Vax-Test-2026") == cast.cadre01
    with pytest.raises(RuleBroken, match="自己"):
        accounts.lock(actor=cast.town, user=cast.town, reason="x")


def test_reset_gives_another_first_password(cast):
    password = passwords.reset_password(actor=cast.town, user=cast.cadre01)
    cast.cadre01.refresh_from_db()
    assert cast.cadre01.must_change_password
    assert cast.cadre01.check_password(password)


def test_role_ends_with_its_last_day(cast, today):
    role = cast.cadre01.assignments.get()
    accounts.end_role(actor=cast.town, assignment=role, until=today - timedelta(days=1), today=today)
    assert User.objects.get(pk=cast.cadre01.pk).roles() == []
    with pytest.raises(RuleBroken) as refused:
        accounts.end_role(actor=cast.town, assignment=role, until=today, today=today)
    assert refused.value.code == "ROLE_OVER"


def test_past_of_a_role_cannot_be_rewritten(cast, today):
    role = cast.cadre01.assignments.get()
    for day in (today - timedelta(days=2), role.since - timedelta(days=1)):
        with pytest.raises(RuleBroken) as refused:
            accounts.end_role(actor=cast.town, assignment=role, until=day, today=today)
        assert refused.value.code == "ROLE_DATES"


def test_first_password_keeps_the_policy():
    for _ in range(50):
        password = passwords.new_password()
        assert len(password) >= 8
        assert not set("0O1lI") & set(password)
