"""Figures for publication: reactions by vaccine and class, people sent away by reason, each number with its list."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clinic.models import AdverseEvent
from reports import reactions
from tests.factories.clinic import Floor

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor(site, campaign, town, cast):
    return Floor(site=site, campaign=campaign, village=town.village, cast=cast)


@pytest.fixture
def asked(floor, town):
    return reactions.Asked(floor.campaign, town.town, floor.today, floor.today)


def test_cases_are_counted_by_vaccine_and_class_with_their_doses(floor, asked, town):
    for kind in ("1", "1", "6"):
        floor.report(floor.observed(), first_class=kind)
    floor.observed()
    table = reactions.reaction_table(asked)
    (line,) = table.lines
    by_class = {column[0]: cell.value for column, cell in zip(table.columns, line.cells, strict=False)}
    assert (line.code, line.doses, by_class["1"], by_class["6"], line.cells[-1].value) == (
        "CV-SV",
        4,
        2,
        1,
        3,
    )
    assert line.rate == "75000.00"
    assert [cell.value for cell in table.total.cells] == [cell.value for cell in line.cells]
    assert (line.cells[0].text, line.public_rate) == ("*", "*")
    elsewhere = reactions.Asked(floor.campaign, town.other_town, *asked.span)
    assert reactions.reaction_table(elsewhere).lines == []
    before = asked.since - timedelta(days=1)
    earlier = reactions.Asked(floor.campaign, town.town, before, before)
    assert reactions.reaction_table(earlier).lines == []


def test_people_are_counted_once_by_their_last_refusal(floor, asked):
    vaccine = floor.lot.presentation.vaccine
    floor.screen(floor.check_in(), celsius=Decimal("38.2"))
    floor.screen(floor.check_in(), bad={"Q3": True}, vaccine=vaccine)
    floor.screen(floor.check_in(), bad={"Q4": True})
    twice = floor.check_in()
    floor.screen(twice, celsius=Decimal("37.5"))
    floor.screen(
        twice, bad={"Q4": True}, now=floor.now + timedelta(seconds=1)
    )  # still today, also near midnight
    floor.screen(floor.check_in())
    table = reactions.refusal_table(asked)
    assert [code for code, _ in table.columns] == ["defer", "all", vaccine.code]
    found = {line.word: [cell.value for cell in line.cells] for line in table.lines}
    assert found == {
        "体温达到37.3℃": [1, 0, 0, 1],
        "对本疫苗成分或同类疫苗过敏": [0, 0, 1, 1],
        "以往接种疫苗发生过严重过敏反应": [0, 2, 0, 2],
    }
    assert [cell.value for cell in table.total.cells] == [1, 2, 1, 4]
    for line in (*table.lines, table.total):
        for cell in line.cells:
            assert len(reactions.people_behind(asked, cell.row, cell.column)) == cell.value


@pytest.mark.requirement("S51")
def test_the_office_follows_every_number_and_publishes_without_small_ones(floor, client_as):
    for _ in range(2):
        floor.report(floor.observed(), first_class="1")
    floor.screen(floor.check_in(), celsius=Decimal("38.2"))
    town, page_at = client_as(floor.cast.town), reverse("reports:reactions")
    page = town.get(page_at)
    links = page.content.decode().replace("&amp;", "&").split('href="')
    cases = next(link.split('"')[0] for link in links if "first_class=1" in link)
    assert town.get(cases).context["table"].paginator.count == 2
    names = next(link.split('"')[0] for link in links if "column=defer" in link)
    assert town.get(names).context["table"].paginator.count == 1
    public = town.get(page_at, {"public": "1"}).content.decode()
    assert '<td class="num">*</td>' in public and "first_class" not in public and ">2</a>" not in public
    book = load_workbook(BytesIO(town.get(reverse("reports:reactions_file")).content))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "*" in cells and not cells & set(AdverseEvent.objects.values_list("code", flat=True))
    assert client_as(floor.cast.cadre01).get(page_at).status_code == 403
    assert town.get(reverse("reports:refused")).status_code == 404


def test_the_neighbour_sees_none_of_our_cases(floor, client_as):
    floor.report(floor.observed(), first_class="1")
    other = client_as(floor.cast.othertown)
    assert other.get(reverse("reports:reactions"), {"place": floor.site.place.code}).status_code == 404
    listed = other.get(reverse("clinic:aefi"), {"place": floor.site.place.code})
    assert listed.context["table"].paginator.count == 0
