"""个人信息请求: taken down in the village, answered by the office with the reason; the vaccination record is not deleted."""

from uuid import uuid4

import pytest
from django.urls import reverse

from core.models import AuditEvent
from inventory.models import Vaccine
from residents.models import PersonRequest, Resident, VaccinationRecord
from tests.factories.people import make_enrolled, make_resident


@pytest.fixture
def person(town, campaign, today):
    return make_enrolled(town.village, campaign, today).resident


def ask(client, person, **form):
    asked = {"kind": "delete", "asker": "本人", "words": "要求删除", "key": uuid4()} | form
    return client.post(reverse("residents:request_add", args=[person.uid]), asked)


def test_who_was_vaccinated_is_not_deleted_and_is_told_why(person, cast, client_as, today):
    given = {"disease": "COVID", "dose_number": 1, "given_on": today, "source": "elsewhere"}
    VaccinationRecord.objects.create(resident=person, vaccine=Vaccine.objects.get(code="CV-BJ"), **given)
    key = uuid4()
    for _ in range(2):
        assert ask(client_as(cast.cadre01), person, key=key).status_code == 302
    row = PersonRequest.objects.get()
    office = client_as(cast.town)
    assert "待答复的个人信息请求" in office.get(reverse("desk")).content.decode()
    assert "疫苗有效期满后不少于五年" in office.get(row.get_absolute_url()).content.decode()
    said = {"reason": "本人要求", "answer": "当面答复"}
    refused = office.post(row.get_absolute_url(), said | {"outcome": "done"})
    assert (refused.status_code, "不能全部删除" in refused.content.decode()) == (422, True)
    assert office.post(row.get_absolute_url(), said | {"outcome": "refused"}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("refused", cast.town)
    again = office.post(row.get_absolute_url(), said | {"outcome": "partly"})
    assert "已经答复过" in again.content.decode()
    told = AuditEvent.objects.filter(action__startswith="person_request.", subject=str(person.uid))
    assert [event.action for event in told.order_by("pk")] == [
        "person_request.registered",
        "person_request.replied",
    ]
    assert "本人要求" in office.get(row.get_absolute_url()).content.decode()
    assert Resident.objects.filter(pk=person.pk).exists()


def test_who_was_not_may_have_it_done(town, cast, client_as):
    person = make_resident(town.villages[1])
    assert ask(client_as(cast.cadre01), person).status_code == 404
    ask(client_as(cast.cadre02), person, kind="access")
    row = PersonRequest.objects.get()
    form = {"outcome": "done", "reason": "依法提供", "answer": "已给打印件"}
    assert client_as(cast.cadre02).post(row.get_absolute_url(), form).status_code == 403
    assert client_as(cast.othertown).post(row.get_absolute_url(), form).status_code == 404
    assert client_as(cast.town).post(row.get_absolute_url(), form).status_code == 302
    page = client_as(cast.town).get(reverse("residents:requests")).content.decode()
    assert "照办" in page and person.name in page
