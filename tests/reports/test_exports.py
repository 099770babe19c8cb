"""export_report: every kind is a workbook with the right rows; what is not made is refused with what is."""

import io
import json
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from clinic.services import adverse_events
from core.models import AuditEvent
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from reports.models import Target
from reports.services import exports
from residents.choices import NotVaccinatedReason
from residents.models import Outreach, RosterEntry, Tag
from residents.services import calls, rosters, submissions
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled
from tests.factories.stock import make_lot, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path, today, campaign):
    """``export(kind, place, day=None)``: the opened workbook and the command's JSON."""

    def run(kind, place, day=None, *more):
        out, said = tmp_path / f"{kind}.xlsx", io.StringIO()
        day = (day or today).isoformat()
        call_command(
            "export_report",
            kind,
            "--place",
            place.code,
            "--date",
            day,
            "--out",
            str(out),
            "--json",
            *more,
            stdout=said,
        )
        return openpyxl.load_workbook(out), json.loads(said.getvalue())

    return run


def table(ws, *, key: str, groups: bool = False) -> list[dict]:
    """The body of a sheet as dicts by header; the header is the row that holds ``key``, or with ``groups`` two rows."""
    rows = [[cell.value for cell in row] for row in ws.iter_rows()]
    head = next(at for at, row in enumerate(rows) if key in row)
    titles = rows[head]
    if groups:
        head += 1
        titles = [low or high for low, high in zip(rows[head], titles, strict=True)]
    body = [row for row in rows[head + 1 :] if row[0] not in (None, "合计")]
    return [dict(zip(titles, row, strict=True)) for row in body if any(row[1:])]


def test_progress_is_ranked_and_tinted(export, town, under_way):
    book, said = export("progress", town.town)
    assert book.sheetnames == ["首剂人数", "全程人数", "加强人数", "接种剂次"]
    rows = table(book["首剂人数"], key="排名", groups=True)
    assert [(r["排名"], r["村(社区)"], r["任务数"], r["完成率"], r["进度"]) for r in rows] == [
        (1, "曙光社区", 3, 2 / 3, "落后"),
        (2, "南山社区", 2, 0.5, "落后"),
        (3, "巴汉图村委会", 1, 0, "落后"),
    ]
    assert said["rows"]["首剂人数"] == 3
    assert [row[1:5] for row in list(book["接种剂次"].values)[4:7]] == [
        ("曙光社区", None, 1, 3),
        ("南山社区", None, 0, 1),
        ("巴汉图村委会", None, 0, 0),
    ]


def test_a_county_sees_its_towns_in_the_progress(export, town, under_way, campaign, now):
    """What a village without a task has done is in no rate, also inside a town."""
    Target.objects.filter(place=town.villages[0]).update(superseded_at=now)
    book, _ = export("progress", town.county)
    rows = {row[1]: row[2:7] for row in book["首剂人数"].values}
    assert rows["乡镇(街道)"] == ("任务数", "完成(人)", None, None, "完成率")
    assert rows[town.town.name] == (3, 1, 3, 1, 1 / 3)
    assert rows[town.other_town.name] == (None, 0, 1, None, None)


def test_the_rate_of_all_is_held_against_tasks_by_those_who_have_one(
    export, client_as, cast, town, under_way, campaign, now
):
    """On the sheet, its page, the daily report and the board: doses of a village without a task are in no rate."""
    Target.objects.filter(place=town.villages[0]).update(superseded_at=now)
    client, rate = client_as(cast.town), "33.3%"  # 1 of 3 in the two others
    book, _ = export("progress", town.town)
    kept = book["首剂人数"]["F8"].value
    assert kept == '=IF(C8=0,"",SUMIF(C5:C7,">0",E5:E7)/C8)'
    page = client.get(reverse("reports:sheet", args=["progress"])).content.decode()
    daily = client.get(reverse("reports:daily"))
    assert rate in page.split("合计", 1)[1].split("</tr>")[0]
    assert rate in [text for text, _ in daily.context["total"]]
    assert client.get(reverse("reports:dashboard")).context["board"].total.standing.share == (1, 3)
    ladder = client.get(reverse("reports:targets")).context["ladder"]
    assert ladder.share == (1, 3)


@pytest.mark.requirement("S64")
def test_unvaccinated_are_listed_by_responsible_person_with_the_reason(export, town, under_way):
    person = under_way.people[town.village.code][2].resident
    person.responsible_name, person.not_vaccinated_reason = "李组长", NotVaccinatedReason.TOO_FAR
    person.save()
    book, said = export("unvaccinated", town.town)
    rows = table(book["未接种名单"], key="包保人")
    assert len(rows) == said["rows"]["未接种名单"] == 6
    first = rows[0]
    assert (first["包保人"], first["未接种原因"], first["村(社区)"]) == ("李组长", "接种点远", "曙光社区")
    assert {row["包保人"] for row in rows[1:]} == {"未落实包保人"}
    number = person.identifiers.get().number
    assert first["证件号码(部分隐藏)"] == f"{number[:6]}********{number[-4:]}"
    summary = [[cell.value for cell in row] for row in book["原因汇总"].iter_rows()]
    assert ["曙光社区", "李组长", 1] in [row[:3] for row in summary]


def test_a_past_day_lists_those_without_a_dose_by_then(export, town, under_way, today):
    _, said = export("unvaccinated", town.town, today - timedelta(days=4))
    assert said["rows"]["未接种名单"] == 8


@pytest.mark.requirement("S64")
def test_elderly_by_the_reference_day(export, town, campaign, under_way, give, today):
    old = make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 61, day=1))
    older = make_enrolled(
        town.village, campaign, today, birth_date=today.replace(year=today.year - 85, day=1)
    )
    make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 59, day=1))
    give(old, 1)
    book, said = export("elderly", town.town)
    assert said["rows"] == {"60岁及以上": 2, "80岁及以上": 1, "汇总": 3}
    rows = table(book["60岁及以上"], key="姓名", groups=True)
    assert [(row["年龄"], row["未接种原因"]) for row in rows] == [(61, None), (85, "未登记原因")]
    assert rows[1]["姓名"] == older.resident.name


@pytest.mark.requirement("S11")
def test_the_census_of_a_village_holds_full_numbers_and_is_recorded(export, town, under_way):
    book, said = export("census", town.village)
    rows = table(book.active, key="姓名", groups=True)
    assert len(rows) == said["rows"]["摸排登记表"] == 3
    numbers = {e.resident.identifiers.get().number for e in under_way.people[town.village.code]}
    assert {row["证件号码"] for row in rows} == numbers
    assert [row["是否接种"] for row in rows].count("是") == 2
    event = AuditEvent.objects.get(action="report.exported")
    assert (event.place_code, event.data["full_numbers"]) == (town.village.code, True)


def test_one_group_of_a_village_is_signed_off_below(export, town, under_way):
    person = under_way.people[town.village.code][2].resident
    person.group_no = "3"
    person.save()
    for kind, sheet in (("census", "摸排登记表"), ("unvaccinated", "未接种名单")):
        book, said = export(kind, town.village, None, "--group", "3")
        assert said["rows"][sheet] == 1
        assert "曙光社区 3组" in book[sheet]["A1"].value
        last = [row[0].value for row in book[sheet].iter_rows() if row[0].value][-1]
        assert all(word in last for word in ("填报人", "负责人", "日期", "盖章"))
    _, said = export("elderly", town.village, None, "--group", "3")
    assert said["rows"] == {"60岁及以上": 0, "80岁及以上": 0, "汇总": 0}


@pytest.mark.parametrize(("kind", "level"), [("stock", "village"), ("census", "town")])
def test_groups_are_of_villages_and_of_lists_of_people(kind, level, export, town, campaign):
    place = town.village if level == "village" else town.town
    with pytest.raises(CommandError, match="组"):
        export(kind, place, None, "--group", "3")


@pytest.mark.requirement("S11")
def test_the_census_with_its_sign_off_goes_back_in_and_changes_nothing(export, town, under_way, tmp_path):
    export("census", town.village)
    said = io.StringIO()
    call_command(
        "import_census", str(tmp_path / "census.xlsx"), "--place", town.village.code, "--json", stdout=said
    )
    told = json.loads(said.getvalue())
    counts = {key: told[key] for key in ("rows", "created", "updated", "unchanged", "review", "rejected")}
    expected = {"rows": 3, "created": 0, "updated": 0, "unchanged": 3, "review": 0, "rejected": 0}
    assert counts == expected, told["errors"]


@pytest.mark.requirement("S42")
def test_the_roster_of_a_coming_day(export, town, campaign, site, today):
    session = make_session(campaign, site, today + timedelta(days=1))
    person = make_enrolled(town.village, campaign, today, name="约好的人")
    make_booking(person, session.slots.first())
    make_booking(make_enrolled(town.other_villages[0], campaign, today), session.slots.last())
    book, said = export("roster", town.town, today + timedelta(days=1))
    assert said["rows"] == {"名单": 1, "时段表": 1}
    assert [(r["姓名"], r["社区(村)"]) for r in table(book["名单"], key="姓名")] == [("约好的人", "曙光社区")]
    book, said = export("roster", town.town, today + timedelta(days=2))
    assert said["rows"] == {"名单": 0, "时段表": 0}


@pytest.mark.requirement("S67")
def test_stock_by_site_and_lot(export, town, site, other_site):
    receive(site, make_lot(lot_no="GOOD1"), 40)
    receive(site, make_lot(lot_no="HELD1", release_no=""), 5)
    receive(other_site, make_lot(lot_no="OTHER"), 9)
    book, _ = export("stock", town.town)
    rows = {row["批号"]: row for row in table(book.active, key="批号", groups=True)}
    assert set(rows) == {"GOOD1", "HELD1"}
    assert (rows["GOOD1"]["整支"], rows["GOOD1"]["状态"]) == (40, "可用")
    assert rows["HELD1"]["状态"].startswith("隔离:缺批签发")


@pytest.mark.requirement("S69")
def test_adverse_events_as_cases_and_counts(export, town, campaign, site, cast, today):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.observed()
    adverse_events.report(
        dose=visit.doses.get(),
        onset_at=floor.now,
        symptoms="接种部位红肿",
        is_serious=True,
        measures="冷敷观察",
        first_class="1",
        actor=cast.observer,
        key=uuid4(),
        now=timezone.now(),
    )
    book, said = export("aefi", town.town)
    assert said["rows"]["个案"] == 1
    case = table(book["个案"], key="表现")[0]
    assert (case["表现"], case["严重"], case["初步分类"], case["剂次"]) == (
        "接种部位红肿",
        "是",
        "一般反应",
        1,
    )
    assert case["姓名"] != visit.enrolment.resident.name
    counted = {row["初步分类"]: row["例数"] for row in table(book["分类统计"], key="例数")}
    assert counted["一般反应"] == 1 and sum(counted.values()) == 1
    _, said = export("aefi", town.other_town)
    assert said["rows"]["个案"] == 0


def test_daily_by_command_is_the_filed_report(export, town, under_way):
    book, said = export("daily", town.town)
    assert said["rows"] == {"日报": 3}
    assert "迎泽街道" in book.active["A1"].value


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing", "150622002000"], "可以导出:census"),
        (["daily", "150622000000"], "按乡镇"),
        (["census", "150622000000"], "按村"),
        (["progress", "999999999999"], "没有区划代码"),
    ],
)
def test_what_cannot_be_exported_ends_with_two_and_a_sentence(
    arguments, words, town, campaign, tmp_path, today
):
    kind, code = arguments
    out = tmp_path / "x.xlsx"
    with pytest.raises(CommandError) as refused:
        call_command("export_report", kind, "--place", code, "--date", str(today), "--out", str(out))
    assert refused.value.returncode == 2 and words in str(refused.value)
    assert not out.exists()


def test_a_coming_day_and_an_unknown_campaign_are_refused(town, campaign, tmp_path, today):
    common = ["progress", "--place", town.town.code, "--out", str(tmp_path / "x.xlsx")]
    with pytest.raises(CommandError, match="不能晚于今天"):
        call_command("export_report", *common, "--date", str(today + timedelta(days=1)))
    with pytest.raises(CommandError, match="没有编号为"):
        call_command("export_report", *common, "--date", str(today), "--campaign", "nope")
    with pytest.raises(CommandError, match="没有目录"):
        call_command("export_report", *common[:-1], "/no/such/folder/x.xlsx", "--date", str(today))


def test_every_kind_that_is_done_is_tested_here():  # bulletin, duty, weekly: their own files
    assert set(exports.DONE) == {
        "daily", "progress", "census", "roster", "unvaccinated", "elderly", "stock", "aefi",
        "plan", "school", "stickers", "bulletin", "weekly", "zero", "week_plan", "duty",
    }  # fmt: skip


@pytest.mark.requirement("S80")
def test_stickers_by_village_and_type_and_shop_by_shop(export, town, campaign, under_way, today):
    def shop(name, village, *people):
        made = Organisation.objects.create(
            name=name, kind=OrganisationKind.SHOP, shop_type=ShopType.RESTAURANT, place=village
        )
        for enrolment in people:
            rosters.add_to_roster(organisation=made, resident=enrolment.resident, actor=None, today=today)
        rosters.confirm_roster(organisation=made, actor=None, now=timezone.now())
        return made

    done, _, missing = under_way.people[town.village.code]
    shop("老王饭店", town.village, done)
    shop("四季餐馆", town.villages[1], done, missing)
    shop("邻镇饭店", town.other_villages[0], done)
    book, said = export("stickers", town.town)
    assert said["rows"] == {"安心便签": 2, "商户明细": 2}
    rows = {row["商户"]: row for row in table(book["商户明细"], key="商户")}
    assert rows["老王饭店"]["便签发放日期"].date() == today
    assert (rows["四季餐馆"]["未完成"], rows["四季餐馆"]["便签发放日期"]) == (1, None)
    assert "1 名员工还没有全程接种" in rows["四季餐馆"]["没有便签的原因"]
    cells = [[cell.value for cell in row] for row in book["安心便签"].iter_rows()]
    head = next(at for at, row in enumerate(cells) if "餐馆" in str(row))
    at = next(n for n, word in enumerate(cells[head]) if word and "餐馆" in word)
    assert [(row[0], row[at], row[at + 1]) for row in cells[head + 2 : head + 4]] == [
        ("曙光社区", 1, 1),
        ("南山社区", 1, 0),
    ]
    words = " ".join(str(cell) for row in cells for cell in row if cell)
    assert "填报人" in words and done.resident.name not in words


@pytest.mark.requirement("S30")
def test_schools_hand_in_names_and_a_summary_that_agree(export, town, campaign, school, today):
    pupils = [
        make_enrolled(town.village, campaign, today, name=name, birth_date=today - timedelta(days=365 * 8))
        for name in ("甲", "乙", "丙")
    ]
    for pupil, class_no in zip(pupils, ("1", "1", "2"), strict=True):
        RosterEntry.objects.create(
            organisation=school,
            resident=pupil.resident,
            grade=13,
            class_no=class_no,
            guardian_name="王强",
            guardian_phone="13800000001",
            since=today,
        )
    make_enrolled(town.village, campaign, today, name="村民")
    book, said = export("school", town.town)
    names = table(book["学生名册"], key="学校", groups=True)
    assert [(r["年级"], r["班级"], r["姓名"]) for r in names] == [
        ("三年级", "1", "甲"),
        ("三年级", "1", "乙"),
        ("三年级", "2", "丙"),
    ]
    assert names[0]["监护人电话"] == "138****0001"
    summary = table(book["汇总"], key="年级班级")
    assert [(r["学校"], r["年级班级"], r["在册"], r["未种"]) for r in summary] == [
        ("迎泽小学", "三年级1班", 2, 2),
        ("迎泽小学", "三年级2班", 1, 1),
    ]
    assert said["rows"] == {"学生名册": 3, "汇总": 2}


@pytest.mark.requirement("S25")
def test_the_plan_is_what_was_handed_in(export, cast, town, campaign, site, today):
    now = timezone.now()
    call = calls.ask(
        actor=cast.town,
        campaign=campaign,
        place=town.town,
        kind="plan",
        due_at=now + timedelta(days=2),
        now=now,
        key=uuid4(),
    )
    line = {
        "from_on": today,
        "to_on": today + timedelta(days=4),
        "cohort": "18–59周岁",
        "dose_number": 1,
        "people": 120,
        "site": site,
        "note": "面包车",
    }
    handed_in = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
    submissions.save_plan(actor=cast.cadre01, submission=handed_in, rows=[line, line | {"people": 80}])
    submissions.submit(actor=cast.cadre01, submission=handed_in, remark="", now=now)
    still_open = submissions.draft(actor=cast.cadre02, call=call, sender=town.villages[1])
    submissions.save_plan(actor=cast.cadre02, submission=still_open, rows=[line])
    book, said = export("plan", town.town)
    rows = table(book["接种计划"], key="计划人数")
    assert [(r["村(单位)"], r["状态"], r["计划人数"], r["接种点"]) for r in rows] == [
        ("曙光社区", "已上报", 120, site.name),
        ("曙光社区", "已上报", 80, site.name),
    ]
    assert said["rows"] == {"接种计划": 2}


@pytest.mark.requirement("S64")
def test_the_elderly_book_tells_who_lives_alone_and_who_came(export, cast, town, campaign, today):
    enrolment = make_enrolled(
        town.village,
        campaign,
        today,
        name="老李",
        birth_date=today - timedelta(days=366 * 85),
        phone="13800000001",
        phone_owner="child",
    )
    enrolment.resident.tags.add(Tag.objects.get(code="alone"), Tag.objects.get(code="mobility"))
    now = timezone.now()
    for days, promised in ((9, None), (2, today + timedelta(days=3))):
        Outreach.objects.create(
            key=uuid4(),
            resident=enrolment.resident,
            kind="visit",
            at=now - timedelta(days=days),
            by=cast.cadre01,
            met=True,
            promised_on=promised,
        )
    book, _ = export("elderly", town.town)
    (row,) = table(book["80岁及以上"], key="村(社区)", groups=True)
    assert (row["是否独居"], row["特殊需要(失能等)"], row["子女联系电话"]) == (
        "是",
        "行动不便(轮椅)",
        "138****0001",
    )
    assert (row["次数"], row["走访人"], row["承诺接种日"].date()) == (
        2,
        cast.cadre01.display_name,
        today + timedelta(days=3),
    )
