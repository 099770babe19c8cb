"""The campaign's pages: what it consists of, in words; phases; the consent form on paper; choosing the campaign."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.models import Phase
from campaigns.services.setup import open_covid_campaign
from core.models import AuditEvent, Job
from tests.factories.people import make_enrolled


@pytest.fixture
def phase(campaign):
    return Phase.objects.create(
        campaign=campaign,
        order=1,
        name="18岁以下",
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        cohort={"age_min": 3, "age_max": 17},
        is_open=False,
    )


@pytest.fixture
def neighbours(town, reference, today):
    """A campaign of the next township only."""
    return open_covid_campaign(
        actor=None,
        place=town.other_town,
        code="lt-2026",
        name="蓝天街道专项",
        starts_on=today,
        ends_on=today + timedelta(days=9),
        target_age_ref_date=today,
        cohort={"age_min": 60},
    )


def test_list_holds_exactly_what_concerns_the_user(client_as, cast, campaign, neighbours):
    def seen(user):
        return {row.code for row, _ in client_as(user).get(reverse("campaigns:list")).context["rows"]}

    assert seen(cast.town) == {"covid-2026"}
    assert seen(cast.othertown) == {"covid-2026", "lt-2026"}
    assert seen(cast.county) == {"covid-2026", "lt-2026"}


def test_neighbours_campaign_is_not_found(client_as, cast, neighbours):
    client = client_as(cast.town)
    for name, extra in (("detail", []), ("consent_print", ["adult"])):
        assert client.get(reverse(f"campaigns:{name}", args=[neighbours.code, *extra])).status_code == 404


def test_detail_explains_rules_with_dates_and_sources(
    client_as, cast, campaign, phase, django_assert_max_num_queries
):
    client = client_as(cast.town)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("campaigns:detail", args=[campaign.code]))
    text = page.content.decode()
    for words in (
        "18周岁及以上",
        "3–17周岁",
        "距上一剂满 21天",
        "技术指南(第一版)",
        "三查七对一验证",
        "第1版",
    ):
        assert words in text
    assert campaign.adult_consent.sha256[:16] in text


@pytest.mark.requirement("S7")
def test_only_the_organiser_opens_a_phase(client_as, cast, campaign, phase):
    address = reverse("residents:phase", args=[campaign.code, 1])
    assert client_as(cast.town).post(address, {"open": "1"}).status_code == 403
    phase.refresh_from_db()
    assert not phase.is_open
    assert client_as(cast.county).post(address, {"open": "1"}).status_code == 302
    phase.refresh_from_db()
    assert phase.is_open
    client_as(cast.county).post(address, {"open": "1"})
    assert AuditEvent.objects.filter(action="phase.opened").count() == 1
    client_as(cast.county).post(address, {"open": "0"})
    phase.refresh_from_db()
    assert not phase.is_open


@pytest.mark.requirement("S7")
def test_opening_and_closing_a_phase_says_anew_who_is_due(
    client_as, cast, campaign, phase, town, today, settings, django_capture_on_commit_callbacks
):
    settings.JOBS_BACKEND = "inline"
    child = make_enrolled(town.village, campaign, today, birth_date=today - timedelta(days=3700))
    adult = make_enrolled(town.village, campaign, today)
    adult_was = adult.status
    assert child.status != "open"
    address = reverse("residents:phase", args=[campaign.code, 1])
    for is_open, status in (("1", "open"), ("0", child.status)):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client_as(cast.county).post(address, {"open": is_open})
        child.refresh_from_db()
        adult.refresh_from_db()
        assert (child.status, adult.status) == (status, adult_was)
        job = Job.objects.latest("pk")
        assert answer.url == job.get_absolute_url()
        assert (job.state, job.message) == ("done", "更新完成:1 人的接种状态有变化。")
    client_as(cast.county).post(address, {"open": "0"})  # asked again, nothing to be done
    assert Job.objects.count() == 2


@pytest.mark.requirement("S20")
@pytest.mark.parametrize(("which", "signer"), [("adult", "受种者签名"), ("minor", "监护人签名")])
def test_consent_form_prints_the_whole_text(which, signer, client_as, cast, campaign):
    page = client_as(cast.cadre01).get(reverse("campaigns:consent_print", args=[campaign.code, which]))
    text = page.content.decode()
    form = getattr(campaign, f"{which}_consent")
    for part in form.text.split("\n\n"):
        assert part.partition("\n")[0] in text
    assert signer in text
    assert form.sha256[:16] in text


def test_there_are_two_consent_forms_only(client_as, cast, campaign):
    page = client_as(cast.cadre01).get(reverse("campaigns:consent_print", args=[campaign.code, "other"]))
    assert page.status_code == 404


def test_working_in_another_campaign(client_as, cast, campaign, neighbours):
    client = client_as(cast.othertown)
    assert client.get("/").context["campaign"] == neighbours, "the newest running one"
    assert client.post(reverse("campaigns:choose"), {"campaign": campaign.code}).status_code == 302
    assert client.get("/").context["campaign"] == campaign
    stranger = client_as(cast.town)
    assert stranger.post(reverse("campaigns:choose"), {"campaign": neighbours.code}).status_code == 404
    assert stranger.get("/").context["campaign"] == campaign


def test_reading_about_a_campaign_is_not_working_in_it(client_as, cast, campaign, neighbours):
    page = client_as(cast.othertown).get(reverse("campaigns:detail", args=[campaign.code]))
    assert page.context["campaign"] == campaign
    assert page.context["working_campaign"] == neighbours
