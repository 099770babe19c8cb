"""基数 (S53): adjustable with a reason, the old one kept, the difference shown by village and name."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from core.models import Job
from places.models import Organisation
from residents.models import RegisterVersion
from residents.services import bases
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def aged(today, years):
    return today.replace(year=today.year - years, day=1)


def test_a_change_whose_work_died_is_told_and_started_again_once(
    town, cast, campaign, today, client_as, django_capture_on_commit_callbacks
):
    county, page = client_as(cast.county), reverse("residents:base")
    form = {"age_min": "12", "county_internal_policy": "hukou", "inflow_policy": "village", "reason": "通知"}
    form["target_age_ref_date"] = str(today)
    assert county.post(page, form).status_code == 302  # the job that follows never runs
    died = Job.objects.get()
    assert county.post(page, form).url == died.get_absolute_url()  # a double click: it may still be at work
    assert died.result["next"] == page
    assert "新的基数还没有形成" in county.get(page).text
    assert "新的基数还没有形成" not in client_as(cast.town).get(page).text
    Job.objects.update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        assert county.post(page, form | {"reason": "再做一次"}).status_code == 302
    assert list(RegisterVersion.objects.values_list("number", "reason").order_by("number")) == [
        (1, "调整前的基数"),
        (2, "再做一次"),
    ]
    assert "新的基数还没有形成" not in county.get(page).text
    assert county.post(page, form).status_code == 422  # nothing is left to do


@pytest.mark.requirement("S53")
def test_changing_the_base_keeps_the_old_one_and_shows_who_came_and_left(
    town, cast, campaign, today, client_as, django_capture_on_commit_callbacks
):
    make_enrolled(town.village, campaign, today, name="十五岁", birth_date=aged(today, 15))
    make_enrolled(town.village, campaign, today, name="四十岁", birth_date=aged(today, 40))
    make_enrolled(town.villages[1], campaign, today, name="七十岁", birth_date=aged(today, 70))
    county = client_as(cast.county)
    page = reverse("residents:base")
    assert "还没有调整过基数" in county.get(page).text
    form = {
        "target_age_ref_date": today.isoformat(),
        "age_min": "12",
        "age_max": "59",
        "county_internal_policy": "hukou",
        "inflow_policy": "village",
        "reason": "县里通知调整",
        "key": str(uuid4()),
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert county.post(page, form).status_code == 302
    old, new = RegisterVersion.objects.filter(kind="base").order_by("number")
    assert (old.counts["target"], new.counts["target"], new.reason) == (2, 2, "县里通知调整")
    assert (old.definition["cohort"], new.definition["cohort"]) == (
        {"age_min": 18},
        {"age_min": 12, "age_max": 59},
    )
    text = county.get(page).text
    assert (
        "新进入基数 1 人" in text
        and "改由别的村计入 0 人" in text
        and "十五岁" in text
        and "退出基数 1 人" in text
        and "七十岁" in text
    )
    assert "12–59岁" in text and "18岁及以上" in text
    theirs = client_as(cast.othertown).get(page).text
    assert "十五岁" not in theirs and "基数由其调整" in theirs
    again = county.post(page, form)
    assert again.status_code == 422 and "口径没有变化" in again.text


def test_only_who_leads_the_campaign_changes_its_base_and_says_why(town, cast, campaign, today):
    def change(actor, **more):
        values = {"reason": "调整", "cohort": {"age_min": 12}} | more
        bases.change_base(campaign=campaign, actor=actor, now=timezone.now(), today=today, **values)

    with pytest.raises(NotAllowed):
        change(cast.town)
    with pytest.raises(RuleBroken) as refused:
        change(cast.county, reason=" ")
    assert refused.value.code == "REASON_MISSING"


def adjust(client, asked, execute_jobs, **more):
    """Post the form of the base as the page shows it, with ``more`` changed."""
    form = client.get(asked).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | more
    with execute_jobs(execute=True):
        assert client.post(asked, sent).status_code == 302
    return client.get(asked).text


@pytest.mark.requirement("S53")
def test_another_reference_date_and_another_way_of_counting_tell_whom_they_concern(
    town, cast, campaign, today, client_as, django_capture_on_commit_callbacks
):
    soon = today - timedelta(days=18 * 365)
    make_enrolled(town.village, campaign, today, name="快十八", birth_date=soon)
    factory = Organisation.objects.create(name="煤矿", kind="enterprise", place=town.villages[1])
    make_enrolled(town.village, campaign, today, name="矿工", residence="in_province", organisation=factory)
    county, page = client_as(cast.county), reverse("residents:base")
    text = adjust(
        county,
        page,
        django_capture_on_commit_callbacks,
        target_age_ref_date=(today + timedelta(days=30)).isoformat(),
        reason="年龄改算到下月底",
    )
    assert "新进入基数 1 人" in text and "快十八" in text and "改由别的村计入 0 人" in text
    text = adjust(
        county, page, django_capture_on_commit_callbacks, inflow_policy="work", reason="住工地的按单位计"
    )
    assert "新进入基数 0 人" in text and "改由别的村计入 1 人" in text
    assert "曙光社区 → 南山社区" in text and "矿工" in text and "+1" in text and "-1" in text
    assert [row.number for row in bases.history(campaign)] == [3, 2, 1]
    assert "快十八" in county.get(page, {"version": 2}).text
    assert "矿工" not in client_as(cast.othertown).get(page).text
