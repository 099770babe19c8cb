"""总结和简报: every figure is the counted one, nothing is invented, no version is lost, and the paper is an office's."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from accounts.audit_words import action_word
from campaigns.services import groups
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from core.text import formal, half_width
from reports.choices import FollowUpDeed
from reports.models import Bulletin, BulletinVersion
from reports.services import duty_rota, hearings, meetings
from reports.services.bulletins import paper, writing
from tests.factories.clinic import Floor
from tests.factories.duty import make_meeting
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(town, campaign, cast, today, now):
    """``write(kind)``: the bulletin of our town about today."""

    def made(kind="summary", **changed):
        about = {"campaign": campaign, "place": town.town, "day": today, "actor": cast.town, "now": now}
        return writing.write_bulletin(kind=kind, key=uuid4(), **about | changed)

    return made


def text_of(bulletin) -> dict[str, str]:
    """The sections with half-width signs, as the tests below write them."""
    return {part["code"]: half_width(part["text"]) for part in bulletin.versions.first().sections}


def texts(bulletin, **changed) -> dict[str, str]:
    """The sections as the form sends them back."""
    return {part["code"]: part["text"] for part in bulletin.versions.first().sections} | changed


def test_the_figures_are_those_of_the_reports_and_missing_records_are_said(
    write, town, under_way, today, campaign
):
    said = text_of(write("summary"))
    assert list(said) == ["situation", "organisation", "measures", "results", "problems", "next"]
    # 9 target persons in 3 villages, 3 of 8 first doses, shared out 3 + 2 + 1 (see ``under_way``).
    assert "应种9人" in said["situation"] and "分布在3个" in said["situation"]
    assert "首剂接种任务8人" in said["situation"] and "还有2人没有下达" in said["situation"]
    assert "接种4剂(第一剂3剂、第二剂1剂),新增首剂3人、全程1人、加强0人" in said["results"]
    assert "累计首剂3人(33.3%)、全程1人(11.1%)、加强0人(0.0%)" in said["results"]
    assert "对照首剂任务6人,完成3人,完成率50.0%" in said["results"]
    assert "曙光社区(66.7%)、南山社区(50.0%)、巴汉图村委会(0.0%)" in said["results"]
    assert "还有6人没有接种,登记的原因:没有登记原因6人" in said["problems"]
    assert "距首剂任务还差3人,期限还有10天,每天需完成1人" in said["next"]
    for missing in (
        "领导小组:未记录",
        "工作组:未记录",
        "包干责任:未记录",
        "带班:未记录",
        "领导听取汇报:未记录",
        "会议:未记录",
    ):
        assert missing in said["organisation"]
    for missing in (
        "摸底上报:未记录",
        "宣传动员:未记录",
        "走访联系:未记录",
        "接送:未记录",
        "接种场次:未记录",
        "预检:未记录",
    ):
        assert missing in said["measures"]


def test_what_was_recorded_is_told(write, town, campaign, cast, site, under_way, today, now):
    made = groups.open_default_groups(actor=cast.town, campaign=campaign, place=town.town)
    leading = next(group for group in made if group.kind == "leading")
    groups.add_member(
        actor=cast.town,
        group=leading,
        key=uuid4(),
        today=today,
        role="1commander",
        name="乌恩其",
        unit="乡党委",
        post="党委书记",
        duty="",
        phone="",
    )
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast, now=now)
    floor.observed()
    floor.observed(make_enrolled(town.other_villages[1], campaign, today))
    said = text_of(write("daily"))
    assert "接种2剂(第一剂2剂),新增首剂2人、全程0人、加强0人,比前一天多2剂" in said["given"]
    assert "辖区1个接种点登记接种2剂,其中辖区外居民1剂" in said["given"]
    summary = text_of(write("summary"))
    assert "成立领导小组:总指挥乌恩其(党委书记)" in summary["organisation"]
    assert "预检2人次,暂缓0人次、禁忌0人次" in summary["measures"]


@pytest.mark.requirement("S97")
@pytest.mark.requirement("S102")
@pytest.mark.requirement("S114")
def test_the_duty_book_is_told(write, town, campaign, cast, today, now):
    about = {"place": town.town, "actor": cast.town, "now": now}
    words = {"leader": "苏和", "contact": "胡建军"}
    duty_rota.set_day(day=today, words=words, reason="", based_on=0, key=uuid4(), **about)
    hearings.hear(campaign=campaign, day=today, words={"heard_by": "乌恩其"}, key=uuid4(), **about)
    met = make_meeting(town.town, today)
    for meeting in (make_meeting(town.town, today - timedelta(days=1)), met):
        row = meetings.follow_up(
            meeting=meeting, what="排车", who="王五", due_on=meeting.on, actor=cast.town, key=uuid4(), now=now
        )
    meetings.step(
        follow_up=row, kind=FollowUpDeed.FINISHED, note="好了", key=uuid4(), actor=cast.town, now=now
    )
    for kind in ("summary", "weekly", "daily"):
        said = text_of(write(kind))["organisation"]
        assert "带班:苏和1天。" in said and "领导听取汇报1次(乌恩其1次)。" in said
        assert f"“{met.subject}”,{met.chair}主持" in said
    assert "会议督办1项:办结1项。\n以前会议督办的还有1项在办。" in said  # of the day
    whole = text_of(write("summary"))["organisation"]
    assert "会议督办2项" in whole and "在办1项" in whole and "其中逾期1项" in whole


def test_a_week_is_one_bulletin_and_is_never_written_twice(write, today):
    first = write("weekly")
    assert (first.since.weekday(), first.until - first.since) == (0, timedelta(days=6))
    again = write("weekly", day=max(first.since, today - timedelta(days=1)))
    assert again == first and first.versions.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"place": "village"}, "NOT_ALLOWED"),
        ({"place": "county"}, "NOT_ALLOWED"),
        ({"day": 1}, "BULLETIN_DAY"),
        ({"day": -61}, "BULLETIN_DAY"),
    ],
)
def test_who_writes_about_what(write, town, today, changed, code):
    changed = (
        {"place": getattr(town, changed["place"])}
        if "place" in changed
        else {"day": today + timedelta(days=changed["day"])}
    )
    with pytest.raises(RuleBroken) as refused:
        write("daily", **changed)
    assert refused.value.code == code


def test_the_offices_words_stay_when_the_figures_are_taken_anew(
    write, town, campaign, cast, under_way, today, now, give
):
    bulletin = write("summary")
    before = texts(bulletin)
    words = {"bulletin": bulletin, "actor": cast.town, "now": now, "based_on": 1, "title": "总结"}
    second = writing.revise(
        texts=texts(bulletin, problems="群众顾虑多。 \n\n老人行动不便。", next=""), key=uuid4(), **words
    )
    assert [part["code"] for part in second.own] == ["problems", "next"]
    assert dict(second.filled)["五、存在问题"] == ["群众顾虑多。", "老人行动不便。"]
    assert "六、下一步工作" not in dict(second.filled)
    with pytest.raises(RuleBroken) as refused:
        writing.revise(texts=before, key=uuid4(), **words)
    assert refused.value.code == "BULLETIN_MOVED_ON"
    same = writing.revise(texts=texts(bulletin), key=uuid4(), **words | {"based_on": 2})
    assert same == second

    give(under_way.people[town.villages[2].code][0])
    key = uuid4()
    third = writing.renew(bulletin=bulletin, also=["next"], actor=cast.town, key=key, now=now)
    assert writing.renew(bulletin=bulletin, also=[], actor=cast.town, key=key, now=now) == third
    said = text_of(bulletin)
    assert "首剂4人" in said["results"] and said["problems"] == "群众顾虑多。\n老人行动不便。"
    assert said["next"].startswith("距首剂任务还差2人") and third.title == "总结"
    assert [v.number for v in bulletin.versions.all()] == [3, 2, 1]
    deeds = AuditEvent.objects.filter(action__startswith="bulletin.").order_by("pk")
    said = [action_word(deed.action).partition(" · ")[2] for deed in deeds]
    assert said == ["按数据生成", "修改", "重新取数"]
    with pytest.raises(NotAllowed):
        writing.renew(bulletin=bulletin, also=[], actor=cast.county, key=uuid4(), now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        BulletinVersion.objects.filter(pk=second.pk).update(title="别的")


def test_a_paper_is_set_in_full_width_but_for_figures():
    said = formal("完成11,100人(41.4%),10:30;其余:0")
    assert said == "完成11,100人\uff0841.4%\uff09\uff0c10:30\uff1b其余\uff1a0"
    assert half_width(said) == "完成11,100人(41.4%),10:30;其余:0"


def test_the_paper_is_an_offices(write, town, under_way):
    bulletin = write("summary")
    version = bulletin.versions.first()
    document = Document(io.BytesIO(paper.docx_of(bulletin, version)))
    title, body = document.paragraphs[0], document.paragraphs[4]
    assert (title.text, title.alignment) == (version.title, WD_ALIGN_PARAGRAPH.CENTER)
    assert body.text == version.filled[0][1][0]
    began = f"{bulletin.since.year}年{bulletin.since.month}月{bulletin.since.day}日至"
    assert document.paragraphs[1].text.startswith(f"\uff08{began}")
    assert body.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    signed = [p.text for p in document.paragraphs if p.alignment == WD_ALIGN_PARAGRAPH.RIGHT]
    assert signed[0] == "迎泽街道" and signed[1].endswith("日")
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1] == ["1", "曙光社区", "3", "2", "2", "66.7%"]
    assert [row[1] for row in rows[1:]] == ["曙光社区", "南山社区", "巴汉图村委会"]
    assert (
        paper.file_name(bulletin).startswith("迎泽街道_工作总结_")
        and document.core_properties.author == "迎泽街道"
    )


def test_the_pages_of_the_office(write, cast, client_as, under_way, today, town):
    office, county = client_as(cast.town), client_as(cast.county)
    made = office.post(reverse("reports:bulletins"), {"kind": "daily", "day": today.isoformat()})
    bulletin = Bulletin.objects.get()
    assert made.url == bulletin.get_absolute_url()
    page = office.get(made.url).content.decode()
    assert "处写着“未记录”" in page and "修改文字" in page
    read = county.get(made.url).content.decode()
    assert "修改文字" not in read and "第1版" in read
    form = {"title": "日报", "based_on": 1} | {f"text_{code}": text for code, text in texts(bulletin).items()}
    words = reverse("reports:bulletin_words", args=[bulletin.uid])
    assert office.post(words, form | {"text_next": "明天继续。"}).status_code == 302
    stale = office.post(words, form)
    assert stale.status_code == 422 and "已保存第2版" in stale.content.decode()
    assert office.post(reverse("reports:bulletin_renew", args=[bulletin.uid]), {}).status_code == 302
    assert bulletin.versions.first().sections[-1]["text"] == "明天继续。"
    file = office.get(reverse("reports:bulletin_file", args=[bulletin.uid]) + "?version=1")
    assert Document(io.BytesIO(file.content)).paragraphs[0].text == "迎泽街道新冠疫苗接种日报"
    write("summary")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = office.get(reverse("reports:bulletins")).context["rows"]
        assert len(rows) == 2
    assert len(asked) <= 20


def test_export_report_writes_the_offices_version_else_a_draft(
    write, town, campaign, cast, under_way, today, tmp_path
):
    out = tmp_path / "x.docx"
    call = [
        "export_report",
        "bulletin",
        "--place",
        town.town.code,
        "--date",
        today.isoformat(),
        "--out",
        str(out),
    ]
    call_command(*call, "--text", "daily")
    assert "日报" in Document(out).paragraphs[0].text and not Bulletin.objects.exists()
    bulletin = write("daily")
    writing.revise(
        bulletin=bulletin,
        title="当日情况",
        texts={},
        based_on=1,
        actor=cast.town,
        key=uuid4(),
        now=timezone.now(),
    )
    call_command(*call, "--text", "daily")
    assert Document(out).paragraphs[0].text == "当日情况"
