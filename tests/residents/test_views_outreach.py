"""The visit round through the browser's eyes: claim, card, one tap, the desk; self-reported illness from a file."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from residents.models import Hold, Outreach
from residents.services.people import put_people
from tests.factories.people import make_enrolled
from tests.factories.residents import cleaned, typed
from vaxcampaign import desk

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S64")
@pytest.mark.requirement("S10")
def test_from_the_list_to_a_logged_promise(town, campaign, cast, client_as, today):
    person = make_enrolled(town.village, campaign, today, name="王伟", phone="13812345678").resident
    client = client_as(cast.cadre01)
    page = client.get(reverse("residents:outreach")).content.decode()
    assert "王伟" in page
    assert "13812345678" not in page
    claimed = client.post(reverse("residents:outreach_claim", args=[person.uid]), {"back": "age=60"})
    card = client.get(claimed.url).content.decode()
    assert "tel:13812345678" in card
    assert "正在联系" in client_as(cast.town).get(reverse("residents:outreach")).content.decode()
    form = {"key": uuid4(), "kind": "call", "outcome": "promise"}
    refused = client.post(claimed.url, form)
    assert refused.status_code == 422
    assert "请先选答应来的日期" in refused.content.decode()
    done = client.post(claimed.url, form | {"promised_on": today.isoformat()})
    assert done.url == f"{reverse('residents:outreach')}?age=60"
    assert Outreach.objects.get().promised_on == today
    later = timezone.now() + timedelta(days=1)
    cards = {c.word: c.number for _, cs in desk.cards_for(cast.cadre01, campaign, later) for c in cs}
    assert cards["承诺到期还没来"] == 1
    assert "答应" in client.get(reverse("residents:detail", args=[person.uid])).content.decode()


def test_the_round_costs_the_same_for_one_and_for_thirty(town, campaign, cast, client_as, today):
    client, counts = client_as(cast.cadre01), []
    for more in (1, 29):
        for _ in range(more):
            make_enrolled(town.village, campaign, today)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("residents:outreach"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20, counts


@pytest.mark.requirement("S109")
def test_what_a_file_says_of_an_illness_waits_for_the_doctor(town, campaign, cast, today):
    born = today.replace(year=today.year - 50, day=1)
    said = {"癫痫病史": True, "高血压": False, "": False}
    people = [cleaned(town.village, today, **typed(born, conditions=words)) for words in said]
    outcomes = put_people(people, actor=cast.cadre01, campaign=campaign, today=today)
    for outcome, waits in zip(outcomes, said.values(), strict=True):
        enrolment = outcome.resident.enrolments.get()
        assert (enrolment.status == "review") is waits
    put_people(people, actor=cast.cadre01, campaign=campaign, today=today)
    assert Hold.objects.get().reason == "癫痫病史"
