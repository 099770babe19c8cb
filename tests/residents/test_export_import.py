"""What is exported goes back in by an import and changes nothing, whoever the people are."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import PriorityGroup
from core.sheets import read
from core.xlsx import stream
from inventory.models import Vaccine
from residents.choices import NotVaccinatedReason, PhoneOwner, Residence
from residents.fields import FIELDS, key_of
from residents.models import Resident
from residents.services.census_checking import check_rows
from residents.services.census_interpreting import Interpreter
from residents.services.census_keeping import Keeper
from residents.services.census_numberless import settle
from residents.services.census_reading import read_file
from residents.services.export import FORM, form_lines
from residents.services.people import put_people
from residents.services.persons import DoseValues, clean_values
from residents.words import NOTHING
from tests.factories.people import id_number
from tests.walks import examples

TODAY = date(2026, 11, 21)
_HAN = "王李欧阳娜伟𠮷𬬻㛃䶮堃喆〇"
names = st.one_of(
    st.text(_HAN, min_size=2, max_size=6),
    st.sampled_from(["买买提·吐尔逊", "O'Neil Sean", "阿卜杜拉·阿·巴图", "Anna-Lena Ä"]),
)
texts = st.one_of(
    st.just(""),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"]), max_size=12
    ),
    st.sampled_from(
        ["=1+1", "-3", "+86", "@张三", "001", "1.0", "2021.6.1", "'x", "无", "合计", "5E3", "3组"]
    ),
)
documents = st.one_of(
    st.tuples(st.just("01"), st.none()),
    st.tuples(st.just("02"), st.none()),
    st.tuples(st.just("03"), st.from_regex(r"E[A-H]\d{7}", fullmatch=True)),
    st.tuples(st.just("06"), st.from_regex(r"H\d{8}", fullmatch=True)),
    st.tuples(st.just("07"), st.from_regex(r"[1-9]\d{7}", fullmatch=True)),
    st.tuples(st.just("B1"), st.from_regex(r"[A-Z]\d{9}", fullmatch=True)),
    st.tuples(st.just("99"), st.from_regex(r"[A-Z0-9]{2,12}", fullmatch=True)),
    st.tuples(st.just("N0"), st.none()),
)
births = st.dates(date(1930, 1, 1), date(2020, 12, 31))
WRITTEN = ("grid", "group_no", "relation_to_head", "hukou_address", "address", "away_place", "workplace")
MORE = (
    "school_class",
    "occupation",
    "conditions",
    "special_needs",
    "guardian_name",
    "responsible_name",
    "note",
)


@st.composite
def raw_people(draw) -> list[dict]:
    people = []
    for at in range(draw(st.integers(1, 5))):
        id_type, number = draw(documents)
        birth, sex = draw(births), draw(st.sampled_from("MF"))
        if id_type in ("01", "02"):
            number = id_number(birth, 100 + at * 2 + (sex == "M"))
        raw = {"name": draw(names), "sex": sex, "birth_date": birth, "id_type": id_type, "number": number}
        raw |= {key: draw(texts) for key in (*WRITTEN, *MORE)}
        raw["household_no"] = draw(st.sampled_from(["", "001", "12", "A-3"]))
        raw["phone"] = draw(st.sampled_from(["", "13812345678", "0477-4212345"]))
        raw["phone_owner"] = draw(st.sampled_from(["", *PhoneOwner.values]))
        raw["residence"] = draw(st.sampled_from(Residence.values))
        raw["willing"] = draw(st.sampled_from([None, True, False]))
        raw["not_vaccinated_reason"] = draw(st.sampled_from(["", *NotVaccinatedReason.values]))
        raw["nationality"] = draw(st.sampled_from(["", "156", "840", "036"]))
        raw["groups"] = draw(st.sets(st.integers(0, 8), max_size=3))
        raw["doses"] = draw(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 50)), max_size=5))
        if id_type == "N0":
            raw |= {"no_document_reason": "遗失", "guarantor": "村主任"}
        people.append(raw)
    return people


def _values(raw: dict, village, groups, vaccines):
    raw = dict(raw)
    chosen = [groups[at % len(groups)] for at in sorted(raw.pop("groups"))]
    days = {TODAY - timedelta(days=ago): vaccines[which % len(vaccines)] for ago, which in raw.pop("doses")}
    values, _ = clean_values(raw, village=village, today=TODAY, priority_groups=dict.fromkeys(chosen))
    if values is None:
        return None
    first = values.birth_date
    values.doses = tuple(
        DoseValues(day, vaccine, "旗医院") for day, vaccine in sorted(days.items()) if day >= first
    )
    return values


def _said(person) -> dict:
    """What a person's row says: words for nothing say nothing, and which groups, not in which order."""
    said = {
        name: "" if value in NOTHING else value
        for name, value in ((one.name, getattr(person, one.name)) for one in fields(person))
        if isinstance(value, str | bool | date | None) and name != "phone_owner"
    }
    said["documents"] = [(d.id_type, d.number, d.reason, d.guarantor) for d in person.documents]
    said["doses"] = [(dose.given_on, dose.vaccine) for dose in person.doses]
    said["groups"] = {group.code for group in person.priority_groups}
    return said


class _Undone(Exception):
    """Rolls back what one example wrote."""


@pytest.mark.requirement("S11")
@settings(max_examples=examples(60))
@given(raws=raw_people())
def test_export_and_import_change_nothing(raws, town, campaign, tmp_path):
    groups = list(PriorityGroup.objects.filter(campaign=None).order_by("code"))
    vaccines = list(Vaccine.objects.filter(disease="COVID").order_by("code"))
    people, seen = [], set()
    for raw in raws:
        values = _values(raw, town.village, groups, vaccines)
        who = values and (values.name, values.sex, values.birth_date, values.documents[0].digest)
        if (
            values
            and who not in seen
            and values.documents[0].digest not in {one[3] for one in seen if one[3]}
        ):
            seen.add(who)
            people.append(values)
    try:
        with transaction.atomic():
            numberless = [one for one in people if not one.documents[0].number]
            settle(numberless, today=TODAY, allot=True)
            put_people(people, actor=None, campaign=campaign, today=TODAY)
            path = tmp_path / "out.xlsx"
            stream(path, FORM, form_lines(Resident.objects.all(), campaign, len(people)))
            rows = read_file(path).rows
            interpreter = Interpreter(place=town.village, campaign=campaign, today=TODAY)
            checked = check_rows(rows, interpreter=interpreter)
            found = [(row.state, row.cells, row.problems) for row in checked if row.state != "unchanged"]
            assert found == []
            assert len(checked) == Resident.objects.count() == len(people)
            read_back = [interpreter.person(row.cells)[0] for row in rows]
            assert [_said(one) for one in read_back] == [_said(one) for one in people]
            keeper = Keeper(interpreter)
            kept = [None, *read_back, None]  # rows that were not understood keep their places
            assert keeper.people(keeper.text(kept)) == kept
            raise _Undone
    except _Undone:
        pass


def test_every_product_comes_back_as_itself(town, campaign, tmp_path):
    vaccines = list(Vaccine.objects.filter(disease="COVID").order_by("code"))
    people = []
    for at, vaccine in enumerate(vaccines):
        raw = {"name": "王伟", "number": id_number(date(1980, 5, 1), 2 * at + 1)}
        values, _ = clean_values(raw, village=town.village, today=TODAY)
        values.doses = (DoseValues(date(2021, 6, 1), vaccine),)
        people.append(values)
    put_people(people, actor=None, campaign=campaign, today=TODAY)
    path = tmp_path / "out.xlsx"
    stream(path, FORM, form_lines(Resident.objects.order_by("pk"), campaign, len(people)))
    interpreter = Interpreter(place=town.village, campaign=campaign, today=TODAY)
    found = [interpreter.person(row.cells)[0].doses[0].vaccine for row in read_file(path).rows]
    assert found == vaccines


def test_words_of_the_village_are_read_or_answered(town, campaign):
    interpreter = Interpreter(place=town.village, campaign=campaign, today=TODAY)
    row = {"name": "王伟", "number": id_number(date(1980, 5, 1), 1)}
    values, problems = interpreter.person(row | {"dose1_on": "21.6.1北京生物"})
    assert (values.doses[0].given_on, values.doses[0].vaccine.platform) == (date(2021, 6, 1), "INACTIVATED")
    values, problems = interpreter.person(row | {"residence": "死亡"})
    assert values is None
    assert [(one.code, "移出" in one.message) for one in problems] == [("RESIDENCE_GONE", True)]


def test_the_file_has_the_columns_of_the_form_and_no_formula(town, campaign, tmp_path, today):
    raw = {"name": "王伟", "number": id_number(date(1980, 5, 1), 1), "note": '=HYPERLINK("http://x")'}
    values, _ = clean_values(raw, village=town.village, today=today)
    put_people([values], actor=None, campaign=campaign, today=today)
    path = tmp_path / "out.xlsx"
    stream(path, FORM, form_lines(Resident.objects.all(), campaign, 1))
    [sheet] = read(path)
    assert [key_of(title) for title in sheet.rows[0].cells] == [field.key for field in FIELDS]
    assert '=HYPERLINK("http://x")' in sheet.rows[1].cells
