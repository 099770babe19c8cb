"""A form's key that comes back with another deed (by "back", or from somebody else's form) is refused in words;
a real resend changes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from appointments.models import ClinicSession
from core.errors import RuleBroken
from residents.models import Resident
from residents.services.consents import record_consent
from residents.services.register import add_resident
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled
from tests.factories.residents import cleaned, register_person, typed

pytestmark = pytest.mark.django_db


def test_the_next_person_on_a_page_reached_by_back_is_not_lost_silently(
    town, campaign, cast, client_as, today
):
    client, key = client_as(cast.cadre01), str(uuid.uuid4())

    def send(name, born):
        raw = typed(born, name=name)
        form = raw | {"village": town.village.pk, "key": key}
        form |= {"residence": Resident._meta.get_field("residence").default, "phone": ""}
        form["phone_owner"] = Resident._meta.get_field("phone_owner").default
        return client.post(reverse("residents:add"), form)

    first = send("王建国", today.replace(year=today.year - 40, day=1))
    assert first.status_code == 302, first.content.decode()
    second = send("赵秀英", today.replace(year=today.year - 50, day=2))
    assert second.status_code == 422
    assert "这一页刚才已经提交过" in second.content.decode()
    assert list(Resident.objects.values_list("name", flat=True)) == ["王建国"]


def test_a_key_of_another_town_does_not_show_its_person(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01)
    values = cleaned(town.other_villages[0], today, **typed(person.birth_date, name=person.name))
    with pytest.raises(RuleBroken) as refused:
        add_resident(actor=cast.othercadre, values=values, key=person.key, today=today)
    assert refused.value.code == "KEY_USED"


def test_a_key_of_another_towns_session_does_not_open_it(
    site, other_site, campaign, cast, client_as, today, town
):
    key, on = str(uuid.uuid4()), today + timedelta(days=2)
    form = {
        "site": site.pk,
        "on": on,
        "kind": "open",
        "stations": 1,
        "per_hour": 10,
        "minutes": 30,
        "key": key,
    }
    form |= {"morning_from": "08:30", "morning_to": "10:00"}
    assert client_as(cast.town).post(reverse("appointments:add"), form).status_code == 302
    forged = form | {"site": other_site.pk, "open_now": "on"}
    assert client_as(cast.othertown).post(reverse("appointments:add"), forged).status_code == 422
    assert ClinicSession.objects.get().state == "planned"


def test_on_the_floor_a_key_belongs_to_one_person(town, campaign, cast, site, today):
    floor, key = Floor(site=site, campaign=campaign, village=town.village, cast=cast), uuid.uuid4()
    visit = floor.check_in(key=key)
    assert floor.check_in(visit.enrolment, key=key) == visit
    with pytest.raises(RuleBroken) as refused:
        floor.check_in(key=key)
    assert refused.value.code == "KEY_USED"


def test_a_consent_key_belongs_to_one_person_and_one_decision(town, campaign, cast, today):
    floor_now = {"actor": cast.cadre01, "key": uuid.uuid4(), "signer_name": "李建国", "relation": "self"}
    one, other = (make_enrolled(town.village, campaign, today) for _ in range(2))
    signed = {"channel": "paper", "paper_no": "1", "now": now()} | floor_now
    first = record_consent(enrolment=one, given=True, **signed)
    assert record_consent(enrolment=one, given=True, **signed) == first
    for forged in ({"enrolment": other, "given": True}, {"enrolment": one, "given": False}):
        with pytest.raises(RuleBroken) as refused:
            record_consent(**forged, **signed)
        assert refused.value.code == "KEY_USED"
