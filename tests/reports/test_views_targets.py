"""The office shares its task out: what the page proposes, keeps, sums up and refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEvent
from core.text import half_width
from reports.models import Target
from reports.services import ladders
from reports.services.bulletins import writing
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
ADDRESS = "reports:targets"


@pytest.fixture
def office(cast, client_as):
    return client_as(cast.town)


def form_of(place, today, kind="first", key=None, days=10, **quantities) -> dict:
    return {
        "place": place.code,
        "kind": kind,
        "key": str(key or uuid4()),
        "due_on": (today + timedelta(days=days)).isoformat(),
        "note": "",
    } | {name.removeprefix("v"): quantity for name, quantity in quantities.items()}


def current() -> dict[str, int]:
    return dict(Target.objects.current().values_list("place__name", "quantity"))


@pytest.mark.requirement("S5")
def test_the_page_says_what_is_unassigned_and_proposes_from_the_register(
    office, town, campaign, under_way, today
):
    make_enrolled(town.villages[0], campaign, today)
    response = office.get(reverse(ADDRESS))
    ladder = response.context["ladder"]
    assert (ladder.goal.quantity, ladder.assigned, ladder.unassigned, ladder.people, ladder.done) == (
        8,
        6,
        2,
        10,
        3,
    )
    assert [(s.quantity, s.people, s.proposed, s.done) for s in ladder.steps] == [
        (3, 4, 3, 2),
        (2, 3, 3, 1),
        (1, 3, 2, 0),
    ]
    assert sum(step.proposed for step in ladder.steps) == ladder.goal.quantity
    text = response.content.decode()
    assert 'data-proposed="3"' in text and "按应种人数把 8 人分完" in text and "变更记录" in text


@pytest.mark.requirement("S5")
def test_assigning_supersedes_and_keeps_the_old_number(office, town, under_way, today, cast):
    first, second, third = (village.code for village in town.villages)
    sent = form_of(town.town, today, **{f"v{first}": 5, f"v{second}": 2, f"v{third}": ""})
    response = office.post(reverse(ADDRESS), sent, follow=True)
    assert "已下达 1 个单位的任务" in response.content.decode()
    assert current() == {"迎泽街道": 8, "曙光社区": 5, "南山社区": 2, "巴汉图村委会": 1}
    assert response.context["ladder"].unassigned == 0
    old = Target.objects.get(place=town.villages[0], superseded_at__isnull=False)
    assert old.quantity == 3
    assert "被替换" in response.content.decode()
    office.post(reverse(ADDRESS), sent)
    assert Target.objects.filter(place=town.villages[0]).count() == 2


def test_more_than_the_task_is_said_as_such(office, town, under_way, today):
    first = town.villages[0].code
    text = office.post(reverse(ADDRESS), form_of(town.town, today, **{f"v{first}": 50}), follow=True)
    assert text.context["ladder"].over == 45
    assert "多 45" in text.content.decode()
    dashboard = office.get(reverse("reports:dashboard")).content.decode()
    assert "分下去的比任务多 45 人" in dashboard


def test_the_county_shares_out_to_towns(client_as, cast, town, under_way, today):
    county = client_as(cast.county)
    ladder = county.get(reverse(ADDRESS)).context["ladder"]
    assert [(str(step.unit), step.quantity, step.people) for step in ladder.steps] == [
        ("迎泽街道", 8, 9),
        ("蓝天街道", None, 1),
    ]
    county.post(reverse(ADDRESS), form_of(town.county, today, **{f"v{town.other_town.code}": 400}))
    assert current()["蓝天街道"] == 400
    inside = county.get(reverse(ADDRESS), {"place": town.town.code})
    assert len(inside.context["ladder"].steps) == 3 and "返回 准格尔旗" in inside.content.decode()


def test_a_town_without_a_task_may_note_its_own(client_as, cast, town, campaign, today):
    office = client_as(cast.othertown)
    assert office.get(reverse(ADDRESS)).context["own_field"] is not None
    office.post(reverse(ADDRESS), form_of(town.other_town, today, own=300))
    assert current() == {"蓝天街道": 300}
    assert office.get(reverse(ADDRESS)).context["own_field"].value() == 300
    office.post(reverse(ADDRESS), form_of(town.other_town, today, own=320))
    assert current() == {"蓝天街道": 320}


def test_a_given_task_cannot_be_changed_by_the_town(office, town, under_way, today):
    sent = form_of(town.town, today, own=1, **{f"v{town.town.code}": 1, f"v{town.other_villages[0].code}": 1})
    assert office.post(reverse(ADDRESS), sent).status_code == 422
    assert current()["迎泽街道"] == 8 and "铁北社区" not in current()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": 900}, "截止日期应在活动期间"),
        ({"quantity": "-1"}, "任务数不能是负数"),
        ({"quantity": "viele"}, "整数"),
        ({"quantity": ""}, "还没有填任何任务数"),
    ],
)
def test_bad_numbers_are_refused_and_nothing_typed_is_lost(office, town, under_way, today, changes, words):
    quantity = changes.pop("quantity", 7)
    sent = form_of(town.town, today, **changes, **{f"v{town.villages[1].code}": quantity})
    before = current()
    response = office.post(reverse(ADDRESS), sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text and f'value="{quantity}"' in text or quantity == ""
    assert words in text
    assert current() == before


def test_only_ones_own_place(client_as, cast, town, under_way, today):
    stranger = client_as(cast.othertown)
    assert stranger.get(reverse(ADDRESS), {"place": town.town.code}).status_code == 404
    sent = form_of(town.town, today, **{f"v{town.villages[0].code}": 5})
    assert stranger.post(reverse(ADDRESS), sent).status_code == 404
    assert client_as(cast.registrar).get(reverse(ADDRESS)).status_code == 403


@pytest.mark.parametrize("who", ["town", "county"])
def test_queries_do_not_grow(client_as, cast, under_way, who):
    client = client_as(getattr(cast, who))
    client.get(reverse(ADDRESS))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse(ADDRESS)).status_code == 200
    assert len(seen) <= 20


def test_the_ladder_sums_villages_into_towns(town, campaign, under_way, now):
    ladder = ladders.ladder(campaign=campaign, place=town.county, kind="first", now=now)
    assert [(step.people, step.done) for step in ladder.steps] == [(9, 3), (1, 1)]


@pytest.fixture
def groups(town, campaign, give, today):
    """In the first village two people of 1组, one of 2组 and one of no group; one of 1组 with a dose."""
    people = [make_enrolled(town.village, campaign, today, group_no=group) for group in ("1", "1", "2", "")]
    give(people[0])
    return people


@pytest.mark.requirement("S5")
def test_a_cadre_shares_the_villages_task_out_to_its_groups(
    client_as, cast, town, campaign, under_way, groups, today
):
    cadre, code = client_as(cast.cadre01), town.village.code
    ladder = cadre.get(reverse(ADDRESS)).context["ladder"]
    assert [(str(s.unit), s.people, s.done, s.proposed) for s in ladder.steps] == [
        ("1组", 2, 1, 2),
        ("2组", 1, 0, 1),
    ]
    assert (ladder.goal.quantity, ladder.rest, ladder.people, ladder.done) == (3, (4, 2), 7, 3)
    sent = form_of(town.village, today, **{f"{code}-1": 2, f"{code}-2": 2})
    page = cadre.post(reverse(ADDRESS), sent, follow=True)
    assert (page.context["ladder"].assigned, page.context["ladder"].over) == (4, 1)
    assert set(Target.objects.current().exclude(group_no="").values_list("group_no", "quantity")) == {
        ("1", 2),
        ("2", 2),
    }
    # Neither the village nor the dashboard counts the tasks of the groups beside its own.
    assert (
        client_as(cast.town).get(reverse("reports:dashboard")).context["board"].total.standing.quantity == 6
    )
    with CaptureQueriesContext(connection) as seen:
        cadre.get(reverse(ADDRESS))
    assert len(seen) <= 20


def test_every_figure_of_a_line_opens_as_many_names(client_as, cast, town, campaign, under_way, groups):
    cadre = client_as(cast.cadre01)
    page = cadre.get(reverse(ADDRESS)).context
    shown = [(links, step.people, step.done, step.standing.lately) for step, _, _, links in page["lines"]]
    rest = page["ladder"].rest
    shown.append((page["rest_links"], *rest, None))
    for links, people, done, lately in shown:
        for name, number in {"people": people, "done": done, "lately": lately}.items():
            if number is not None:
                assert cadre.get(links[name]).context["table"].paginator.count == number, (
                    links[name],
                    number,
                )


@pytest.mark.requirement("S53")
def test_two_deadlines_of_a_percentage_stand_beside_each_other(office, town, campaign, under_way, today):
    for percent, days in ((40, 10), (65, 50)):
        sent = form_of(town.town, today, days=days) | {
            "basis": "percent",
            "percent": percent,
            "kind": "complete",
        }
        page = office.post(reverse(ADDRESS), sent | {"due": ""}, follow=True)
        assert page.status_code == 200
    first, second = page.context["ladder"].dues
    assert (second - first).days == 40
    by_day = {
        due: sorted(
            Target.objects.current()
            .filter(due_on=due, kind="complete")
            .values_list("quantity", "base_people")
        )
        for due in (first, second)
    }
    # three villages of three people each, and the town's nine
    assert by_day == {first: [(2, 3), (2, 3), (2, 3), (4, 9)], second: [(2, 3), (2, 3), (2, 3), (6, 9)]}
    assert page.context["ladder"].goal.base.number == 1 and "9 人的 65%" in page.content.decode()
    now = office.get(reverse(ADDRESS), {"kind": "complete"}).context["ladder"]
    assert now.due_on == first and [step.quantity for step in now.steps] == [2, 2, 2]


@pytest.mark.requirement("S53")
def test_a_step_before_the_deadline_leaves_what_was_shared_out(
    office, cast, town, campaign, under_way, today, now
):
    """The county asks for 8 in ten days, of which 6 are shared out; the town sets a step of 1 each in five days."""
    shares = {f"v{village.code}": "1" for village in town.villages}
    sent = form_of(town.town, today, days=5, **shares) | {"due": ""}
    page = office.post(reverse(ADDRESS), sent, follow=True)
    ladder = page.context["ladder"]
    assert (ladder.due_on, ladder.goal.quantity) == (today + timedelta(days=5), 8)
    assert (ladder.assigned, ladder.shared, ladder.unassigned) == (3, 6, 2)
    assert "分完" not in page.content.decode()  # of the step nobody says how many
    seen = office.get(reverse("reports:dashboard"))
    board = seen.context["board"]
    assert (board.total.standing.quantity, board.shared, board.unassigned) == (3, 6, 2)
    assert f"下面先对照 {ladder.due_on:%Y-%m-%d} 前的任务,合计 3 人" in seen.content.decode()
    # done 3 of 3, two of them by one village: the town has reached the step, one village has not
    assert (board.total.standing.missing, board.total.standing.whole.missing) == (1, 0)
    assert board.total.state[1] == "正常"
    later = office.get(reverse(ADDRESS), {"due": (today + timedelta(days=10)).isoformat()}).context["ladder"]
    assert (later.assigned, later.shared, later.unassigned) == (6, None, 2)
    about = {"campaign": campaign, "place": town.town, "day": today, "actor": cast.town, "now": now}
    told = writing.write_bulletin(kind="summary", key=uuid4(), **about).versions.get().sections
    words = half_width(" ".join(part["text"] for part in told))
    assert "还有2人没有下达" in words and "前的首剂任务3人,完成3人" in words and "首剂任务还差" not in words


def test_a_place_of_which_the_base_holds_nobody_gets_no_percentage(client_as, cast, town, campaign, today):
    make_enrolled(town.village, campaign, today)
    sent = form_of(town.county, today) | {"basis": "percent", "percent": 40}
    client_as(cast.county).post(reverse(ADDRESS), sent)
    assert current() == {"准格尔旗": 1, "迎泽街道": 1}


def test_a_moved_deadline_replaces_the_old_one(office, town, under_way, today):
    old = office.get(reverse(ADDRESS)).context["ladder"].due_on
    first = town.villages[0].code
    sent = form_of(town.town, today, days=20, **{f"v{first}": 3}) | {"due": old.isoformat()}
    office.post(reverse(ADDRESS), sent)
    assert Target.objects.current().get(place=town.villages[0]).due_on == old + timedelta(days=10)


@pytest.mark.requirement("S57")
def test_doses_of_a_week_count_from_their_first_day(office, town, campaign, under_way, today):
    first = town.villages[0].code
    sent = form_of(town.town, today, kind="doses", **{f"v{first}": 4}) | {
        "starts_on": (today - timedelta(days=5)).isoformat()
    }
    office.post(reverse(ADDRESS), sent)
    page = office.get(reverse(ADDRESS), {"kind": "doses"})
    step = page.context["ladder"].steps[0]
    assert (step.done, step.standing.lately, step.standing.missing) == (
        2,
        1,
        2,
    )  # the dose of 30 days ago is not of it
    assert "接种点现有库存" in page.content.decode()
    names = office.get(page.context["lines"][0][3]["done"])
    assert names.context["table"].paginator.count == 2
    board = office.get(reverse("reports:dashboard"), {"kind": "doses"}).context["board"]
    assert (board.rows[0].standing.done, board.rows[0].standing.quantity) == (2, 4)


@pytest.mark.requirement("S66")
def test_a_stock_to_clear_is_shared_out_in_doses(office, town, campaign, under_way, today):
    first = town.villages[0].code
    sent = form_of(town.town, today, kind="doses", **{f"v{first}": 9}) | {"basis": "stock"}
    office.post(reverse(ADDRESS), sent)
    target = Target.objects.current().get(kind="doses")
    assert (target.basis, target.starts_on, target.note) == ("stock", today, "下达时库存 0 剂")
    refused = office.post(reverse(ADDRESS), sent | {"kind": "first", "key": str(uuid4())})
    assert refused.status_code == 422


@pytest.mark.requirement("S5")
def test_a_task_given_by_mistake_is_taken_back_and_stays_in_the_history(
    office, client_as, cast, town, under_way, today
):
    page = office.get(reverse("reports:withdraw"), {"place": town.town.code})
    first = Target.objects.current().get(place=town.villages[0])
    from_above = Target.objects.current().get(place=town.town)
    assert [target.place for target, _ in page.context["targets"]] == town.villages  # 8 came from the county
    asked = {"place": town.town.code, "kind": "first", "chosen": [first.pk]}
    for reason in ("", "错"):
        refused = office.post(reverse("reports:withdraw"), asked | {"reason": reason})
        assert refused.status_code == 422 and "checked" in refused.content.decode()
    for _ in range(2):  # a double click is no second deed
        done = office.post(reverse("reports:withdraw"), asked | {"reason": "期限填错了"}, follow=True)
        assert done.status_code == 200
    assert current() == {town.town.name: 8, town.villages[1].name: 2, town.villages[2].name: 1}
    assert "撤回:期限填错了" in done.content.decode()
    assert AuditEvent.objects.filter(action="target.withdrawn").count() == 1
    row = office.get(reverse("reports:dashboard")).context["board"].rows[0]
    assert (row.standing.quantity, row.state[1]) == (None, "未定任务")
    office.post(reverse(ADDRESS), form_of(town.town, today, **{f"v{town.villages[0].code}": "5"}))
    assert current()[town.villages[0].name] == 5
    others = [(office, from_above), (client_as(cast.cadre01), Target.objects.current().get(quantity=5))]
    for client, target in others:  # what came from above is taken back above
        place = target.place.code
        asked = {"place": place, "kind": "first", "chosen": [target.pk], "reason": "不想做了"}
        refused = client.post(reverse("reports:withdraw"), asked)
        assert refused.status_code == 422 and "请上级撤回" in refused.content.decode()
    asked = {"place": town.town.code, "kind": "first", "chosen": [from_above.pk], "reason": "改由旗里另下"}
    assert client_as(cast.county).post(reverse("reports:withdraw"), asked).status_code == 302
    assert town.town.name not in current()
    asked["chosen"], asked["reason"] = (
        [Target.objects.filter(place=town.villages[0]).earliest("pk").pk],
        "再撤一次",
    )
    Target.objects.filter(withdrawal="期限填错了").update(withdrawal="", withdrawn_by=None)
    over = office.post(reverse("reports:withdraw"), asked)
    assert over.status_code == 422 and "已经改过" in over.content.decode()
