"""Columns and sheets that nobody can tell: asked once, remembered for the township."""

import pytest

from core.errors import RuleBroken
from core.models import AuditEvent
from residents.choices import ImportState
from residents.models import CensusImport, HeaderMemory, Resident
from residents.services import census as service
from residents.services import census_headers
from residents.services.census_ground import ground_of
from tests.residents.census_files import number, said_of, simple, workbook


@pytest.fixture
def checked(cast, town, campaign, today):
    """``checked(content, place, user)``: taken in and checked."""

    def run(content, place=None, user=None):
        census = service.take_in(
            content=content,
            file_name="摸排.xlsx",
            place=place or town.village,
            campaign=campaign,
            actor=user or cast.cadre01,
        )
        service.check(census, today=today)
        return census

    return run


def odd(*people):
    return simple(*({"姓名": "王伟", "身份证号": number(n), "家里座机": phone} for n, phone in people))


@pytest.mark.requirement("S11")
def test_what_a_column_means_is_said_once_for_all_villages_of_the_township(checked, cast, town, today):
    census = checked(odd((1, "0477-4212345")))
    [column] = census.questions["columns"]
    assert (column["title"], column["where"], column["field"]) == ("家里座机", "C", None)
    assert "家里座机" in census.message
    census_headers.answer(census, columns={column["header"]: "phone"}, sheets={}, actor=cast.cadre01)
    assert census.state == ImportState.CHECKING
    service.check(census, today=today)
    assert census.state == ImportState.CHECKED
    assert "家里座机" not in census.message
    service.commit(census, actor=cast.cadre01, now=census.created_at, today=today)
    assert Resident.objects.get().phone == "0477-4212345"
    assert census.stored_as == ""

    other = checked(odd((2, "0477-4212346")), town.villages[1], cast.cadre02)
    assert other.questions["columns"][0]["field"] == "phone"
    assert "phone" in said_of(other)
    stranger = checked(odd((3, "0477-4212347")), town.other_villages[0], cast.othercadre)
    assert stranger.questions["columns"][0]["field"] is None


def test_a_memory_is_changed_and_forgotten(checked, cast, town, today):
    census = checked(odd((1, "0477-4212345")))
    header = census.questions["columns"][0]["header"]

    def said(field):
        census_headers.answer(census, columns={header: field}, sheets={}, actor=cast.cadre01)
        service.check(census, today=today)
        return said_of(census)

    assert "phone" in said("phone")
    assert "note" in said("note")
    assert "4212345" not in str(said(""))
    assert HeaderMemory.objects.get().field == ""
    assert census.message == ""
    said(None)
    assert not HeaderMemory.objects.exists()
    assert "家里座机" in census.message
    actions = AuditEvent.objects.filter(action__startswith="census.header").values_list("action", flat=True)
    assert sorted(actions) == ["census.header_forgotten", *["census.header_remembered"] * 3]


def test_also_the_column_of_names_may_be_called_anything(checked, cast, today):
    content = simple({"户籍人": "王伟", "身份证号": number(1), "性别": "男", "电话": "13800000001"})
    with pytest.raises(RuleBroken, match="没有认出哪一列是“姓名”"):
        checked(content)
    census = CensusImport.objects.get()
    assert census.state == ImportState.FAILED
    [column] = census.questions["columns"]
    census_headers.answer(census, columns={column["header"]: "name"}, sheets={}, actor=cast.cadre01)
    service.check(census, today=today)
    assert (census.state, census.counts["create"]) == (ImportState.CHECKED, 1)


def test_two_columns_cannot_mean_the_same(checked, cast):
    census = checked(simple({"姓名": "王伟", "身份证号": number(1), "甲": "a", "乙": "b"}))
    columns = {column["header"]: "note" for column in census.questions["columns"]}
    with pytest.raises(RuleBroken) as refused:
        census_headers.answer(census, columns=columns, sheets={}, actor=cast.cadre01)
    assert refused.value.code == "FIELD_TWICE"
    assert not HeaderMemory.objects.exists()


def test_a_second_column_of_the_same_kind_is_said(checked):
    census = checked(simple({"姓名": "王伟", "身份证号": number(1), "电话": "13800000001", "手机": "1"}))
    assert "同一内容有两列,只导入了前一列,没有导入:手机" in census.message


@pytest.mark.parametrize(
    "name",
    [
        "曙光社区",
        "曙光",
        "曙光居委会",
        "曙光社区居民委员会",
        "迎泽街道曙光社区",
        "1.曙光社区",
        "曙光社区摸排登记表(12月)",
    ],
)
def test_a_village_is_known_by_every_name_in_use(town, name):
    assert ground_of(town.town).village_of_sheet(name) == town.village
    assert ground_of(town.village).village_of_sheet(name) == town.village
    assert ground_of(town.villages[1]).other_village_of_sheet(name) == town.village


@pytest.mark.parametrize("name", ["曙光村", "曙光村委会", "曙光乡曙光村", "曙光"])
def test_a_village_may_be_called_like_its_township(town, name):
    town.town.name = "曙光乡"
    town.town.save()
    assert ground_of(town.town).village_of_sheet(name) == town.village


def test_a_sheet_that_tells_no_village_is_asked_about(checked, cast, town, today):
    header = ["姓名", "身份证号"]
    content = workbook(
        [header, ["王伟", number(1)]],
        [header, ["李娜", number(2)]],
        [header, ["刘洋", number(3)]],
        names=["曙光居委会名单", "第二组", "旧表"],
    )
    census = checked(content, town.town, cast.town)
    assert census.questions["sheets"] == ["第二组", "旧表"]
    assert census.counts["rejected"] == 2
    with pytest.raises(RuleBroken) as refused:
        outside = {"第二组": town.other_villages[0].code}
        census_headers.answer(census, columns={}, sheets=outside, actor=cast.town)
    assert refused.value.code == "VILLAGE_OUTSIDE"
    answer = {"第二组": town.villages[1].code, "旧表": ""}
    census_headers.answer(census, columns={}, sheets=answer, actor=cast.town)
    service.check(census, today=today)
    assert (census.counts["rows"], census.counts["create"]) == (2, 2)
    service.commit(census, actor=cast.town, now=census.created_at, today=today)
    assert Resident.objects.get(name="李娜").village == town.villages[1]


def test_a_cadre_cannot_put_the_sheet_of_another_village_into_the_own(checked, town):
    header = ["姓名", "身份证号"]
    content = workbook(
        [header, ["王伟", number(1)]], [header, ["李娜", number(2)]], names=["Sheet1", "南山社区"]
    )
    census = checked(content)
    assert {row.sheet: row.state for row in census.rows.all()} == {"Sheet1": "create", "南山社区": "rejected"}
    assert "请交南山社区导入" in census.rows.get(sheet="南山社区").problems[0]["message"]
