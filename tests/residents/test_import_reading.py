"""Headers, merged cells, totals: what of a sheet is a person."""

import pytest

from core.errors import RuleBroken
from residents.fields import FIELDS, key_of
from residents.services.census_reading import read_content
from tests.residents.census_files import HEADER, comma_separated, number, the_office_file, workbook


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("身份证号码(18位)", "number"),
        (" *姓 名 ", "name"),
        ("外出地(省市县)", "away_place"),
        ("第一剂接种时间", "dose1_on"),
        ("第2针 地点", "dose2_place"),
        ("第一针时间及地点", "dose1_on"),
        ("第二针接种日期、疫苗厂家", "dose2_on"),
        ("第二针预约时间", None),
        ("社别", "group_no"),
        ("第三次生产企业", "dose3_vaccine"),
        ("加强针日期", "booster1_on"),
        ("加强2厂家", "booster2_vaccine"),
        ("疫苗种类(灭活/腺病毒/重组)", "vaccine"),
        ("政治面貌", None),
    ],
)
def test_headers_are_known_by_what_offices_call_them(title, key):
    assert key_of(title) == key


def test_every_title_of_the_form_is_known_to_the_import():
    assert [key_of(known.full_title) for known in FIELDS] == [known.key for known in FIELDS]


def test_the_office_file_is_read_row_by_row_with_the_numbers_the_user_sees():
    reading = read_content(the_office_file())
    assert [row.number for row in reading.rows] == [5, 6, 7, 8, 9, *range(11, 18), 19, 20, 21, 22]
    by_number = {row.number: row.cells for row in reading.rows}
    assert (by_number[7]["village"], by_number[7]["group_no"], by_number[7]["household_no"]) == (
        "曙光社区",
        "1组",
        "001",
    )
    assert by_number[5]["dose1_on"] == "2021.6.1"
    assert by_number[5]["dose1_place"] == "旗医院"
    assert reading.unknown_columns == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_offices(encoding):
    rows = [
        HEADER,
        ["1", "曙光社区", "1", "001", "王伟", "男", number(1), "1980-05-01", "13800000001", "常住", ""],
    ]
    [row] = read_content(comma_separated(rows, encoding)).rows
    assert (row.number, row.cells["name"], row.cells["number"]) == (2, "王伟", number(1))


def test_a_sheet_without_a_list_is_passed_over_and_said():
    content = workbook(
        [["填写说明"], ["请认真填写"]],
        [["姓名", "身份证号", "政治面貌"], ["王伟", number(1), "群众"]],
        names=["说明"],
    )
    reading = read_content(content)
    assert len(reading.rows) == 1
    assert reading.remark == "不认识的列没有导入:政治面貌。没有名单的工作表没有导入:说明。"


def test_lines_that_carry_only_what_is_printed_in_advance_are_no_people():
    content = workbook(
        [HEADER, [1, "曙光社区", "1", "001", "王伟", "男", number(1)], [2, "曙光社区"], [3, "曙光社区"]]
    )
    assert [row.number for row in read_content(content).rows] == [2]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook([["姓名", "电话"], ["王伟", "13800000001"]]), "NO_HEADER"),
        (b"", "EMPTY"),
        (b"%PDF-1.7 not a sheet", "NOT_A_SHEET"),
    ],
)
def test_a_file_that_is_no_census_is_refused_in_words(content, code):
    with pytest.raises(RuleBroken) as refused:
        read_content(content)
    assert refused.value.code == code
    assert refused.value.message.endswith("。")
