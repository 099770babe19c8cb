"""Who is on the register and not in the file that came in."""

import pytest
from django.urls import reverse
from django.utils import timezone

from residents.absent import absent
from residents.models import Resident
from residents.services import census as service
from residents.services import rosters
from residents.services.register import remove_resident
from tests.factories.residents import register_person
from tests.residents.census_files import number, simple, workbook


@pytest.fixture
def sent(cast, town, campaign, today):
    """``sent(content, commit=…)``: a file for the first village, for the township, or of an organisation."""

    def run(content, *, place=None, organisation=None, commit=True):
        actor = cast.employer if organisation else cast.town
        census = service.take_in(
            content=content,
            file_name="名单.xlsx",
            place=place or town.village,
            campaign=campaign,
            actor=actor,
            organisation=organisation,
        )
        service.check(census, today=today)
        if commit:
            service.commit(census, actor=actor, now=timezone.now(), today=today)
        return census

    return run


def names(census):
    return set(absent(census).values_list("name", flat=True))


@pytest.mark.requirement("S110")
def test_the_page_names_whom_the_list_of_a_village_leaves_out(sent, town, today, cast, client_as):
    register_person(town.village, today, name="在名单上", number=number(1))
    register_person(town.village, today, name="漏掉的人")
    register_person(town.villages[1], today, name="邻村的人")
    gone = register_person(town.village, today, name="迁走的人")
    remove_resident(resident=gone, actor=cast.town, removal="moved_out", on=today, today=today)
    file = simple({"姓名": "在名单上", "身份证号": number(1)}, {"姓名": "新来的", "身份证号": number(2)})
    census = sent(file, commit=False)
    assert names(census) == {"漏掉的人"}
    service.commit(census, actor=cast.town, now=timezone.now(), today=today)
    assert Resident.objects.filter(name="新来的").exists() and names(census) == {"漏掉的人"}
    client, url = client_as(cast.cadre01), reverse("residents:import_absent", args=[census.uid])
    page = client.get(url).text
    assert "漏掉的人" in page and "邻村的人" not in page and "新来的</a>" not in page
    assert url in client.get(census.get_absolute_url()).text


def test_a_list_of_the_township_is_about_the_villages_it_has(sent, town, today):
    for village, name in zip(town.villages, ("漏一", "漏二", "没有报的村"), strict=True):
        register_person(village, today, name=name)
    people = [[["姓名", "身份证号"], [name, number(n)]] for n, name in enumerate(("甲一", "乙一"), 1)]
    file = workbook(*people, names=[village.name for village in town.villages[:2]])
    assert names(sent(file, place=town.town)) == {"漏一", "漏二"}


def test_a_list_of_an_employer_is_about_its_own_roster(sent, employer, town, today, cast):
    here, left_out = (register_person(town.village, today, name=n) for n in ("在岗的", "没报的"))
    register_person(town.village, today, name="村里别人")
    for one in (here, left_out):
        rosters.add_to_roster(organisation=employer, resident=one, actor=None, today=today)
    row = {"姓名": here.name, "身份证号": here.primary_identifier.number}
    assert names(sent(simple(row), organisation=employer)) == {"没报的"}
