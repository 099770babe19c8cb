"""Opening, changing, closing a campaign: what is refused, who may, and that the register follows."""

from datetime import time, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from campaigns.models import Campaign, ConsentForm
from campaigns.services import running
from campaigns.services.setup import add_phase, open_campaign
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent, Job
from inventory.models import Vaccine
from residents.models import Enrolment
from tests.factories.residents import register_person


@pytest.fixture
def opening(town, reference, today):
    """The arguments of a flu campaign of our town."""
    return {
        "place": town.town,
        "name": "秋季流感",
        "disease": "FLU",
        "season": "2026-27",
        "starts_on": today,
        "ends_on": today + timedelta(days=60),
        "target_age_ref_date": today,
        "cohort": {"age_min": 60},
        "products": ["FLU-05"],
    }


@pytest.mark.requirement("S82")
def test_a_campaign_brings_its_rules_and_newest_texts(cast, opening):
    made = open_campaign(actor=cast.town, **opening, checklist="SCSD", booking_cutoff=time(15))
    assert [rule.code for rule in made.rules.all()] == ["FLU-1"]
    assert made.code == f"flu-{made.starts_on.year}-150622002"
    assert made.checklist["name"] == "三查十对"
    assert made.adult_consent.code == "general-adult"
    assert made.adult_consent == ConsentForm.objects.filter(code="general-adult").latest("version")
    again = open_campaign(actor=cast.county, **opening | {"name": "再一次"})
    assert again.code == f"{made.code}-2"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"products": []}, "PRODUCTS"),
        ({"products": ["CV-BJ"]}, "PRODUCTS"),
        ({"disease": "RAB", "products": ["RAB-5"]}, "NO_RULES"),
        ({"adult_consent": "covid-adult"}, "CONSENT_OTHER"),
        ({"adult_consent": "general-minor"}, "CONSENT_OTHER"),
        ({"observation_minutes": 15}, "OBSERVATION_SHORT"),
    ],
)
def test_what_cannot_be_is_refused(cast, opening, change, code):
    with pytest.raises(RuleBroken) as refused:
        open_campaign(actor=cast.town, **opening | change)
    assert refused.value.code == code
    assert not Campaign.objects.exists()


def test_dates_and_names_are_checked(cast, opening, today):
    with pytest.raises(RuleBroken, match="早于开始"):
        open_campaign(actor=cast.town, **opening | {"ends_on": today - timedelta(days=1)})
    bad = {"name": "一", "starts_on": today, "ends_on": today - timedelta(days=1), "cohort": {}}
    with pytest.raises(RuleBroken, match="阶段“一”"):
        open_campaign(actor=cast.town, **opening, phases=[bad])
    assert not Campaign.objects.exists()
    open_campaign(actor=cast.town, **opening)
    with pytest.raises(RuleBroken, match="已有名为"):
        open_campaign(actor=cast.town, **opening)


def test_only_the_leader_of_the_place(cast, opening, campaign):
    for actor in (cast.othertown, cast.cadre01, cast.sysadmin):
        with pytest.raises(NotAllowed):
            open_campaign(actor=actor, **opening)
    with pytest.raises(NotAllowed):  # the county's, seen by the town
        running.close_campaign(actor=cast.town, campaign=campaign, reason="x")


def test_closing_and_reopening(cast, campaign):
    running.close_campaign(actor=cast.county, campaign=campaign, reason="完成")
    with pytest.raises(RuleBroken, match="已经结束"):
        running.close_campaign(actor=cast.county, campaign=campaign, reason="完成")
    assert not Campaign.objects.running().exists()
    running.reopen_campaign(actor=cast.county, campaign=campaign)
    assert Campaign.objects.running().get() == campaign


def test_phases_are_numbered_in_turn(cast, opening, today):
    made = open_campaign(actor=cast.town, **opening)
    step = {"starts_on": today, "ends_on": today, "cohort": {"age_min": 70}}
    for name in ("一", "二"):
        add_phase(actor=cast.town, campaign=made, name=name, **step)
    assert [(p.order, p.name) for p in made.phases.all()] == [(1, "一"), (2, "二")]


def _sent(page, **more) -> dict:
    form = page.context["form"]
    return {f.html_name: f.value() for f in form if f.value() not in (None, "", False)} | more


@pytest.mark.requirement("S71")
def test_the_form_opens_a_campaign_with_phases(
    client_as, cast, town, reference, today, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    register_person(town.village, today, actor=cast.cadre01)
    office, address = client_as(cast.town), f"{reverse('campaign:add')}?disease=FLU"
    with django_assert_max_num_queries(20):
        page = office.get(address)
    text = page.content.decode()
    assert "新型冠状病毒疫苗知情同意书" not in text
    assert "FLU-05" in text
    assert "CV-BJ" not in text
    sent = _sent(page, name="流感", ends_on=today + timedelta(days=9), products=["FLU-05"])
    sent |= {"phase-TOTAL_FORMS": 2, "phase-INITIAL_FORMS": 0, "phase-0-name": "老人", "phase-0-age_min": 60}
    sent |= {"phase-0-is_open": "on", "phase-1-is_open": "on"}
    refused = office.post(address, sent)
    assert refused.status_code == 422
    assert "没填好的行" in refused.content.decode()
    assert "老人" in refused.content.decode()
    sent |= {"phase-0-starts_on": today, "phase-0-ends_on": today + timedelta(days=3)}
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(address, sent)
    made = Campaign.objects.get()
    assert answer.url == Job.objects.get().get_absolute_url()
    assert [(p.name, p.cohort, p.is_open) for p in made.phases.all()] == [("老人", {"age_min": 60}, True)]
    assert Enrolment.objects.filter(campaign=made).count() == 1
    assert "老人" in office.get(reverse("campaigns:detail", args=[made.code])).content.decode()


def test_other_ages_are_judged_anew_in_the_background(
    client_as, cast, town, campaign, today, django_capture_on_commit_callbacks
):
    person = register_person(town.village, today, actor=cast.cadre01)
    assert person.enrolments.get().is_target
    county, address = client_as(cast.county), reverse("campaign:change", args=[campaign.code])
    sent = _sent(county.get(address))
    same = county.post(address, sent, follow=True).content.decode()
    assert "没有变化" in same
    assert not Job.objects.exists()
    county.post(address, sent | {"booking_cutoff": "15:30"})
    campaign.refresh_from_db()
    assert campaign.booking_cutoff == time(15, 30)
    assert not Job.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        county.post(address, sent | {"age_min": 110})
    assert not person.enrolments.get().is_target
    assert Job.objects.get().state == "done"
    assert county.post(address, sent | {"age_max": 5, "age_min": 9}).status_code == 422


def test_who_registers_while_it_is_closed_comes_in_with_the_reopening(
    client_as, cast, town, campaign, today, django_capture_on_commit_callbacks
):
    county = client_as(cast.county)
    county.post(reverse("campaign:close", args=[campaign.code]), {"reason": "暂停"})
    person = register_person(town.village, today, actor=cast.cadre01)
    assert not person.enrolments.exists()
    assert "恢复这个活动" in county.get(reverse("campaigns:detail", args=[campaign.code])).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        county.post(reverse("campaign:reopen", args=[campaign.code]))
    assert person.enrolments.get().campaign == campaign


def test_the_town_does_not_change_what_the_county_leads(client_as, cast, campaign):
    office = client_as(cast.town)
    for name in ("change", "phase_add", "close"):
        assert office.get(reverse(f"campaign:{name}", args=[campaign.code])).status_code == 403
    page = office.get(reverse("campaigns:detail", args=[campaign.code])).content.decode()
    assert reverse("campaign:change", args=[campaign.code]) not in page


def test_reference_data_loads_twice_without_a_second_version(db, capsys):
    loads = AuditEvent.objects.filter(action="campaigns.reference_loaded")
    before = loads.count()
    for _ in range(2):
        call_command("load_reference", json=True)
    assert Vaccine.objects.filter(code="FLU-05").count() == 1
    assert set(ConsentForm.objects.values_list("version", flat=True)) == {1}
    assert loads.count() == before + 2
