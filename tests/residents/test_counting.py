"""One unit per person: the office's word, the page of open questions, and who may touch whom."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import InflowPolicy, InternalPolicy
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent, ChangeNote
from places.choices import OrganisationKind
from places.models import Organisation
from residents import disputes
from residents.choices import Residence
from residents.models import UnitChoice
from residents.services import enrolments
from residents.services.register import remove_resident
from residents.services.settling import settle
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def decide(enrolment, unit, actor, today, **more):
    values = {"reason": "两村当面核实"} | more
    return settle(enrolment=enrolment, unit=unit, actor=actor, now=timezone.now(), today=today, **values)


@pytest.fixture
def site_worker(town, campaign, today):
    """An inflow person registered in the first village who works on a building site in the second."""
    works = Organisation.objects.create(
        name="大桥工地", kind=OrganisationKind.CONSTRUCTION, place=town.villages[1]
    )
    return make_enrolled(
        town.village, campaign, today, name="外乡人", residence=Residence.INFLOW_OTHER, organisation=works
    )


@pytest.mark.requirement("S13")
def test_the_setting_of_the_campaign_moves_inflow_workers_to_the_village_of_the_site(
    town, campaign, today, site_worker
):
    assert (site_worker.unit_code, site_worker.unit_rule) == (town.village.code, "INFLOW")
    campaign.inflow_policy = InflowPolicy.WORK
    campaign.save()
    enrolments.refresh([site_worker.pk], campaign=campaign, today=today)
    site_worker.refresh_from_db()
    assert (site_worker.unit, site_worker.unit_rule) == (town.villages[1], "INFLOW_AT_WORK")
    noted = set(ChangeNote.objects.filter(day=today).values_list("place_code", flat=True))
    assert {town.village.code, town.villages[1].code} <= noted


@pytest.mark.requirement("S11")
def test_the_office_settles_above_the_rule_and_may_take_its_word_back(town, cast, campaign, today):
    row = make_enrolled(town.village, campaign, today, residence=Residence.INFLOW_COUNTY)
    assert (row.unit_code, row.is_target, row.in_cohort) == ("", False, True)
    decide(row, town.villages[1], cast.town, today)
    row.refresh_from_db()
    assert (row.unit, row.unit_rule, row.is_target) == (town.villages[1], "SETTLED", True)
    decide(row, None, cast.town, today)
    row.refresh_from_db()
    assert (row.unit_code, row.unit_rule) == ("", "SETTLED_NOWHERE")
    decide(row, None, cast.town, today, by_rule=True)
    row.refresh_from_db()
    assert (row.unit_code, row.unit_rule) == ("", "MOVER_ELSEWHERE")
    assert UnitChoice.objects.filter(enrolment=row).count() == 3
    assert AuditEvent.objects.filter(action="counting.settled", actor=cast.town).count() == 3
    assert list(enrolments.drift(today=today)) == []


def test_a_town_settles_its_own_people_in_its_own_villages_only(town, cast, campaign, today):
    mine = make_enrolled(town.village, campaign, today)
    for actor, unit in ((cast.town, town.other_villages[0]), (cast.othertown, town.other_villages[0])):
        with pytest.raises(NotAllowed):
            decide(mine, unit, actor, today)
    decide(mine, town.other_villages[0], cast.county, today)
    mine.refresh_from_db()
    assert mine.unit == town.other_villages[0]


def test_what_cannot_be_settled_says_why(town, cast, campaign, today):
    mine = make_enrolled(town.village, campaign, today)

    def refused(unit, **more) -> str:
        with pytest.raises(RuleBroken) as error:
            decide(mine, unit, cast.town, today, **more)
        return error.value.code

    assert refused(town.village, reason=" ") == "REASON_MISSING"
    assert refused(town.town) == "NOT_A_VILLAGE"
    remove_resident(resident=mine.resident, actor=None, removal="deceased", on=today, today=today)
    assert refused(town.village) == "REMOVED"


@pytest.mark.requirement("S12")
def test_every_question_lists_exactly_its_people(town, cast, campaign, today, site_worker):
    campaign.inflow_policy = InflowPolicy.WORK
    campaign.county_internal_policy = InternalPolicy.HUKOU
    campaign.save()
    enrolments.refresh([site_worker.pk], campaign=campaign, today=today)
    for village in town.villages[:2]:
        make_enrolled(village, campaign, today, name="双名", birth_date=date(1970, 2, 3))
    make_enrolled(town.village, campaign, today, name="县内", residence=Residence.INFLOW_COUNTY)
    make_enrolled(town.village, campaign, today, name="无处", residence=Residence.AWAY_PROVINCE)
    make_enrolled(
        town.village, campaign, today, name="京", residence=Residence.AWAY_PROVINCE, away_place="北京"
    )
    child = today.replace(year=today.year - 4, day=1)
    make_enrolled(town.village, campaign, today, birth_date=child, residence=Residence.INFLOW_COUNTY)
    make_enrolled(town.other_villages[0], campaign, today, residence=Residence.INFLOW_COUNTY)
    mine = disputes.people(cast.town, campaign)
    found = {
        case.code: sorted(mine.filter(case.condition).values_list("resident__name", flat=True))
        for case in disputes.CASES
    }
    assert {code: names for code, names in found.items() if names} == {
        "work": ["外乡人"],
        "twins": ["双名", "双名"],
        "mover": ["县内"],
        "unplaced": ["无处"],
        "away": ["京"],
    }
    assert {c.code: n for c, n in disputes.counts(cast.town, campaign)} == {
        code: len(names) for code, names in found.items()
    }


def test_the_page_shows_the_question_and_settles_a_person(client_as, town, cast, campaign, today):
    row = make_enrolled(town.village, campaign, today, name="县内人", residence=Residence.INFLOW_COUNTY)
    office = client_as(cast.town)
    page = office.get(reverse("residents:counting"))
    assert "县内流动、本地不计入" in page.text and "县内人" in page.text
    address = reverse("residents:settle", args=[row.resident.uid])
    sent = office.post(address, {"unit": town.villages[1].code, "reason": "另一方没有登记"}, follow=True)
    assert "计入 南山社区:两处有争议或无人计入,由镇办(县)裁定" in sent.text
    assert "裁定计入 南山社区" in sent.text and "另一方没有登记" in sent.text
    assert "名单按" in sent.text and "按接种当天的年龄算" in sent.text
    assert office.post(address, {"unit": town.other_villages[0].code, "reason": "x"}).status_code == 422
    cadre = client_as(cast.cadre01)
    seen = cadre.get(reverse("residents:counting"), {"case": "settled"})
    assert "县内人" in seen.text and address not in seen.text
    assert (
        "县内人" not in client_as(cast.othertown).get(reverse("residents:counting"), {"case": "settled"}).text
    )


def test_the_page_takes_the_same_queries_for_more_people(
    client_as, town, cast, campaign, today, django_assert_max_num_queries
):
    for _ in range(12):
        make_enrolled(town.village, campaign, today, residence=Residence.INFLOW_COUNTY)
    office = client_as(cast.town)
    office.get(reverse("residents:counting"))
    with django_assert_max_num_queries(20):
        office.get(reverse("residents:counting"))
