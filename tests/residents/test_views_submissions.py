"""The pages of handing in: what a sender owes, the matrix of the office, one submission."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from inventory.models import Vaccine
from residents.models import Submission, SubmissionCall
from residents.services import calls, submissions
from residents.services.records import note_dose
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast, campaign, town):
    def made(kind="resident", days=2, **more):
        now = timezone.now()
        asked = now + timedelta(days=min(days, 0) - 1)
        return calls.ask(
            actor=cast.town,
            campaign=campaign,
            place=town.town,
            kind=kind,
            due_at=now + timedelta(days=days),
            now=asked,
            key=uuid4(),
            **more,
        )

    return made


@pytest.fixture
def people(town, campaign, today):
    return [
        make_enrolled(town.village, campaign, today, name=name, phone=phone).resident
        for name, phone in (("王伟", "13800000001"), ("李娜", ""))
    ]


@pytest.fixture
def sent(ask, people, cast, town):
    row = submissions.draft(actor=cast.cadre01, call=ask(), sender=town.village)
    return submissions.submit(actor=cast.cadre01, submission=row, remark="", now=timezone.now())


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.requirement("S25")
def test_a_cadre_begins_looks_and_hands_in(client_as, cast, town, ask, people):
    call = ask(note="入户核对")
    cadre = client_as(cast.cadre01)
    page = cadre.get(reverse("residents:submissions"))
    assert [str(cell.sender) for cell in page.context["mine"]] == ["曙光社区"]
    assert "data-deadline" in text_of(page)
    assert "各单位上报情况" not in text_of(page)
    opened = cadre.post(
        reverse("residents:submission_open"), {"call": call.uid, "place": town.village.code}, follow=True
    )
    row = Submission.objects.get()
    assert opened.redirect_chain[-1][0] == row.get_absolute_url()
    shown = text_of(opened)
    assert "没有电话 <strong>1</strong> 人" in shown
    assert people[1].get_absolute_url() in shown
    total = opened.context["figures"][-1]
    assert (total.word, total.people, total.target) == ("合计", 2, 2)
    done = cadre.post(
        reverse("residents:submission_submit", args=[row.uid]), {"words": "一人没电话"}, follow=True
    )
    assert "已上报" in text_of(done)
    assert "自上次上报以来:没有变化" in text_of(done)
    assert AuditEvent.objects.filter(action="submission.viewed", actor=cast.cadre01).exists()


@pytest.mark.requirement("S25")
def test_the_sheet_goes_on_showing_what_was_handed_in(client_as, cast, town, campaign, people, sent, today):
    vaccine = Vaccine.objects.get(code="CV-SV")
    late = make_enrolled(town.village, campaign, today)
    note_dose(enrolment=late, vaccine=vaccine, given_on=today, actor=None, today=today)
    people[0].willing = True
    people[0].save()
    page = client_as(cast.cadre01).get(sent.get_absolute_url())
    total = page.context["frozen"][-1]
    assert total.then.numbers == (2, 2, 0, 0)
    assert (total.now.numbers, total.moved) == ((3, 3, 1, 1), ["+1", "+1", "+1", "+1"])
    shown = text_of(page)
    row = shown[shown.index("<h2>上报时的名册人数</h2>") :].split('<tr><th scope="row">合计</th>')[1]
    assert row.startswith('<td class="num">2</td><td class="num">2</td><td class="num">0</td>')
    assert f"上报时间:{timezone.localtime(sent.submitted_at):%Y-%m-%d %H:%M}" in shown
    assert list(sent.steps.last().data["figures"].values()) == [[2, 2, 0, 0]]
    submissions.give_back(actor=cast.town, submission=sent, comment="漏了一人", now=timezone.now())
    again = submissions.submit(actor=cast.cadre01, submission=sent, remark="补上了", now=timezone.now())
    page = client_as(cast.cadre01).get(again.get_absolute_url())
    total = page.context["frozen"][-1]
    assert (total.then.numbers, total.moved) == ((3, 3, 1, 1), ["", "", "", ""])


def test_a_plan_is_shown_as_it_was_handed_in(client_as, cast, town, site, ask, today):
    row = submissions.draft(actor=cast.cadre01, call=ask("plan"), sender=town.village)
    line = {"from_on": today, "to_on": today, "cohort": "60岁以上", "dose_number": 1, "people": 30}
    submissions.save_plan(actor=cast.cadre01, submission=row, rows=[line | {"site": site, "note": ""}])
    submissions.submit(actor=cast.cadre01, submission=row, remark="", now=timezone.now())
    was, site.name = site.name, "改了名的接种点"
    site.save()
    page = text_of(client_as(cast.town).get(row.get_absolute_url()))
    assert was in page and "改了名的接种点" not in page
    assert "上报时间:" in page


def test_a_figure_opens_the_people_it_counts(client_as, cast, sent):
    cadre = client_as(cast.cadre01)
    lines = [line.now for line in cadre.get(sent.get_absolute_url()).context["frozen"]]
    for line in lines:
        if line.address:
            assert cadre.get(line.address).context["table"].paginator.count == line.people
    assert [line.word for line in lines] == ["常住", "合计"]


def test_a_refusal_keeps_what_was_typed(client_as, cast, town, ask):
    row = submissions.draft(actor=cast.cadre01, call=ask(), sender=town.village)
    response = client_as(cast.cadre01).post(
        reverse("residents:submission_submit", args=[row.uid]), {"words": "本村没有人"}
    )
    assert response.status_code == 422
    assert "名册上还没有人" in text_of(response)
    assert "本村没有人" in text_of(response)


@pytest.mark.requirement("S10")
def test_the_office_sees_who_is_missing_and_reminds(client_as, cast, town, sent, ask):
    ask("inflow", days=-1)
    page = client_as(cast.town).get(reverse("residents:submissions"))
    late, summary = page.context["summaries"]  # soonest first
    assert (summary.came, len(summary.missing), summary.waiting) == (1, 2, 1)
    assert "还没有报的 2 个:南山社区、巴汉图村委会。" in summary.reminder
    assert "曙光社区" not in summary.reminder
    assert "已于" in late.reminder
    words = {
        (str(cell.sender), cell.call.kind): cell.state_pair[1]
        for row in page.context["rows"]
        for cell in row.cells
    }
    assert words[("曙光社区", "resident")] == "待接收"
    assert words[("南山社区", "resident")] == "未上报"
    assert words[("南山社区", "inflow")] == "逾期未报"


def test_the_office_returns_and_accepts(client_as, cast, sent):
    office, cadre = client_as(cast.town), client_as(cast.cadre01)
    back = reverse("residents:submission_return", args=[sent.uid])
    assert office.post(back, {"words": ""}).status_code == 422
    office.post(back, {"words": "漏了三组"})
    assert "漏了三组" in text_of(cadre.get(sent.get_absolute_url()))
    cadre.post(reverse("residents:submission_submit", args=[sent.uid]), {"words": "补齐"})
    office.post(reverse("residents:submission_accept", args=[sent.uid]), {"words": ""})
    assert Submission.objects.get().is_accepted
    assert "已接收" in text_of(cadre.get(reverse("residents:submissions")))


def test_nobody_else_finds_it(client_as, cast, sent):
    for user in (cast.cadre02, cast.school, cast.othertown):
        assert client_as(user).get(sent.get_absolute_url()).status_code == 404
    stolen = {"call": sent.call.uid, "place": "150622002001"}
    assert client_as(cast.cadre02).post(reverse("residents:submission_open"), stolen).status_code == 404


def test_a_plan_is_typed_and_handed_in(client_as, cast, town, site, ask, today):
    row = submissions.draft(actor=cast.cadre01, call=ask("plan"), sender=town.village)
    cadre, address = client_as(cast.cadre01), reverse("residents:submission_plan", args=[row.uid])
    form = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
    line = {
        "from_on": today,
        "to_on": today,
        "cohort": "学生",
        "people": "60",
        "site": site.pk,
        "dose_number": "1",
    }
    bad = form | {f"form-0-{key}": value for key, value in (line | {"people": ""}).items()}
    refused = cadre.post(address, bad)
    assert refused.status_code == 422
    assert "第1行 计划人数" in text_of(refused)
    assert 'value="学生"' in text_of(refused)
    good = form | {f"form-0-{key}": value for key, value in line.items()}
    page = cadre.post(address, good, follow=True)
    assert "学生" in text_of(page)
    assert row.plan_rows.get().people == 60
    cadre.post(reverse("residents:submission_submit", args=[row.uid]))
    assert Submission.objects.get().people == 60


@pytest.mark.requirement("S31")
def test_a_school_goes_through_its_first_register(client_as, cast, campaign, school, town, ask, today):
    pupils = [
        make_enrolled(town.village, campaign, today, name=name, organisation=school).resident
        for name in "甲乙"
    ]
    now = timezone.now()
    first = submissions.draft(actor=cast.school, call=ask("school"), sender=school)
    first = submissions.submit(actor=cast.school, submission=first, remark="", now=now)
    submissions.accept(actor=cast.town, submission=first, comment="", now=now)
    row = submissions.draft(actor=cast.school, call=ask("second", audience="schools"), sender=school)
    client, address = client_as(cast.school), reverse("residents:submission_recheck", args=[row.uid])
    page = client.get(address)
    assert {one["person"].name for one in page.context["people"]} == {"甲", "乙"}
    refused = client.post(address, {f"answer_{pupils[0].pk}": "changed"})
    assert refused.status_code == 422
    assert "请写明是什么变化" in text_of(refused)
    client.post(
        address,
        {
            f"answer_{pupils[0].pk}": "changed",
            f"note_{pupils[0].pk}": "转学",
            f"answer_{pupils[1].pk}": "same",
        },
    )
    assert dict(row.rechecks.values_list("resident__name", "note")) == {"甲": "转学", "乙": ""}
    assert client.get(address).context["people"] == []
    assert "转学" in text_of(client.get(row.get_absolute_url()))


def test_the_office_asks_and_moves_the_deadline(client_as, cast, campaign, today):
    office = client_as(cast.town)
    form = {
        "key": uuid4(),
        "kind": "school",
        "stage": "第一剂",
        "due_on": today + timedelta(days=5),
        "due_time": "18:00",
        "note": "含健康状况",
    }
    for _ in range(2):
        office.post(reverse("residents:call_add"), form)
    call = SubmissionCall.objects.get()
    assert (str(call), call.audience) == ("第一剂 学校摸底汇总表", "schools")
    change = reverse("residents:call", args=[call.uid])
    assert "18:00" in text_of(office.get(change))
    past = office.post(change, form | {"due_on": today - timedelta(days=1)})
    assert past.status_code == 422
    assert "截止时间已经过去" in text_of(past)
    office.post(change, form | {"due_on": today + timedelta(days=9)})
    call.refresh_from_db()
    assert timezone.localdate(call.due_at) == today + timedelta(days=9)
    office.post(reverse("residents:call_close", args=[call.uid]))
    assert not SubmissionCall.objects.open().exists()


@pytest.mark.parametrize("extra", [1, 6])
def test_pages_ask_as_many_questions_whatever_their_length(
    extra, client_as, cast, town, campaign, sent, ask, today, django_assert_max_num_queries
):
    for number in range(extra):
        make_enrolled(town.village, campaign, today, name=f"人{number}", group_no=str(number))
    for kind in ("inflow", "plan"):
        ask(kind)
    for user in (cast.town, cast.cadre01):
        client = client_as(user)
        for address in (reverse("residents:submissions"), sent.get_absolute_url()):
            client.get(address)
            with django_assert_max_num_queries(20):
                assert client.get(address).status_code == 200
