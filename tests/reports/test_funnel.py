"""漏斗 (S108): every number is defined once, opens its names, and they add up."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Phase
from inventory.models import Vaccine
from reports import funnel
from residents.choices import HoldKind, Residence
from residents.services import enrolments, holds, records
from residents.services.register import remove_resident
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(town, campaign, today):
    """One village with somebody in every part, and with people who are in none."""
    here = town.village

    def person(name, **more):
        return make_enrolled(here, campaign, today, name=name, **more)

    def dose(row):
        vaccine = Vaccine.objects.get(code="CV-SV")
        on = today - timedelta(days=3)
        records.note_dose(enrolment=row, vaccine=vaccine, given_on=on, actor=None, today=today)

    def hold(row, kind, **more):
        now = more.pop("now", timezone.now())
        holds.place_hold(enrolment=row, kind=kind, reason="x", by=None, now=now, **more)

    person("常住未种")
    person("县内流动未种", residence=Residence.AWAY_TOWN)
    dose(person("已种"))
    away_done = person("外出已种", residence=Residence.AWAY_PROVINCE, away_place="北京")
    dose(away_done)
    person("外出未种", residence=Residence.AWAY_PROVINCE, away_place="北京")
    hold(person("自述"), HoldKind.SELF_REPORTED)
    hold(person("禁忌"), HoldKind.CONTRA)
    hold(person("暂缓"), HoldKind.DEFER, until=today + timedelta(days=5))
    last_week = timezone.now() - timedelta(days=7)
    hold(person("暂缓到期"), HoldKind.DEFER, until=today, now=last_week)
    person("流入未种", residence=Residence.INFLOW_OTHER)
    dose(person("流入已种", residence=Residence.INFLOW_COUNTY))
    person("孩子", birth_date=today.replace(year=today.year - 5, day=1))
    gone = person("死亡").resident
    remove_resident(resident=gone, actor=None, removal="deceased", on=today, today=today)
    make_enrolled(town.other_villages[0], campaign, today, name="邻镇")
    return here


EXPECTED = {
    "hukou": {
        "常住未种",
        "县内流动未种",
        "已种",
        "外出已种",
        "外出未种",
        "自述",
        "禁忌",
        "暂缓",
        "暂缓到期",
    },
    "able": {"常住未种", "县内流动未种", "已种", "外出已种", "暂缓到期"},
    "done": {"已种", "外出已种"},
    "left": {"常住未种", "县内流动未种", "暂缓到期"},
    "self": {"自述"},
    "contra": {"禁忌"},
    "away": {"外出未种"},
    "later": {"暂缓"},
    "inflow": {"流入未种", "流入已种"},
    "in_done": {"流入已种"},
}


@pytest.mark.requirement("S108")
def test_every_step_counts_exactly_the_people_of_its_words(village, town, campaign, today):
    found = {
        step.code: set(
            funnel.behind(step, campaign, town.town, today).values_list("resident__name", flat=True)
        )
        for step in funnel.STEPS
    }
    assert found.pop("all") == EXPECTED["hukou"] | EXPECTED["inflow"]
    assert found == EXPECTED


def test_the_steps_add_up_by_their_very_definition():
    of = {code: step.parts for code, step in funnel.BY_CODE.items()}
    assert of["able"] | of["self"] | of["contra"] | of["away"] | of["later"] == of["hukou"]
    assert of["done"] | of["left"] == of["able"] and not of["done"] & of["left"]
    assert of["able"] <= of["hukou"] and of["in_done"] <= of["inflow"]
    assert of["hukou"] | of["inflow"] == of["all"] and not of["hukou"] & of["inflow"]
    leaves = ("done", "left", "self", "contra", "away", "later", "inflow")
    assert sum(len(of[code]) for code in leaves) == len(of["all"])


def test_a_phase_that_is_not_open_makes_people_wait(town, campaign, today):
    phase = Phase.objects.create(
        campaign=campaign, order=1, name="第二批", starts_on=today, ends_on=today, cohort={}, is_open=False
    )
    row = make_enrolled(town.village, campaign, today)
    assert funnel.people(campaign, {town.village.prefix}, today).get().part == "later"
    phase.is_open = True
    phase.save()
    enrolments.refresh([row.pk], campaign=campaign, today=today)
    assert funnel.people(campaign, {town.village.prefix}, today).get().part == "left"


@pytest.mark.requirement("S108")
@pytest.mark.parametrize(
    ("username", "sees_people"),
    [("county", True), ("town", True), ("cadre01", True), ("othertown", True), ("cadre02", False)],
)
def test_every_number_of_the_page_opens_a_list_of_so_many_names(
    village, cast, client_as, username, sees_people
):
    """Every cell for every role: a number is the length of its list, nought has no list, nothing else is on the page."""
    someone = client_as(getattr(cast, username))
    response = someone.get(reverse("reports:funnel"))
    cells = re.findall(r'<td class="num">(?:<a href="([^"]*)">)?([\d,]+)', response.text)
    total = len(response.context["rows"]) + 1
    assert len(cells) == total * len(funnel.STEPS)
    assert any(address for address, _ in cells) == sees_people
    for address, number in cells:
        assert bool(address) == (number != "0")
        if address:
            names = someone.get(address.replace("&amp;", "&"))
            assert len(names.context["table"].rows) == names.context["table"].paginator.count == int(number)
            assert f"{number} 人" in names.text


def test_the_workbook_says_what_the_page_says(village, town, cast, client_as):
    office = client_as(cast.town)
    answer = office.get(reverse("reports:funnel_file"))
    table = [list(row) for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)]
    at = next(n for n, row in enumerate(table) if row[0] == "村(社区)")
    assert table[at][1:] == [step.title for step in funnel.STEPS]
    lines = office.get(reverse("reports:funnel")).context["rows"]
    assert table[at + 1 : at + 4] == [[str(line.place), *line.numbers] for line in lines]
    assert table[at + 4][0] == "合计" and any(row[0] == funnel.SUMS[0] for row in table)
    elsewhere = {"place": town.other_villages[0].code}
    assert office.get(reverse("reports:funnel_file"), elsewhere).status_code == 404


def test_a_cadre_sees_the_own_village_only(village, town, cast, campaign, client_as):
    cadre = client_as(cast.cadre02)
    assert cadre.get(reverse("reports:funnel"), {"place": village.code}).status_code == 404
    own = cadre.get(reverse("reports:funnel")).text
    assert "南山社区" in own and "曙光社区" not in own
    names = reverse("reports:funnel_names")
    assert cadre.get(names, {"place": village.code, "step": "done"}).status_code == 404
    assert cadre.get(names, {"step": "nothing"}).status_code == 404


def test_the_page_takes_the_same_queries_for_more_people(
    village, cast, client_as, django_assert_max_num_queries
):
    office = client_as(cast.town)
    office.get(reverse("reports:funnel"))
    with django_assert_max_num_queries(16):
        office.get(reverse("reports:funnel"))
