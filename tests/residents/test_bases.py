"""基数 (S53): adjustable with a reason, the old one kept, the difference shown by village and name."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from residents.models import RegisterVersion
from residents.services import bases
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def aged(today, years):
    return today.replace(year=today.year - years, day=1)


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
    assert "新进入基数 1 人" in text and "十五岁" in text and "退出基数 1 人" in text and "七十岁" in text
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
