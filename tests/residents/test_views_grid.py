"""The grid on the server's side: who may fill which sheet, what a row is told, and that no row is saved twice."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEvent
from residents.fields import key_of
from residents.forms.grid import columns
from residents.models import Resident
from residents.services.register import remove_resident
from tests.factories.people import id_number
from tests.factories.residents import register_person, typed

pytestmark = pytest.mark.django_db
BORN = date(1980, 5, 1)


def row_of(village, user, **cells) -> dict:
    """What the browser sends for one row."""
    cells = {"number": id_number(BORN, 11, "998811"), "name": "王建国", "phone": "13812345678"} | cells
    sent = {"village": village.code, "typed_by": user.username, "key": str(uuid4())}
    return sent | {f"cell_{key}": text for key, text in cells.items()}


@pytest.fixture
def ask(client_as, cast):
    """``ask(name, row, user)``: the answer to a posted row, as the page reads it."""

    def post(name, row, user=cast.cadre01, status=200):
        response = client_as(user).post(reverse(f"residents:grid_{name}"), row)
        assert response.status_code == status, response.content.decode()
        return response.json()

    return post


def words_of(answer) -> str:
    return " ".join(problem["message"] for problem in answer["problems"])


def test_a_sheet_opens_for_villages_of_ones_own_only(town, campaign, cast, client_as):
    url = reverse("residents:grid")
    own = client_as(cast.cadre01).get(url)  # one village: nothing to choose
    assert own.context["village"] == town.village
    assert client_as(cast.town).get(url).context["village"] is None
    assert client_as(cast.town).get(url, {"village": town.villages[1].code}).status_code == 200
    for user, village in [
        (cast.cadre01, town.villages[1]),
        (cast.town, town.other_villages[0]),
        (cast.town, town.town),
    ]:
        assert client_as(user).get(url, {"village": village.code}).status_code == 404
    assert client_as(cast.auditor).get(url).status_code == 403


@pytest.mark.parametrize("name", ["check", "save"])
def test_a_row_for_a_village_of_others_is_refused(name, town, campaign, cast, ask):
    row = row_of(town.villages[1], cast.cadre01)
    assert "不在您的登记范围" in words_of(ask(name, row, status=422))
    assert not Resident.objects.exists()


@pytest.mark.parametrize("name", ["check", "save"])
def test_a_row_is_never_saved_in_the_name_of_another_user(name, town, campaign, cast, ask):
    row = row_of(town.village, cast.cadre01)
    assert "另一个帐号" in words_of(ask(name, row, user=cast.town, status=409))
    assert not Resident.objects.exists()


def test_a_row_without_key_is_not_taken(town, campaign, cast, ask):
    ask("save", row_of(town.village, cast.cadre01) | {"key": ""}, status=422)
    assert not Resident.objects.exists()


def test_a_good_row_is_told_what_its_number_tells_and_nothing_is_written(town, campaign, cast, ask):
    answer = ask("check", row_of(town.village, cast.cadre01))
    assert answer["state"] == "ready"
    assert answer["filled"] == {"sex": "男", "birth_date": "1980-05-01"}
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("cells", "field", "word"),
    [
        ({"name": ""}, "name", "姓名"),
        ({"number": ""}, "number", "没有证件号码"),
        ({"number": "1.50622E+17"}, "number", "Excel"),
        ({"number": id_number(BORN, 11, "998811")[:-1] + "?"}, "number", "号码"),
        ({"phone": "1381234"}, "phone", "电话"),
        ({"birth_date": "1981-05-01"}, "birth_date", "出生"),
        ({"residence": "外出(省外)"}, "away_place", "外出地"),
        ({"residence": "外出"}, "away_place", "外出地"),
        ({"residence": "不知道的"}, "residence", "不在可选范围"),
        ({"id_type": "无证件"}, "number", "登记"),
    ],
)
def test_what_is_wrong_is_said_in_words_at_its_cell(cells, field, word, town, campaign, cast, ask):
    for name in ("check", "save"):
        answer = ask(name, row_of(town.village, cast.cadre01, **cells))
        assert answer["state"] == "error"
        assert [problem["field"] for problem in answer["problems"] if problem["level"] == "error"] == [field]
        assert word in words_of(answer)
    assert not Resident.objects.exists()


def test_a_saved_row_is_a_person_like_any_other(town, campaign, cast, ask):
    row = row_of(
        town.village,
        cast.cadre01,
        phone_owner="女儿",
        group_no="一组",
        household_no="012",
        residence="外出",
        away_place="山东省青岛市",
        priority_groups="K1",
        note="年底回来",
    )
    answer = ask("save", row)
    person = Resident.objects.get()
    assert (answer["state"], answer["differs"]) == ("saved", False)
    assert answer["people"] == [{"words": "王建国", "url": person.get_absolute_url()}]
    assert (person.village, person.birth_date, person.sex) == (town.village, BORN, "M")
    assert (person.phone_owner, person.residence) == ("child", "away_province")
    assert (person.household.number, person.group_no, person.note) == ("012", "1", "年底回来")
    assert [group.code for group in person.priority_groups.all()] == ["K1"]
    assert person.enrolments.get().campaign == campaign
    assert AuditEvent.objects.get(action="resident.added").actor == cast.cadre01


def test_a_repeated_key_saves_once_and_is_answered_alike(town, campaign, cast, ask):
    row = row_of(town.village, cast.cadre01)
    first = ask("save", row)
    assert ask("save", row) == first  # the answer got lost, the page asks again
    again = ask("check", row)  # or was opened anew before it asked
    assert (again["state"], again["differs"]) == ("saved", False)
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    "later", [{"cell_phone": "13900000001"}, {"cell_number": id_number(BORN, 13)}, {"cell_name": ""}]
)
def test_what_was_typed_after_the_first_save_is_not_passed_over(later, town, campaign, cast, ask):
    row = row_of(town.village, cast.cadre01)
    ask("save", row)
    answer = ask("save", row | later)
    assert (answer["state"], answer["differs"]) == ("saved", True)
    assert Resident.objects.get().phone == "13812345678"


def test_a_key_of_somebody_else_tells_nothing(town, campaign, cast, ask):
    row = row_of(town.village, cast.town)
    ask("save", row, user=cast.town)
    strange = row_of(town.village, cast.cadre01, name="赵二", number=id_number(BORN, 15)) | {
        "key": row["key"]
    }
    assert ask("check", strange)["state"] == "ready"


def test_a_registered_number_is_refused_and_opens_the_person(town, campaign, cast, ask, today):
    person = register_person(town.village, today, number=id_number(BORN, 11, "998811"))
    for name in ("check", "save"):
        answer = ask(name, row_of(town.village, cast.cadre01, name="李四"))
        assert answer["state"] == "known"
        assert "已经登记" in words_of(answer)
        assert answer["people"] == [{"words": "打开已登记的人", "url": person.get_absolute_url()}]
    assert Resident.objects.count() == 1


def test_who_has_the_number_elsewhere_is_not_told(town, campaign, cast, ask, today):
    register_person(town.other_villages[0], today, number=id_number(BORN, 11, "998811"), name="钱七")
    answer = ask("check", row_of(town.village, cast.cadre01))
    assert "蓝天街道" in words_of(answer)
    assert answer["people"] == []
    assert "钱七" not in str(answer)


def test_somebody_alike_is_saved_only_after_a_second_look(town, campaign, cast, ask, today):
    twin = register_person(town.village, today, birth_date=BORN, name="王建国")
    row = row_of(town.village, cast.cadre01)
    for name in ("check", "save"):
        answer = ask(name, row)
        assert answer["state"] == "alike"
        assert answer["people"][0]["url"] == twin.get_absolute_url()
        assert "姓名、性别、出生日期都相同" in answer["people"][0]["words"]
    assert Resident.objects.count() == 1
    assert ask("save", row | {"sure": "on"})["state"] == "saved"
    assert Resident.objects.count() == 2


def test_sure_does_not_help_against_a_registered_number(town, campaign, cast, ask, today):
    gone = register_person(town.village, today, number=id_number(BORN, 11, "998811"))
    remove_resident(resident=gone, actor=cast.town, removal="moved_out", on=today, today=today)
    answer = ask("save", row_of(town.village, cast.cadre01) | {"sure": "on"})
    assert answer["state"] == "error"
    assert "已移出(迁出),可请镇办在其页面恢复" in words_of(answer)


def test_a_school_fills_its_own_roster(town, campaign, cast, school, ask, client_as):
    page = client_as(cast.school).get(reverse("residents:grid"), {"village": town.village.code})
    assert page.context["organisation"] == school
    row = row_of(town.village, cast.school, workplace="别的学校", school_class="三年级2班")
    assert ask("save", row, user=cast.school)["state"] == "saved"
    assert Resident.objects.get().organisation == school


def test_no_row_is_answered_after_the_log_out(town, campaign, cast, client):
    """The page asks without following redirects and sees that it is logged out."""
    response = client.post(reverse("residents:grid_save"), row_of(town.village, cast.cadre01))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def test_a_check_costs_the_same_on_an_empty_and_on_a_full_register(town, campaign, cast, client_as, today):
    client, counts = client_as(cast.cadre01), []
    row = row_of(town.village, cast.cadre01)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("residents:grid_check"), row).json()
        counts.append(len(queries))
        assert answer["state"] == "ready"
        for _ in range(12):
            register_person(
                town.village, today, **{k: v for k, v in typed(BORN).items() if k != "name"}, name="周八"
            )
    assert counts[0] == counts[1] <= 15, counts


def test_a_row_of_somebody_registered_may_fill_what_is_blank(town, campaign, cast, ask, today):
    number = id_number(BORN, 11, "998811")
    person = register_person(town.village, today, number=number, name="王建国", birth_date=BORN, phone="")
    row = row_of(town.village, cast.cadre01, household_no="012", dose1_on="2021-04-09", dose1_vaccine="科兴")
    answer = ask("save", row | {"fill": "on"})
    assert answer["state"] == "saved"
    assert "联系电话" in words_of(answer) and "户号" in words_of(answer) and "接种记录" in words_of(answer)
    person.refresh_from_db()
    assert (person.phone, person.household.number) == ("13812345678", "012")
    again = ask("save", row | {"fill": "on"})
    assert again["state"] == "saved" and "没有再登记" in words_of(again)
    assert person.records.count() == 1
    assert Resident.objects.count() == 1


def test_a_row_that_contradicts_the_register_fills_nothing(town, campaign, cast, ask, today):
    number = id_number(BORN, 11, "998811")
    person = register_person(town.village, today, number=number, name="王建国", phone="13900000001")
    answer = ask("save", row_of(town.village, cast.cadre01, household_no="012") | {"fill": "on"})
    assert answer["state"] == "known"
    assert "联系电话" in words_of(answer) and "没有改动" in words_of(answer)
    assert "13900000001" not in str(answer)
    person.refresh_from_db()
    assert person.household is None


def test_nobody_is_filled_from_the_sheet_of_another_village(town, campaign, cast, ask, today):
    number = id_number(BORN, 11, "998811")
    person = register_person(town.villages[1], today, number=number, name="王建国", phone="")
    row = row_of(town.village, cast.town) | {"fill": "on"}
    assert ask("save", row, user=cast.town)["state"] == "error"
    person.refresh_from_db()
    assert person.phone == ""


def test_earlier_doses_are_saved_with_the_person_and_once(town, campaign, cast, ask):
    doses = {
        "dose1_on": "2021.4.9",
        "dose1_vaccine": "北京生物",
        "dose2_on": "2021-05-08",
        "dose2_place": "旗医院",
    }
    row = row_of(town.village, cast.cadre01, priority_groups="K1", relation_to_head="户主", **doses)
    for _ in range(2):
        answer = ask("save", row)
        assert (answer["state"], answer["differs"]) == ("saved", False)
    person = Resident.objects.get()
    told = person.records.order_by("dose_number").values_list("dose_number", "given_on", "source")
    assert list(told) == [(1, date(2021, 4, 9), "elsewhere"), (2, date(2021, 5, 8), "elsewhere")]
    assert person.enrolments.get().doses_done == 2
    assert person.relation_to_head == "户主"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"dose1_on": "2031-01-01"}, "dose1_on"),
        ({"dose1_on": "1979-01-01"}, "dose1_on"),
        ({"dose1_on": "2021-05-08", "dose2_on": "2021-04-09"}, "dose1_on"),
    ],
)
def test_an_impossible_dose_is_told_before_it_is_saved(cells, field, town, campaign, cast, ask):
    answer = ask("save", row_of(town.village, cast.cadre01, **cells))
    assert answer["state"] == "error"
    assert field in [problem["field"] for problem in answer["problems"]]
    assert Resident.objects.count() == 0


def test_the_key_of_the_drafts_is_ones_own_and_stays(town, campaign, cast, client_as):
    url = reverse("residents:grid")
    mine = client_as(cast.cadre01).get(url).context["draft_key"]
    assert re.fullmatch("[0-9a-f]{64}", mine)
    assert client_as(cast.cadre01).get(url).context["draft_key"] == mine
    assert client_as(cast.cadre02).get(url).context["draft_key"] != mine
    assert client_as(cast.cadre01).get(url)["Cache-Control"] == "no-store"


def test_the_usual_headers_of_a_dose_find_their_column():
    by_key = {column.field.key: column.headers.split("|") for column in columns()}
    for title, key in [
        ("第一针接种日期", "dose1_on"),
        ("第2剂厂家", "dose2_vaccine"),
        ("第三针", "dose3_on"),
    ]:
        assert title in by_key[key]
        assert key_of(title) == key
