"""What is judged from the facts at hand is what reading everything anew says."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Phase
from core.errors import RuleBroken
from inventory.models import Vaccine
from residents.choices import HoldKind
from residents.models import Enrolment
from residents.services import holds, records, rules_at_hand
from residents.services.enrolments import drift, refresh
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
PRODUCTS = ("CV-SV", "CV-BJ", "CV-KX", "CV-ZF", "CV-UNK")


def history(chance, row, vaccines, today):
    """Some doses in any order, also late found ones, and maybe a hold and a group that changes the rules."""
    if chance.random() < 0.3:
        kind = chance.choice([HoldKind.CONTRA, HoldKind.SELF_REPORTED, HoldKind.DEFER])
        until = today + timedelta(days=5) if kind == HoldKind.DEFER else None
        what = {"scope": chance.choice(["all", "product", "platform"]), "vaccine": chance.choice(vaccines)}
        holds.place_hold(
            enrolment=row, kind=kind, reason="过敏", by=None, until=until, now=timezone.now(), **what
        )
    for _ in range(chance.randrange(5)):
        on = today - timedelta(days=chance.choice([0, 1, 20, 21, 30, 56, 100, 200, 400]))
        try:
            records.note_dose(
                enrolment=row,
                vaccine=chance.choice(vaccines),
                given_on=on,
                source=chance.choice(["here", "elsewhere"]),
                actor=None,
                today=today,
            )
        except RuleBroken as refusal:
            assert refusal.code == "DOSE_REPEATED"


def test_a_dose_leaves_the_row_as_reading_everything_anew_would(town, campaign, today):
    chance, vaccines = random.Random(7), list(Vaccine.objects.filter(code__in=PRODUCTS))
    assert len(vaccines) > 2
    seen = set()
    for number in range(24):
        born = today - timedelta(days=365 * chance.choice([2, 5, 11, 30, 61, 85]) + number)
        row = make_enrolled(town.village, campaign, today, birth_date=born)
        history(chance, row, vaccines, today)
        seen.add(tuple(Enrolment.objects.filter(pk=row.pk).values_list("status", "doses_done").get()))
    assert len(seen) > 5, "cases of many kinds"
    assert not list(drift(today=today))


def test_rules_are_read_again_only_when_they_changed(town, campaign, today, django_assert_num_queries):
    row = make_enrolled(town.village, campaign, today)
    rules_at_hand.context(campaign)
    with django_assert_num_queries(1):
        rules_at_hand.context(campaign)
    phase = Phase.objects.create(
        campaign=campaign,
        order=1,
        name="第一步",
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        cohort={},
        is_open=False,
    )
    assert [is_open for _, _, is_open in rules_at_hand.context(campaign).rules.phases] == [False]
    refresh([row.pk], campaign=campaign, today=today)
    row.refresh_from_db()
    assert "还没有开放" in row.status_reason
    phase.is_open = True
    phase.save(update_fields=["is_open"])
    read = Campaign.objects.get(pk=campaign.pk)
    assert [is_open for _, _, is_open in rules_at_hand.context_of_read(read).rules.phases] == [True]
    rule = campaign.rules.get(code=campaign.rules.first().code)
    rule.source = "改过"
    rule.save()
    with django_assert_num_queries(4):
        rules_at_hand.context(campaign)


def test_an_edit_of_the_campaign_in_memory_counts_at_once(campaign):
    before = rules_at_hand.context(campaign).rules
    campaign.cohort = {"age_min": 60}
    assert rules_at_hand.context(campaign).rules.cohort != before.cohort
