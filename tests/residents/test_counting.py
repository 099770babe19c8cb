"""One unit per person: the office's word, the page of open questions, and who may touch whom."""

from datetime import date, timedelta
from itertools import permutations
from uuid import uuid4

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
from residents.models import Resident, UnitChoice
from residents.services import enrolments, moves, rosters
from residents.services.pair_marks import mark_pair
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
    story = office.get(reverse("residents:story", args=[row.resident.uid])).text
    assert "裁定计入 南山社区" in story and "另一方没有登记" in story
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


def claimed(row, village, actor, today):
    return moves.propose(
        resident=row.resident,
        kind="claim",
        to_place=village,
        reason="check",
        on=today,
        actor=actor,
        key=uuid4(),
        now=timezone.now(),
        today=today,
    )


def asked(case: str, user, campaign) -> list[str]:
    mine = disputes.people(user, campaign).filter(disputes.BY_CODE[case].condition)
    return sorted(mine.values_list("resident__name", flat=True))


@pytest.mark.requirement("S11")
def test_whom_two_villages_want_is_asked_until_answered_or_settled(client_as, town, cast, campaign, today):
    rows = [make_enrolled(town.village, campaign, today, name=name) for name in ("答复", "裁定")]
    claims = [claimed(row, town.villages[1], cast.cadre02, today) for row in rows]
    page = client_as(cast.town).get(reverse("residents:counting"))
    assert page.context["case"].code == "claim" and "南山社区已提出迁入" in page.text
    assert claims[0].get_absolute_url() in page.text
    assert asked("claim", cast.town, campaign) == ["答复", "裁定"]
    moves.refuse(move=claims[0], actor=cast.cadre01, note="人在我村", now=timezone.now())
    address = reverse("residents:settle", args=[rows[1].resident.uid])
    where = f"{address}?campaign={campaign.code}&case=claim"
    assert where.replace("&", "&amp;") in page.text
    back = client_as(cast.town).post(where, {"unit": town.villages[1].code, "reason": "当面核实"})
    assert back.url == f"{reverse('residents:counting')}?case=claim"
    assert asked("claim", cast.town, campaign) == []
    rows[1].refresh_from_db()
    assert rows[1].unit == town.villages[1]


def test_two_people_who_were_called_two_are_not_asked_about_as_twins(client_as, town, cast, campaign, today):
    same = {"name": "双名", "birth_date": date(1970, 2, 3)}
    one, other = (make_enrolled(village, campaign, today, **same).resident for village in town.villages[:2])
    page = client_as(cast.town).get(reverse("residents:counting"), {"case": "twins"})
    assert reverse("residents:pair", args=[one.uid, other.uid]) in page.text
    assert asked("twins", cast.town, campaign) == ["双名", "双名"]
    mark_pair(one=other, other=one, verdict="different", reason="堂兄弟", actor=cast.town, now=timezone.now())
    assert asked("twins", cast.town, campaign) == []
    make_enrolled(town.villages[2], campaign, today, **same)
    assert asked("twins", cast.town, campaign) == ["双名"] * 3


@pytest.fixture
def rosters_of(town, campaign, today):
    """(organisation's name, more of the entry) for each roster on which a person is to stand, in this order."""
    kinds = {"工地": OrganisationKind.CONSTRUCTION, "工厂": OrganisationKind.ENTERPRISE, "学校": "school"}
    places = dict(zip(kinds, (town.villages[1], town.villages[2], town.village), strict=True))
    made = {n: Organisation.objects.create(name=n, kind=k, place=places[n]) for n, k in kinds.items()}

    def put(row, *wanted):
        for name, since, details in wanted:
            rosters.add_to_roster(
                organisation=made[name],
                resident=Resident.objects.get(pk=row.resident_id),
                actor=None,
                today=today,
                since=since,
                details=rosters.RosterDetails(**details),
            )
        row.refresh_from_db()
        return row.unit, row.unit_rule

    return put


@pytest.mark.requirement("S32")
def test_every_roster_speaks_whatever_the_order_of_coming_onto_them(town, campaign, today, rosters_of):
    campaign.inflow_policy = InflowPolicy.WORK
    campaign.save()
    earlier, later = today - timedelta(days=9), today - timedelta(days=2)
    factory, works = ("工厂", earlier, {}), ("工地", later, {})
    pupil, outside = ("学校", later, {"grade": 13}), ("学校", later, {"grade": 13, "home_county": "榆阳区"})
    teacher = ("学校", earlier, {"job": "教师"})
    by_factory, by_village = (town.villages[2], "INFLOW_AT_WORK"), (town.village, "PUPIL")
    expected = [
        ((factory, works), by_factory),
        ((factory, works, teacher), by_factory),
        ((works, pupil), by_village),
        ((factory, outside), (None, "PUPIL_ELSEWHERE")),
    ]
    for wanted, placed in expected:
        for order in permutations(wanted):
            row = make_enrolled(town.village, campaign, today, residence=Residence.INFLOW_OTHER)
            assert rosters_of(row, *order) == placed
    at_home = make_enrolled(town.village, campaign, today)
    assert rosters_of(at_home, works, pupil) == (town.village, "LOCAL")
    assert rosters_of(make_enrolled(town.village, campaign, today), outside) == (None, "PUPIL_ELSEWHERE")
    assert list(enrolments.drift(today=today)) == []


def test_who_leaves_the_roster_that_decided_is_counted_by_the_next(town, campaign, today, rosters_of):
    campaign.inflow_policy = InflowPolicy.WORK
    campaign.save()
    row = make_enrolled(town.village, campaign, today, residence=Residence.INFLOW_OTHER)
    rosters_of(row, ("工地", today, {}), ("工厂", today - timedelta(days=5), {}))
    first = row.resident.roster_entries.get(organisation__name="工厂")
    rosters.leave_roster(entry=first, on=today, reason="离职", actor=None, today=today)
    row.refresh_from_db()
    assert (row.unit, row.unit_rule) == (town.villages[1], "INFLOW_AT_WORK")
