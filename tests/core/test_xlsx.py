"""Workbooks we write, read back by both readers."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.conf import settings

from core import sheets, xlsx
from core.xlsx import Column, Ratio, Sheet

COLUMNS = [
    Column("place", "村(社区)", width=16),
    Column("target", "目标人数", group="首剂", format="int", total="sum"),
    Column("done", "已接种", group="首剂", format="int", total="sum"),
    Column("rate", "接种率", format="percent", total=Ratio("done", "target")),
    Column("seen", "更新时间", format="datetime"),
]
ROWS = [
    {"place": "甲村", "target": 1000, "done": 986, "rate": 0.986},
    {"place": "乙村", "target": 500, "done": 0, "rate": 0, "seen": datetime(2026, 11, 21, 8, 0)},
]
REPORT = Sheet(
    "日报",
    COLUMNS,
    ROWS,
    title="接种日报",
    unit="人",
    cut_off="2026-11-21 16:00",
    filled_by="某某镇",
    footer_lines=["审核人:          填报人:"],
    highlight=lambda row: "bad" if row["rate"] < 0.5 else None,
    note=lambda row, key: "请核对" if key == "rate" and not row["done"] else None,
)


def opened(*sheets_, **kwargs):
    return openpyxl.load_workbook(io.BytesIO(xlsx.build(list(sheets_), **kwargs)))


def test_a_report_has_title_two_header_rows_body_totals_and_footer():
    ws = opened(REPORT)["日报"]
    assert ws["A1"].value == "接种日报"
    assert ws["A2"].value == "填报单位:某某镇    截止时间:2026-11-21 16:00    单位:人"
    assert [cell.value for cell in ws[3]] == ["村(社区)", "首剂", None, "接种率", "更新时间"]
    assert [cell.value for cell in ws[4]][1:3] == ["目标人数", "已接种"]
    assert {"A1:E1", "A2:E2", "A3:A4", "B3:C3", "D3:D4", "E3:E4"} <= {str(r) for r in ws.merged_cells.ranges}
    assert [cell.value for cell in ws[5]] == ["甲村", 1000, 986, 0.986, None]
    assert [cell.value for cell in ws[7]] == [
        "合计",
        "=SUM(B5:B6)",
        "=SUM(C5:C6)",
        '=IF(B7=0,"",C7/B7)',
        None,
    ]
    assert ws["A8"].value.startswith("审核人")


def test_numbers_have_formats_and_the_page_is_ready_to_print():
    ws = opened(REPORT)["日报"]
    assert [ws[f"{c}5"].number_format for c in "BD"] == ["#,##0", "0.0%"]
    assert ws["D7"].number_format == "0.0%"
    assert ws["E6"].value == datetime(2026, 11, 21, 8, 0)
    assert ws.freeze_panes == "B5"
    assert ws.print_area == "'日报'!$A$1:$E$8"
    assert ws.print_title_rows == "$3:$4"
    assert (ws.page_setup.orientation, str(ws.page_setup.paperSize)) == ("landscape", "9")
    assert ws.sheet_properties.pageSetUpPr.fitToPage
    assert (ws.page_setup.fitToWidth, ws.page_setup.fitToHeight) == (1, 0)
    assert "&P" in ws.oddFooter.center.text


def test_rows_are_tinted_and_cells_carry_notes():
    ws = opened(REPORT)["日报"]
    assert ws["A6"].fill.start_color.rgb == "FFF8D7DA"
    assert ws["A5"].fill.fill_type is None
    assert ws["D6"].comment.text == "请核对"
    assert ws["D5"].comment is None


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", '=HYPERLINK("x")'])
def test_text_is_never_a_formula(text, tmp_path):
    column = Column("remark", "备注", format="general")
    ws = opened(Sheet("表", [column], [{"remark": text}]))["表"]
    assert (ws["A2"].value, ws["A2"].data_type, ws["A2"].quotePrefix) == (text, "s", True)
    xlsx.stream(tmp_path / "a.xlsx", [column], [{"remark": text}])
    ws = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (ws["A2"].value, ws["A2"].data_type) == (text, "s")


def test_identity_numbers_stay_whole_and_rubbish_characters_go():
    row = {"number": "110105194912310021", "name": "王\x00伟\x0b\ud800𠮷", "as_int": 150622199001011234}
    columns = [Column("number", "证件号码"), Column("name", "姓名"), Column("as_int", "号码")]
    (read,) = sheets.read_bytes(xlsx.build([Sheet("表", columns, [row])]))
    assert read.rows[1].cells == ["110105194912310021", "王伟𠮷", "150622199001011234"]


def test_aware_times_are_written_in_township_time():
    columns = [Column("at", "时间", format="datetime")]
    ws = opened(Sheet("表", columns, [{"at": datetime(2026, 11, 21, 8, 0, tzinfo=UTC)}]))["表"]
    assert settings.TIME_ZONE == "Asia/Shanghai"
    assert ws["A2"].value == datetime(2026, 11, 21, 16, 0)


def test_totals_of_nothing_are_zero():
    ws = opened(Sheet("表", COLUMNS, []))["表"]
    assert [cell.value for cell in ws[3]][:3] == ["合计", 0, 0]


def test_templates_offer_drop_downs_short_and_long():
    columns = [
        Column("sex", "性别", choices=["男", "女"], note="按证件填写"),
        Column("village", "村", choices=[f"第{n}村民委员会" for n in range(60)]),
    ]
    book = opened(Sheet("模板", columns, [], blank_rows=100))
    ws = book["模板"]
    rules = {str(rule.sqref): rule.formula1 for rule in ws.data_validations.dataValidation}
    assert rules == {"A2:A102": '"男,女"', "B2:B102": "'选项'!$A$1:$A$60"}
    assert book["选项"].sheet_state == "hidden"
    assert book["选项"]["A60"].value == "第59村民委员会"
    assert ws["A50"].number_format == "@"
    assert ws["A1"].comment.text == "按证件填写"


def test_several_sheets_with_names_made_harmless(tmp_path):
    other = Sheet("甲/乙:丙", [Column("a", "甲")], [], portrait=True)
    book = opened(REPORT, other, path=tmp_path / "b.xlsx")
    assert book.sheetnames == ["日报", "甲_乙_丙"]
    assert (tmp_path / "b.xlsx").stat().st_size > 0


def test_mistakes_in_a_description_are_told():
    with pytest.raises(ValueError, match="format"):
        Column("a", "甲", format="number")
    with pytest.raises(ValueError, match="distinct"):
        xlsx.build([Sheet("表", [Column("a", "甲"), Column("a", "乙")], [])])
    with pytest.raises(ValueError, match="needs a sheet"):
        xlsx.build([])


def test_streaming_writes_every_row(tmp_path):
    columns = [
        Column("n", "序号", format="int"),
        Column("on", "日期", format="date"),
        Column("id", "证件号码"),
    ]
    rows = ({"n": n, "on": date(2026, 11, 21), "id": f"{n:018d}"} for n in range(2500))
    assert xlsx.stream(tmp_path / "list.xlsx", columns, rows) == 2500
    (read,) = sheets.read(tmp_path / "list.xlsx")
    assert read.rows[0].cells == ["序号", "日期", "证件号码"]
    assert read.rows[-1].cells == [2499.0, date(2026, 11, 21), "000000000000002499"]


def test_streamed_cells_hold_what_they_were_given(tmp_path):
    columns = [Column(format, format, format=format) for format in xlsx.FORMATS]
    times = datetime(2026, 3, 4, 5, 6, 0, tzinfo=UTC)
    rows = [
        {
            "general": " 前后空格 ",
            "text": "两\n行",
            "int": 1234567,
            "date": date(1950, 2, 3),
            "datetime": times,
        },
        {"general": True, "text": 150622199001011234, "decimal": 2.5, "percent": 0.25, "int": "无"},
        {"general": "<甲> & 乙", "text": "x" * 40_000, "decimal": float("nan"), "date": date(1900, 1, 1)},
        {"general": "", "text": "甲\x00\ud800𠮷\r", "int": None},
    ]
    assert xlsx.stream(tmp_path / "a.xlsx", columns, rows) == 4
    ws = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    read = [dict(zip(xlsx.FORMATS, cells, strict=True)) for cells in ws.iter_rows(min_row=2)]
    assert [cell.value for cell in (read[0]["general"], read[0]["text"])] == [" 前后空格 ", "两\n行"]
    assert read[0]["int"].number_format == "#,##0" and read[0]["int"].value == 1234567
    assert read[0]["date"].value == datetime(1950, 2, 3) and read[0]["date"].number_format == "yyyy-mm-dd"
    assert read[0]["datetime"].value == datetime(2026, 3, 4, 13, 6)
    assert [read[1][name].value for name in ("general", "text", "int")] == [True, "150622199001011234", "无"]
    assert (read[1]["decimal"].value, read[1]["percent"].number_format) == (2.5, "0.0%")
    assert (read[2]["general"].value, read[2]["decimal"].value) == ("<甲> & 乙", "nan")
    assert (len(read[2]["text"].value), read[2]["date"].value) == (32_767, datetime(1900, 1, 1))
    assert [read[3][name].value for name in ("general", "text", "int")] == [None, "甲𠮷\r", None]
    assert ws.auto_filter.ref == "A1:I5" and ws["A1"].font.bold and ws.freeze_panes == "A2"


def test_file_names():
    assert xlsx.file_name("某某镇", "接种 日报/县", date(2026, 11, 21)) == "某某镇_接种日报县_2026-11-21.xlsx"


def test_formulas_bring_their_value_for_viewers_that_do_not_compute():
    columns = [
        Column("place", "村"),
        Column("done", "已种", format="int", total="sum"),
        Column("people", "应种", format="int", total="sum"),
        Column("rate", "率", format="percent", total=Ratio("done", "people")),
    ]
    rows = ({"place": f"{n}村", "done": n, "people": 4} for n in (1, 2))  # read once
    other = [{"done": 5, "people": 5}, {"done": 1, "people": 5}]  # the same cells, other values
    content = xlsx.build([Sheet("一", columns, rows), Sheet("二", columns, []), Sheet("三", columns, other)])

    def last(book, name):
        return next(cells for cells in book[name].iter_rows(values_only=True) if cells[0] == "合计")

    formulas = openpyxl.load_workbook(io.BytesIO(content))
    assert last(formulas, "一") == ("合计", "=SUM(B2:B3)", "=SUM(C2:C3)", '=IF(C4=0,"",B4/C4)')
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert last(shown, "一") == ("合计", 3, 8, 0.375)
    assert last(shown, "二") == ("合计", 0, 0, None)
    assert last(shown, "三") == ("合计", 6, 10, 0.6)


def test_a_rate_of_sums_may_leave_out_rows_without_a_base():
    columns = [
        Column("place", "村"),
        Column("done", "完成", format="int", total="sum"),
        Column("task", "任务", format="int", total="sum"),
        Column("rate", "率", format="percent", total=Ratio("done", "task", only_with=True)),
    ]
    rows = [{"done": 3, "task": 4}, {"done": 9, "task": None}, {"done": 1, "task": 0}]
    content = io.BytesIO(xlsx.build([Sheet("一", columns, rows), Sheet("二", columns, [])]))
    assert list(openpyxl.load_workbook(content)["一"].values)[-1][-1] == (
        '=IF(C5=0,"",SUMIF(C2:C4,">0",B2:B4)/C5)'
    )
    shown = openpyxl.load_workbook(content, data_only=True)
    assert [list(shown[name].values)[-1][-1] for name in "一二"] == [0.75, None]


def test_who_takes_it_is_named_under_the_title_and_on_every_printed_page():
    sheet = Sheet("名单", [Column("name", "姓名")], [{"name": "甲"}], title="名单", stamp=xlsx.STAMP)
    taken = openpyxl.load_workbook(io.BytesIO(xlsx.stamp(xlsx.build([sheet]), "王<三> & 李 下载")))["名单"]
    assert [cell.value for cell in taken["A"]] == ["名单", "王<三> & 李 下载", "姓名", "甲"]
    assert taken.oddHeader.right.text == "王<三> && 李 下载"


def test_a_row_is_high_enough_for_its_longest_cell():
    columns = [
        Column("for", "面向的村(社区)和单位", width=10),
        Column("n", "数", width=6, format="int", group="组"),
    ]
    rows = [{"for": "聚心社区、暖水村委会", "n": 1}, {"for": "不限", "n": 2}]
    ws = openpyxl.load_workbook(io.BytesIO(xlsx.build([Sheet("一", columns, rows)])))["一"]
    assert [ws.row_dimensions[n].height for n in (1, 2, 3, 4)] == [16.5, 33, 49.5, None]


def test_a_list_of_people_is_signed_also_when_it_was_built_without():
    content = xlsx.build([Sheet("名单", [Column("name", "姓名")], [{"name": "甲"}])])
    ws = openpyxl.load_workbook(io.BytesIO(xlsx.signed(content, "下载人:王")))["名单"]
    assert (ws.oddHeader.right.text, ws.oddFooter.center.text) == ("下载人:王", "第 &P 页 共 &N 页")
    assert [cell.value for cell in ws["A"]] == ["姓名", "甲"]


def test_columns_are_as_wide_as_their_largest_number_and_its_sum():
    columns = [
        Column("n", "数", width=5, format="int", total="sum"),
        Column("rate", "率", width=5, format="percent"),
        Column("on", "日期", width=8, format="date"),
        Column("word", "情况", width=18),
        Column("hand", "签字", width=18),
    ]
    rows = [{"n": 1_234_567, "rate": 12.345, "on": date(2026, 1, 1), "word": "未到期 第2剂 12-14起"}] * 9
    ws = opened(Sheet("表", columns, rows))["表"]
    widths = [ws.column_dimensions[letter].width for letter in "ABCDE"]
    assert widths[0] > len("11,111,103") and widths[1] > len("1234.5%") and widths[2] >= 12
    assert ws.row_dimensions[2].height is None  # the status on one line
    assert widths[4] == 18  # to be written in by hand


def test_a_text_longer_than_the_highest_row_goes_on_in_the_next():
    columns = [Column("n", "数", format="int", total="sum"), Column("words", "议定事项", width=30)]
    text = "各村每天晚上八点前报第二天的名单,行动不便的老人由村里安排车。" * 60
    ws = opened(Sheet("表", columns, [{"n": 1, "words": text}, {"n": 2, "words": "短"}]))["表"]
    pieces = [cell.value for cell in ws["B"][1:-1]]
    assert len(pieces) > 3 and "".join(pieces) == f"{text}短"
    assert [cell.value for cell in ws["A"][1:] if cell.value] == [1, 2, "合计"]
    assert all(row.height <= 409 for row in ws.row_dimensions.values() if row.height)


def test_an_empty_list_says_so():
    ws = opened(Sheet("名单", [Column("name", "姓名")], [], title="名单"))["名单"]
    assert [cell.value for cell in ws["A"]] == ["名单", "姓名", "(没有记录)"]


def test_a_flat_list_says_above_each_printed_page_what_it_is_and_who_took_it(tmp_path):
    columns = [Column("name", "姓名")]
    xlsx.stream(tmp_path / "a.xlsx", columns, [{"name": "=甲"}], heading="某镇 & 名单", taken="下载人:王")
    content = (tmp_path / "a.xlsx").read_bytes()
    for book in (content, xlsx.signed(content, "下载人:王")):
        ws = openpyxl.load_workbook(io.BytesIO(book)).active
        assert (ws.oddHeader.left.text, ws.oddHeader.right.text) == ("某镇 && 名单", "下载人:王")
        assert ws.print_title_rows == "$1:$1" and ws.page_setup.fitToWidth == 1
        assert ws["A2"].data_type == "s"
    later = xlsx.signed(content, "下载人:李")
    assert openpyxl.load_workbook(io.BytesIO(later)).active.oddHeader.right.text == "下载人:李"
