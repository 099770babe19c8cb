"""Values that no page of ours sends: they get a page that says what to do, never a server error."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories.appointments import make_session
from tests.factories.residents import register_person

pytestmark = pytest.mark.django_db

NONSENSE = ["-1", "1e400", "2026-02-30", "2026-11-21T99:99", "null", "x" * 3000, "2026-11-21"]


@pytest.fixture
def person(town, campaign, today):
    return register_person(town.village, today)


@pytest.fixture
def session_of_tomorrow(campaign, site, today):
    return make_session(campaign, site, today + timedelta(days=1))


@pytest.mark.parametrize("value", NONSENSE)
def test_a_forged_time_of_opening_is_refused_and_nothing_changes(person, cast, client_as, value):
    form = {"id_type": "01", "name": "改名", "village": person.village_id, "seen_at": value}
    form |= {"sex": person.sex, "birth_date": str(person.birth_date), "residence": person.residence}
    form |= {"phone_owner": person.phone_owner, "key": str(uuid.uuid4())}
    answer = client_as(cast.cadre01).post(reverse("residents:edit", args=[person.uid]), form)
    assert answer.status_code == 422
    assert "请重新打开这个人的资料" in answer.content.decode()
    name = person.name
    person.refresh_from_db()
    assert person.name == name


def test_an_id_longer_than_any_is_a_bad_request(cast, client_as, campaign):
    form = {"priority_groups": "9" * 30, "name": "某人", "key": str(uuid.uuid4())}
    answer = client_as(cast.cadre01).post(reverse("residents:add"), form)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("value", ["", "nobody", "0", "x" * 500])
def test_the_check_while_typing_takes_any_person(cast, client_as, campaign, value):
    form = {"name": "某人", "person": value, "id_type": "01", "number": "1"}
    assert client_as(cast.cadre01).post(reverse("residents:check"), form).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "²", "٢٠٢٦-١١-٢١"])
@pytest.mark.parametrize(
    ("name", "asked"),
    [("reports:dashboard", "day"), ("reports:daily", "day"), ("appointments:roster", "on")],
)
def test_a_day_out_of_all_bounds_is_todays_page(cast, client_as, campaign, name, asked, day):
    assert client_as(cast.town).get(reverse(name), {asked: day}).status_code == 200


@pytest.mark.parametrize("organisation", ["²", "9" * 30, "0", "-1"])
def test_a_list_cannot_be_handed_in_for_an_invented_employer(
    cast, client_as, campaign, session_of_tomorrow, organisation
):
    address = reverse("appointments:submit", args=[session_of_tomorrow.uid])
    assert client_as(cast.cadre01).post(address, {"organisation": organisation}).status_code == 404
