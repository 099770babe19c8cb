"""Visits, claims, rides, publicity: what may be written, what follows from it, what never changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from residents import rounds
from residents.models import Household, LiftRequest, Outreach, PublicityCount
from residents.services import lifts, outreach, publicity
from tests.factories.people import make_enrolled, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(cast):
    """Log one contact by cadre01."""

    def log(person, **more):
        values = {"kind": "visit", "met": True, "key": uuid4(), "now": timezone.now()} | more
        return outreach.log(resident=person, by=cast.cadre01, **values)

    return log


@pytest.mark.requirement("S64")
def test_the_reason_follows_the_latest_contact(said, town, today):
    person = make_resident(town.village, not_vaccinated_reason="R08")
    said(person, reason="R04")
    person.refresh_from_db()
    assert (person.not_vaccinated_reason, person.willing) == ("R04", False)
    said(person, met=False)
    person.refresh_from_db()
    assert person.not_vaccinated_reason == "R04"
    said(person, promised_on=today + timedelta(days=2))
    person.refresh_from_db()
    assert (person.not_vaccinated_reason, person.willing) == ("", True)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"promised_on": -1}, "PROMISE_PAST"),
        ({"met": False, "promised_on": 1}, "PROMISE_NOT_MET"),
        ({"next_on": -1}, "NEXT_PAST"),
        ({"reason": "R99"}, "OTHER_NEEDS_NOTE"),
    ],
)
def test_refusals(said, town, today, more, code):
    days = {key: today + timedelta(days=value) for key, value in more.items() if key.endswith("_on")}
    with pytest.raises(RuleBroken) as refused:
        said(make_resident(town.village), **more | days)
    assert refused.value.code == code
    assert not Outreach.objects.exists()


def test_a_repeat_is_one_contact_and_a_used_key_is_refused(said, town):
    person, key = make_resident(town.village), uuid4()
    assert said(person, key=key) == said(person, key=key)
    with pytest.raises(RuleBroken) as refused:
        said(make_resident(town.village), key=key)
    assert refused.value.code == "KEY_USED"


def test_two_callers_never_ring_one_household(town, cast, said):
    house = Household.objects.create(village=town.village, number="1")
    mother, son = (make_resident(town.village, household=house) for _ in range(2))
    now = timezone.now()
    outreach.claim(resident=mother, by=cast.cadre01, now=now)
    outreach.claim(resident=son, by=cast.cadre01, now=now)
    with pytest.raises(RuleBroken) as refused:
        outreach.claim(resident=son, by=cast.town, now=now + timedelta(minutes=9))
    assert refused.value.code == "CLAIMED"
    outreach.claim(resident=make_resident(town.village), by=cast.town, now=now)
    outreach.claim(resident=son, by=cast.town, now=now + timedelta(minutes=10))


def test_a_logged_contact_frees_the_household(town, cast, said):
    person = make_resident(town.village)
    now = timezone.now()
    outreach.claim(resident=person, by=cast.cadre01, now=now)
    said(person, now=now)
    outreach.claim(resident=person, by=cast.town, now=now)


@pytest.mark.requirement("S64")
@pytest.mark.requirement("S110")
def test_the_round_lists_everybody_unvaccinated_the_old_first(said, town, campaign, cast, today):
    young = make_enrolled(town.village, campaign, today, name="年轻")
    old = make_enrolled(
        town.village, campaign, today, name="年老", birth_date=today - timedelta(days=70 * 366)
    )
    make_enrolled(town.villages[1], campaign, today, name="外村")
    done = make_enrolled(town.village, campaign, today, name="已种")
    type(done).objects.filter(pk=done.pk).update(doses_done=1)
    rows = rounds.round_of(cast.cadre01, campaign, today)
    assert [row.resident.name for row in rows] == ["年老", "年轻"]
    said(old.resident, reason="R04", next_on=today)
    said(young.resident, promised_on=today)

    def names(**criteria):
        return [r.resident.name for r in rounds.narrow(rows.all(), criteria, today, cast.cadre01)]

    assert names(reason="R04") == ["年老"]
    assert names(when="today") == ["年老"]
    assert names(when="promised") == []
    tomorrow = rounds.round_of(cast.cadre01, campaign, today + timedelta(days=1))
    passed = rounds.narrow(tomorrow, {"when": "promised"}, today + timedelta(days=1), cast.cadre01)
    assert [row.resident.name for row in passed] == ["年轻"]
    assert rounds.counts(cast.cadre01, campaign, today) == {"today": 1, "promised": 0}
    said(old.resident, met=False)  # a later contact without a date takes the person off today's list
    assert rounds.counts(cast.cadre01, campaign, today)["today"] == 0
    assert names(when="new") == []
    assert names(age="60") == ["年老"]


@pytest.fixture
def ride(cast, today):
    def ask(person, **more):
        values = {"on": today, "pick_up": "村口", "agreed_by": "王强(儿子)", "agreed_on": today} | more
        return lifts.ask(resident=person, actor=cast.cadre01, today=today, key=uuid4(), **values)

    return ask


@pytest.mark.requirement("S65")
def test_a_ride_from_asking_to_home_again(ride, town, cast, today):
    lift = ride(make_resident(town.village))
    with pytest.raises(RuleBroken) as refused:
        lifts.finish(lift=lift, actor=cast.cadre01, today=today)
    assert refused.value.code == "LIFT_OVER"
    driver = {"driver_name": "老赵", "driver_phone": "13812345678", "plate": "蒙K12345"}
    lifts.arrange(lift=lift, actor=cast.cadre01, at=None, companion="王强", **driver)
    lifts.finish(lift=lift, actor=cast.cadre01, today=today)
    lift.refresh_from_db()
    assert (lift.get_state_display(), lift.agreed_by) == ("已接送", "王强(儿子)")
    with pytest.raises(RuleBroken):
        lifts.cancel(lift=lift, actor=cast.cadre01, reason="晚了")


@pytest.mark.requirement("S65")
def test_one_ride_a_day_unless_called_off(ride, town, cast, today):
    person = make_resident(town.village)
    lift = ride(person)
    with pytest.raises(RuleBroken) as refused:
        ride(person)
    assert refused.value.code == "LIFT_TWICE"
    lifts.cancel(lift=lift, actor=cast.cadre01, reason="家属自己送")
    ride(person)
    with pytest.raises(RuleBroken) as refused:
        ride(person, on=today - timedelta(days=1))
    assert refused.value.code == "LIFT_PAST"
    assert LiftRequest.objects.count() == 2


@pytest.mark.requirement("S115")
@pytest.mark.requirement("S27")
def test_a_correction_replaces_and_keeps(cast, town, today):
    now = timezone.now()
    key = uuid4()
    common = {"place": town.village, "day": today, "actor": cast.cadre01, "now": now, "key": key}
    banner, visits = publicity.record(counts={"banner": 3, "visit": 40, "notice": 0}, **common)
    assert len(publicity.record(counts={"banner": 3}, **common)) == 2  # the same form again
    publicity.correct(row=banner, count=5, reason="少数了两条", actor=cast.cadre01, now=now)
    counted = PublicityCount.objects.counted()
    assert sorted(counted.values_list("kind", "count")) == [("banner", 5), ("visit", 40)]
    assert PublicityCount.objects.count() == 3
    with pytest.raises(RuleBroken) as refused:
        publicity.correct(row=banner, count=6, reason="又错", actor=cast.cadre01, now=now)
    assert refused.value.code == "CORRECTED_ALREADY"
    with pytest.raises(NotAllowed):
        publicity.correct(row=visits, count=1, reason="邻镇", actor=cast.othertown, now=now)
    with pytest.raises(RuleBroken):
        publicity.record(counts={}, **common | {"key": uuid4()})


def test_a_promise_without_a_meeting_cannot_be_stored(town, cast, today):
    with pytest.raises(IntegrityError):
        Outreach.objects.create(
            key=uuid4(),
            resident=make_resident(town.village),
            kind="call",
            at=timezone.now(),
            met=False,
            promised_on=today,
        )
