"""The pages of accounts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import accounts

PASSWORD = "Vax-Test-2026"


def _post_new(client, site, today, **changes):
    data = {
        "username": "lisi",
        "display_name": "李四",
        "phone": "138 0013 8000",
        "role": "registrar",
        "where": f"site:{site.pk}",
        "since": today.isoformat(),
    }
    return client.post(reverse("accounts:add"), data | changes)


def test_list_holds_exactly_own_accounts(client_as, cast):
    page = client_as(cast.othertown).get(reverse("accounts:list"))
    assert {row.record.username for row in page.context["table"].rows} == {"othertown", "othercadre"}
    page = client_as(cast.town).get(reverse("accounts:list"))
    names = {row.record.username for row in page.context["table"].rows}
    assert names == {
        *("town", "cadre01", "cadre02", "school", "employer"),
        *("registrar", "screener", "vaccinator", "observer", "stock"),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "cadre"}, {"cadre01", "cadre02"}),
        ({"role": "stock"}, {"stock"}),
        ({"is_active": "False"}, {"cadre02"}),
    ],
)
def test_list_narrows(query, found, client_as, cast):
    accounts.lock(actor=cast.town, user=cast.cadre02, reason="调离")
    page = client_as(cast.town).post(reverse("accounts:list"), query, follow=True)
    assert "cadre" not in page.redirect_chain[-1][0]  # who is looked for stands in no address
    assert {row.record.username for row in page.context["table"].rows} == found


def test_list_costs_the_same_for_few_and_many(client_as, cast, django_assert_max_num_queries):
    client = client_as(cast.county)
    with django_assert_max_num_queries(15):
        client.get(reverse("accounts:list"))


def test_create_shows_the_password_once_and_it_works(client_as, cast, site, today):
    client = client_as(cast.town)
    page = _post_new(client, site, today)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    password = page.context["password"]
    assert password in page.content.decode()
    user = User.objects.get(username="lisi")
    assert user.phone == "13800138000"
    assert password not in client.get(user.get_absolute_url()).content.decode()
    assert Client().login(username="lisi", password=password)


def test_choices_stay_inside_own_township(client_as, cast, other_site, town):
    form = client_as(cast.town).get(reverse("accounts:add")).context["form"]
    offered = {key for _, group in form.fields["where"].choices[1:] for key, _ in group}
    assert f"site:{other_site.pk}" not in offered
    assert f"place:{town.other_villages[0].pk}" not in offered
    assert f"place:{town.village.pk}" in offered
    assert {value for value, _ in form.fields["role"].choices} & {"town", "sysadmin", "auditor"} == set()


def test_forged_choice_is_refused(client_as, cast, other_site, today):
    page = _post_new(client_as(cast.town), other_site, today)
    assert page.status_code == 422
    assert "where" in page.context["form"].errors
    assert not User.objects.filter(username="lisi").exists()


def test_wrong_phone_keeps_what_was_typed(client_as, cast, site, today):
    page = _post_new(client_as(cast.town), site, today, phone="12")
    assert page.status_code == 422
    assert "李四" in page.content.decode()


@pytest.mark.parametrize("name", ["detail", "lock", "unlock", "reset", "appoint"])
def test_neighbours_account_is_not_found(name, client_as, cast):
    address = reverse(f"accounts:{name}", args=[cast.othercadre.pk])
    client = client_as(cast.town)
    assert client.post(address).status_code in ({404} if name != "detail" else {404, 405})
    assert client.get(address).status_code in ({404} if name not in ("unlock", "reset") else {404, 405})


def test_lock_ends_the_running_login(client_as, cast):
    cadre = client_as(cast.cadre01)
    assert cadre.get("/").status_code == 200
    office = client_as(cast.town)
    page = office.post(reverse("accounts:lock", args=[cast.cadre01.pk]), {"reason": "手机遗失"})
    assert page.status_code == 302
    assert cadre.get("/").url.startswith(reverse("login"))
    assert "手机遗失" in office.get(page.url).content.decode()


def test_lock_needs_a_reason(client_as, cast):
    page = client_as(cast.town).post(reverse("accounts:lock", args=[cast.cadre01.pk]), {"reason": ""})
    assert page.status_code == 422
    cast.cadre01.refresh_from_db()
    assert cast.cadre01.is_active


def test_reset_then_unlock(client_as, cast):
    client = client_as(cast.town)
    page = client.post(reverse("accounts:reset", args=[cast.cadre01.pk]))
    assert Client().login(username="cadre01", password=page.context["password"])
    accounts.lock(actor=cast.town, user=cast.cadre01, reason="x")
    client.post(reverse("accounts:unlock", args=[cast.cadre01.pk]))
    cast.cadre01.refresh_from_db()
    assert cast.cadre01.is_active


def test_second_role_and_its_end(client_as, cast, town, today):
    client = client_as(cast.town)
    client.post(
        reverse("accounts:appoint", args=[cast.cadre01.pk]),
        {"role": "cadre", "where": f"place:{town.villages[1].pk}", "since": today.isoformat()},
    )
    roles = cast.cadre01.assignments.order_by("pk")
    assert [role.place.name for role in roles] == ["曙光社区", "南山社区"]
    address = reverse("accounts:end_role", args=[cast.cadre01.pk, roles[0].pk])
    assert "曙光社区" in client.get(address).content.decode()
    client.post(address, {"until": (today - timedelta(days=1)).isoformat()})
    assert [role.place.name for role in cast.cadre01.assignments.current(today)] == ["南山社区"]


def test_role_of_another_account_is_not_found(client_as, cast, today):
    role = cast.cadre02.assignments.get()
    address = reverse("accounts:end_role", args=[cast.cadre01.pk, role.pk])
    client = client_as(cast.town)
    assert client.get(address).status_code == 404
    assert client.post(address, {"until": today.isoformat()}).status_code == 404
    role.refresh_from_db()
    assert role.until is None
