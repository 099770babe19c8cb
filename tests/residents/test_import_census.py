"""From an office's file to the register: exact counts, reasons in words, nothing twice."""

import io
import json
from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from core.errors import RuleBroken
from core.models import AuditEvent
from residents.choices import ImportState, Residence
from residents.fields import BY_KEY
from residents.forms.grid import COLUMNS
from residents.models import CensusImport, Enrolment, Resident, ResidentIdentifier, VaccinationRecord
from residents.nationalities import NAMES
from residents.services import census as service
from residents.services import census_committing
from residents.services.census_interpreting import Interpreter
from residents.services.census_workbooks import error_workbook, template
from residents.services.export import FORM
from tests.residents.census_files import comma_separated, number, simple, spoiled, the_office_file, workbook


@pytest.fixture
def imported(cast, town, campaign, today):
    """``imported(content)``: take in, check and (unless told otherwise) commit into the first village."""

    def run(content, *, place=None, commit=True, campaign=campaign):
        census = service.take_in(
            content=content,
            file_name="摸排.xlsx",
            place=place or town.village,
            campaign=campaign,
            actor=cast.cadre01,
        )
        service.check(census, today=today)
        if commit:
            service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
        return census

    return run


def verdicts(census) -> dict[int, tuple[str, set[str]]]:
    return {row.number: (row.state, {p["code"] for p in row.problems}) for row in census.rows.all()}


@pytest.mark.requirement("S10")
def test_the_office_file_gives_exactly_the_right_counts(imported):
    census = imported(the_office_file(), commit=False)
    assert verdicts(census) == {
        5: ("create", set()),
        6: ("create", set()),
        7: ("create", set()),
        8: ("create", set()),
        9: ("create", set()),
        11: ("unchanged", {"ROW_REPEATED"}),
        12: ("rejected", {"ROW_CONFLICT"}),
        13: ("rejected", {"ROW_CONFLICT"}),
        14: ("rejected", {"ID_DAMAGED"}),
        15: ("rejected", {"ID_CHECK"}),
        16: ("rejected", {"ID_BIRTH_MISMATCH"}),
        17: ("rejected", {"VILLAGE_OUTSIDE"}),
        19: ("rejected", {"AWAY_PLACE", "ID_LEGACY15"}),
        20: ("create", set()),
        21: ("rejected", {"NAME"}),
        22: ("create", set()),
    }
    expected = {"rows": 16, "create": 7, "update": 0, "unchanged": 1, "review": 0, "rejected": 8}
    assert {key: census.counts[key] for key in expected} == expected
    assert not Resident.objects.exists()


def test_committing_puts_the_good_rows_on_the_register(imported, town, campaign):
    census = imported(the_office_file())
    assert census.state == ImportState.COMMITTED
    assert Resident.objects.count() == Enrolment.objects.filter(campaign=campaign).count() == 7
    zhang = Resident.objects.get(name="张敏")
    assert (zhang.sex, zhang.birth_date, zhang.phone) == ("F", date(1980, 5, 1), "13800000003")
    assert (zhang.group_no, zhang.household.number, zhang.village) == ("1", "001", town.village)
    assert zhang.identifiers.get().number == number(4)
    days = VaccinationRecord.objects.values_list("resident__name", "given_on", "vaccine__code")
    assert {name: (day, code) for name, day, code in days} == {
        **{name: (date(2021, 6, 1), "CV-UNK") for name in ("王伟", "李娜", "张敏", "刘洋", "陈静")},
        "冯玉兰": (date(2021, 6, 1), "CV-KX"),
    }
    assert Resident.objects.get(name="何芳").residence == Residence.INFLOW_OTHER


def test_the_same_file_again_changes_nothing(imported):
    imported(the_office_file())
    before = list(Resident.objects.order_by("pk").values())
    again = imported(the_office_file())
    assert (again.counts["create"], again.counts["update"], again.counts["unchanged"]) == (0, 0, 8)
    assert list(Resident.objects.order_by("pk").values()) == before
    assert VaccinationRecord.objects.count() == 6


def test_bad_rows_come_back_and_import_clean_once_corrected(imported):
    census = imported(the_office_file())
    book = load_workbook(io.BytesIO(error_workbook(service.checked_rows(census))))
    ws = book.active
    titles = {
        cell.value: cell.column for row in ws.iter_rows(min_row=2, max_row=3) for cell in row if cell.value
    }
    name, id_column, reason = titles["姓名*"], titles["证件号码*"], titles["错误原因"]
    lines = [row[0].row for row in ws.iter_rows(min_row=4) if row[reason - 1].value]
    assert len(lines) == 8
    damaged = next(line for line in lines if "Excel" in ws.cell(line, reason).value)
    assert ws.cell(damaged, id_column).fill.start_color.rgb == "FFF8D7DA"
    assert "第14行" in ws.cell(damaged, reason).value
    assert ws.cell(damaged, id_column).number_format == "@"
    people = Counter(ws.cell(line, name).value for line in lines)
    assert people["杨帆"] == 2

    fixes = {
        "赵磊": number(9),
        "孙丽": number(10),
        "周强": number(11),
        "吴霞": number(12),
        None: number(16),  # the file had a formula there
    }
    seen = set()
    for line in lines:
        who = ws.cell(line, name).value
        if who in fixes:
            ws.cell(line, id_column).value = fixes[who]
        ws.cell(line, titles["出生日期"]).value = None
        ws.cell(line, titles["村/社区"]).value = "曙光社区"
        if who is None:
            ws.cell(line, name).value = "许静"
        if who == "郑浩":
            ws.cell(line, titles["外出地"]).value = "内蒙古呼和浩特市"
        if who in seen:
            for cell in ws[line]:
                cell.value = None
        seen.add(who)
    buffer = io.BytesIO()
    book.save(buffer)
    corrected = imported(buffer.getvalue())
    assert not [row.problems for row in corrected.rows.filter(state="rejected")]
    assert (corrected.counts["rows"], corrected.counts["create"], corrected.counts["rejected"]) == (7, 7, 0)
    zheng = ResidentIdentifier.objects.get(resident__name="郑浩")
    assert (zheng.number[:14], zheng.flags) == ("15062219800501", ["ID_LEGACY15"])
    assert zheng.resident.residence == Residence.AWAY_COUNTY


def test_formulas_in_a_file_stay_text_on_their_way_back(imported):
    evil = '=HYPERLINK("http://example.invalid","点我")'
    rows = [["姓名", "身份证号", "备注"], ["@SUM(1)", number(1), evil], ["李娜", number(2), evil]]
    census = imported(comma_separated(rows, "gb18030"))
    assert Resident.objects.get(name="李娜").note == evil
    book = load_workbook(io.BytesIO(error_workbook(service.checked_rows(census))))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value in (evil, "@SUM(1)")]
    assert [cell.data_type for cell in cells] == ["s", "s"]


def test_a_row_with_an_error_is_shown_beside_the_good_one_of_its_number(imported):
    """The good one goes in; both say of each other, because only somebody who knows the people can tell who is meant."""
    census = imported(
        simple(
            {"姓名": "王伟", "身份证号": number(1)},
            {"姓名": "李娜", "身份证号": number(2)},
            {"姓名": "王伟", "身份证号": number(1), "电话": "138000"},
        )
    )
    assert verdicts(census) == {
        2: ("create", {"ROW_BESIDE"}),
        3: ("create", set()),
        4: ("rejected", {"PHONE", "ROW_BESIDE"}),
    }
    assert [row.number for row in census.rows.order_by("beside", "pk")] == [2, 4, 3]
    good, bad = census.rows.get(number=2), census.rows.get(number=4)
    assert "第4行也是这个证件号码" in good.problems[-1]["message"]
    assert "与第2行是同一个证件号码" in bad.problems[-1]["message"]
    assert (Resident.objects.count(), census.counts["warnings"]) == (2, 1)


def test_an_interrupted_commit_goes_on_where_it_stopped(imported, cast, today, monkeypatch):
    census = imported(the_office_file(), commit=False)
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 3)

    def stop_after_three(done, total, message=""):
        if done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today, step=stop_after_three)
    assert Resident.objects.count() == 3
    census.refresh_from_db()
    assert census.state == ImportState.COMMITTING
    service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
    assert Resident.objects.count() == 7
    assert (census.counts["create"], census.counts["unchanged"]) == (7, 1)
    with pytest.raises(RuleBroken) as refused:
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
    assert refused.value.code == "NOT_CHECKED"


def test_rows_are_read_again_only_when_the_ground_has_moved(imported, town, cast, today, monkeypatch):
    people = [
        {"姓名": f"王小{char}", "证件号码": number(n), "村/社区": town.village.name}
        for n, char in ((1, "一"), (2, "二"))
    ]
    asked = []
    understand = Interpreter.person
    monkeypatch.setattr(Interpreter, "person", lambda *a, **k: asked.append(1) or understand(*a, **k))

    as_it_was = imported(simple(*people[:1]))
    assert len(asked) == 1, "the check alone"
    assert not as_it_was.understood.exists(), "kept no longer than needed"

    moved = imported(simple(*people[1:]), commit=False)
    assert "王小二" in moved.understood.get().people
    town.village.name = "改名村"
    town.village.save()
    service.commit(moved, actor=cast.cadre01, now=timezone.now(), today=today)
    assert len(asked) == 3
    assert moved.rows.get().problems[-1]["code"] == "VILLAGE_OUTSIDE"
    assert not Resident.objects.filter(name="王小二").exists()


def test_rows_that_nothing_is_kept_of_are_read_again(imported, cast, today):
    """An import that an earlier version had checked, or of which another worker has just put in a part."""
    census = imported(simple({"姓名": "王小一", "证件号码": number(1)}), commit=False)
    census.understood.all().delete()
    service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
    assert Resident.objects.get().name == "王小一"


def test_blanks_are_filled_and_a_contradiction_waits(imported):
    imported(
        simple(
            {"姓名": "王伟", "身份证号": number(1), "电话": "13800000001"},
            {"姓名": "李娜", "身份证号": number(2)},
        )
    )
    census = imported(
        simple(
            {"姓名": "王伟", "身份证号": number(1), "电话": "13900000009", "职业": "农民"},
            {"姓名": "李娜", "身份证号": number(2), "电话": "13800000002"},
        )
    )
    assert verdicts(census) == {2: ("review", {"CONFLICT"}), 3: ("update", set())}
    [problem] = census.rows.get(number=2).problems
    assert (problem["column"], "138****0001" in problem["message"]) == ("联系电话", True)
    assert Resident.objects.get(name="王伟").occupation == ""
    assert Resident.objects.get(name="李娜").phone == "13800000002"


def test_people_already_there_are_enrolled_when_a_campaign_comes(imported, campaign):
    content = simple({"姓名": "王伟", "身份证号": number(1)})
    imported(content, campaign=None)
    assert not Enrolment.objects.exists()
    census = imported(content)
    assert census.counts["unchanged"] == 1
    assert Enrolment.objects.get().campaign == campaign


def test_several_sheets_one_per_village(imported, town):
    header = ["姓名", "身份证号"]
    content = workbook(
        [header, ["王伟", number(1)]],
        [header, ["李娜", number(2)]],
        [header, ["刘洋", number(3)]],
        names=["曙光", "南山社区", "别处"],
    )
    census = imported(content, place=town.town)
    assert {r.name: r.village.name for r in Resident.objects.all()} == {
        "王伟": "曙光社区",
        "李娜": "南山社区",
    }
    assert census.rows.get(sheet="别处").problems[0]["code"] == "VILLAGE_MISSING"


@pytest.mark.parametrize(
    ("said", "place", "number_", "residence"),
    [
        ("外出", "准格尔旗薛家湾镇", number(1), Residence.AWAY_TOWN),
        ("外出务工", "鄂尔多斯东胜区", number(1), Residence.AWAY_COUNTY),
        ("外出", "陕西省榆林市", number(1), Residence.AWAY_PROVINCE),
        ("外出", "美国", number(1), Residence.AWAY_ABROAD),
        ("流入", "山西省河曲县", number(1), Residence.INFLOW_OTHER),
        ("常驻", "", number(1), Residence.LOCAL_RESIDENT),
        ("流动人口", "", number(1), Residence.INFLOW_OTHER),
    ],
)
def test_everyday_words_of_coming_and_going(imported, said, place, number_, residence):
    imported(simple({"姓名": "王伟", "身份证号": number_, "人员类别": said, "外出地": place}))
    assert Resident.objects.get().residence == residence


def test_remarks_hide_the_product(imported):
    imported(
        simple(
            {"姓名": "王伟", "身份证号": number(1), "第1针": "2021.6.1", "备注": "三针"},
            {"姓名": "李娜", "身份证号": number(2), "第1针": "2021.6.1科兴 旗医院", "备注": ""},
        )
    )
    wang, li = VaccinationRecord.objects.order_by("resident_id")
    assert (wang.vaccine.code, li.vaccine.code) == ("CV-ZF", "CV-SV")
    assert "旗医院" in li.given_at_place


def test_doses_out_of_order_are_refused(imported):
    census = imported(
        simple({"姓名": "王伟", "身份证号": number(1), "第1针日期": "2021.7.1", "第2针日期": "2021.6.1"}),
        commit=False,
    )
    assert verdicts(census)[2] == ("rejected", {"DOSE_ORDER"})


def test_rows_are_encrypted_and_the_file_is_gone_after_the_check(imported, settings):
    census = imported(the_office_file(), commit=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM residents_censusrow")
        stored = "".join(text for (text,) in cursor.fetchall())
    assert number(1) not in stored
    assert "王伟" not in stored
    assert census.stored_as == ""


def test_a_file_that_cannot_be_read_says_why(imported):
    with pytest.raises(RuleBroken):
        imported(b"%PDF-1.7")
    census = CensusImport.objects.get()
    assert (census.state, census.message) == ("failed", "这不是Excel表格,请上传.xlsx、.xls或.csv文件。")


def test_discarding_deletes_the_rows_and_cannot_undo_a_commit(imported, cast):
    census = imported(the_office_file(), commit=False)
    service.discard(census, actor=cast.cadre01)
    assert not census.rows.exists()
    done = imported(the_office_file())
    with pytest.raises(RuleBroken) as refused:
        service.discard(done, actor=cast.cadre01)
    assert refused.value.code == "NOT_DISCARDABLE"
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"census.uploaded", "census.discarded", "census.committed", "residents.put"} <= actions


def test_the_template_imports_its_own_layout(imported, town):
    book = load_workbook(io.BytesIO(template(village_name=town.village.name)))
    ws = book["摸排登记表"]
    titles = {
        cell.value: cell.column for row in ws.iter_rows(min_row=1, max_row=4) for cell in row if cell.value
    }
    first = next(row[0].row for row in ws.iter_rows() if row[0].value == "示例") + 1
    assert ws.cell(first, titles["证件号码*"]).number_format == "@"
    assert ws.data_validations.dataValidation
    ws.cell(first, titles["姓名*"]).value = "王伟"
    ws.cell(first, titles["证件号码*"]).value = number(1)
    buffer = io.BytesIO()
    book.save(buffer)
    census = imported(buffer.getvalue())
    assert (census.counts["rows"], census.counts["create"]) == (1, 1)


@pytest.mark.requirement("S52")
@pytest.mark.parametrize(
    ("said", "code"),
    [("越南", "704"), ("704", "704"), (36, "036"), ("", "156"), ("中国", "156"), ("蒙古国", "496")],
)
def test_the_nationality_is_told_by_name_or_code(imported, said, code):
    census = imported(
        simple({"姓名": "NGUYEN VAN", "证件类型": "护照", "证件号码": "B1234567", "性别": "男",
                "出生日期": "1990-01-02", "国籍": said})
    )  # fmt: skip
    assert census.counts["create"] == 1, census.rows.get().problems
    assert Resident.objects.get().nationality == code


@pytest.mark.requirement("S52")
def test_a_document_of_another_country_asks_for_the_country(imported):
    def row(kind, number, said=""):
        cells = {
            "姓名": "NGUYEN VAN",
            "证件类型": kind,
            "证件号码": number,
            "性别": "男",
            "出生日期": "1990-01-02",
        }
        return imported(simple(cells | {"国籍": said})).rows.get()

    silent = row("护照", "B1234567")
    assert (silent.state, [p["level"] for p in silent.problems]) == ("create", ["warning"])
    assert "没有写国籍" in silent.problems[0]["message"]
    card = row("外国人永久居留证(2017版)", "VNM123456789012")
    assert (card.state, card.problems[0]["key"]) == ("rejected", "nationality")
    assert row("外国人永久居留证(2017版)", "VNM123456789012", "越南").state != "rejected"
    assert "nationality" not in {p["key"] for p in row("台胞证", "12345678").problems}


def test_one_field_of_nationality_for_template_grid_import_and_export(reference):
    field = BY_KEY["nationality"]
    assert field in COLUMNS
    assert "nationality" in {column.key for column in FORM}
    sheet = load_workbook(io.BytesIO(template())).worksheets[0]
    titles = [cell.value for row in sheet.iter_rows(max_row=4) for cell in row if cell.value]
    assert "国籍" in titles
    assert field.show(Resident(nationality="704")) == "越南"
    for code in NAMES:  # what an export writes, an import reads as the same
        assert field.read(field.show(Resident(nationality=code))) in (code, "")


def test_a_country_that_nobody_knows_is_refused_in_words(imported):
    census = imported(
        simple({"姓名": "JOHN", "证件类型": "护照", "证件号码": "B1234567", "性别": "男",
                "出生日期": "1990-01-02", "国籍": "亚特兰蒂斯"})
    )  # fmt: skip
    [problem] = census.rows.get().problems
    assert (problem["column"], "认不出是哪个国家" in problem["message"]) == ("国籍", True)


@pytest.fixture
def command(tmp_path, town, campaign, capsys):
    """``command(content, "--commit", …)`` → (exit code, JSON)."""

    def run(content, *args, place="150622002001", suffix=".xlsx"):
        path = tmp_path / f"摸排{suffix}"
        path.write_bytes(content)
        try:
            call_command("import_census", str(path), "--place", place, "--json", *args)
            code = 0
        except SystemExit as stop:
            code = stop.code
        return code, json.loads(capsys.readouterr().out)

    return run


def test_the_command_tries_before_it_writes(command, tmp_path, campaign):
    code, data = command(
        the_office_file(), "--campaign", campaign.code, "--errors", str(tmp_path / "bad.xlsx")
    )
    counts = {"rows": 16, "created": 7, "updated": 0, "unchanged": 1, "review": 0, "rejected": 8}
    assert (code, {key: data[key] for key in counts}) == (1, counts)
    assert {error["row"] for error in data["errors"]} == {12, 13, 14, 15, 16, 17, 19, 21}
    assert set(data["errors"][0]) == {"sheet", "row", "column", "code", "message"}
    assert load_workbook(tmp_path / "bad.xlsx").active.max_row >= 11
    assert not Resident.objects.exists()
    assert not CensusImport.objects.exists()


def test_the_command_commits_and_repeats_without_change(command, campaign):
    good = simple({"姓名": "王伟", "身份证号": number(1)}, {"姓名": "李娜", "身份证号": number(2)})
    code, data = command(good, "--campaign", campaign.code, "--commit")
    assert (code, data["created"], data["errors"]) == (0, 2, [])
    code, data = command(good, "--campaign", campaign.code, "--commit")
    assert (code, data["created"], data["updated"], data["unchanged"]) == (0, 0, 0, 2)


def test_the_command_tells_a_bad_call_from_a_bad_file(command, capsys):
    bad = simple({"姓名": "王伟", "身份证号": spoiled(number(1))})
    assert command(bad)[0] == 1
    code, data = command(b"%PDF-1.7", suffix=".pdf")
    assert (code, data["code"]) == (1, "NOT_A_SHEET")


def test_the_command_counts_what_waits_for_a_person(command, campaign):
    first = {"姓名": "王伟", "身份证号": number(1), "电话": "13800000001"}
    command(simple(first), "--campaign", campaign.code, "--commit")
    again = simple(
        first | {"电话": "13900000009"},  # contradicts the register
        {"姓名": "李娜", "身份证号": number(2)},
    )
    for commit in ((), ("--commit",)):
        code, data = command(again, "--campaign", campaign.code, *commit)
        counts = {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "review": 1, "rejected": 0}
        assert ({key: data[key] for key in counts}, data["committed"]) == (counts, bool(commit))
        assert code == 1  # somebody has to look
        [review] = data["reviews"]
        assert (review["row"], review["column"]) == (2, "联系电话")
        assert not data["errors"]
    code, data = command(again, "--campaign", campaign.code, "--commit")
    assert (data["created"], data["unchanged"], data["review"]) == (0, 1, 1)
