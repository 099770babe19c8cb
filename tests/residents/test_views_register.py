"""Pages of the register: who may open what, what they show, what they leave behind."""

import re
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.models import Campaign
from core.models import AuditEvent, Job
from inventory.models import Vaccine
from residents.models import Consent, Enrolment, Hold, Resident, VaccinationRecord
from residents.services.rosters import add_to_roster
from tests.factories.clinic import Floor
from tests.factories.people import id_number, make_enrolled, make_resident
from tests.factories.residents import register_person, typed

BORN = date(1980, 5, 1)
DEEDS = ["edit", "document", "dose", "consent", "condition", "remove"]


@pytest.fixture
def person(town, campaign, cast, today):
    return register_person(town.village, today, actor=cast.cadre01, birth_date=BORN, name="王建国")


def address(name, person):
    if name == "reveal":
        return reverse("residents:reveal", args=[person.uid, person.identifiers.get().pk])
    return reverse(f"residents:{name}", args=[person.uid])


def form_of(village, **more) -> dict:
    """What the browser sends for a new person."""
    sent = {"key": str(uuid4()), "village": village.pk, "residence": "local", "phone_owner": "self"}
    return typed(BORN) | sent | {"birth_date": "", "sex": ""} | more


def test_outside_the_own_place_a_person_does_not_exist(person, cast, client_as):
    for username in ("othertown", "othercadre", "cadre02", "school"):
        for name in ("detail", *DEEDS):
            response = client_as(getattr(cast, username)).get(address(name, person))
            assert response.status_code == 404, (username, name)
            assert "王建国" not in response.content.decode()


@pytest.mark.parametrize("name", ["list", "add", "find"])
def test_pages_of_the_room_need_a_log_in_and_a_right(name, cast, client_as, client):
    url = reverse(f"residents:{name}")
    assert client.get(url).status_code == 302
    assert client_as(cast.cadre01).get(url).status_code == 200
    assert client_as(cast.auditor).get(url).status_code == 403
    assert client_as(cast.registrar).get(url).status_code == (403 if name == "list" else 200)


@pytest.mark.parametrize("name", ["check", "export"])
def test_deeds_of_the_room_refuse_get_and_strangers(name, cast, client_as):
    url = reverse(f"residents:{name}")
    assert client_as(cast.cadre01).get(url).status_code == 405
    assert client_as(cast.auditor).post(url).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_fifty(town, campaign, cast, client_as, today):
    client, counts = client_as(cast.cadre01), []
    for wanted in (1, 50):
        while Resident.objects.count() < wanted:
            register_person(town.village, today, group_no="一组")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(reverse("residents:list"))
        assert page.content.decode().count("data-href") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20, counts


@pytest.mark.parametrize(("page", "most"), [("detail", 12), ("story", 20)])
def test_the_person_page_and_the_story_cost_the_same_for_any_history(
    page, most, person, campaign, cast, client_as, today
):
    client, counts = client_as(cast.cadre01), []
    client.get(address("detail", person))  # the first deed of a user starts the user's audit chain, once
    for history in ((300,), (330, 360), ()):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(page, person))
        frame = ("SAVEPOINT", "RELEASE", "SELECT set_config")  # what opens and closes a transaction
        counts.append(len([q for q in queries if not q["sql"].startswith(frame)]))
        for days in history:
            VaccinationRecord.objects.create(
                resident=person,
                disease="COVID",
                dose_number=days,
                vaccine=Vaccine.objects.get(code="CV-BJ"),
                given_on=today - timedelta(days),
                source="elsewhere",
            )
    none, one, three = counts  # doses: the page does not ask for what nobody has
    assert none <= one == three <= most, counts


def test_lists_and_pages_show_no_full_number_or_phone(person, cast, client_as):
    number = person.identifiers.get().number
    client = client_as(cast.cadre01)
    pages = [
        client.get(reverse("residents:list")),
        client.get(address("detail", person)),
        client.post(reverse("residents:find"), {"q": "王建国"}),
        client.post(reverse("residents:find"), {"q": number}, headers={"HX-Request": "true"}),
    ]
    for page in pages:
        text = page.content.decode().replace(f'value="{number}"', "")
        assert "王建国" in text
        assert number not in text
        assert "13812345678" not in text
    assert "13812345678" not in client.get(address("dose", person)).content.decode()


def test_nothing_personal_stands_in_an_address(person, cast, client_as):
    client = client_as(cast.cadre01)
    number = person.identifiers.get().number
    for page in (client.get(reverse("residents:list")), client.get(address("detail", person))):
        for link in re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', page.content.decode()):
            assert number not in link
            assert "13812345678" not in link
            assert "王建国" not in link


def test_a_text_filter_leaves_no_name_in_the_address(person, cast, client_as, town, today):
    register_person(town.village, today, name="赵六")
    client, url = client_as(cast.cadre01), reverse("residents:list")
    went = client.post(url, {"q": " 王建国 ", "group": "", "age": "18-59"})
    assert went.status_code == 302
    assert "%E7%8E%8B" not in went["Location"] and "age=18-59" in went["Location"]
    found = client.get(went["Location"]).content.decode()
    assert "王建国</a>" in found and "赵六</a>" not in found
    assert 'value="王建国"' in found  # the row shows what was asked
    links = re.findall(r'href="([^"]*)"', found)
    assert not any("王建国" in link or "%E7%8E%8B" in link for link in links)
    assert client.post(url, {"q": "王建国", "age": "18-59"})["Location"] == went["Location"]
    told = client.get(went["Location"], headers={"HX-Request": "true"})
    assert told["HX-Push-Url"] == went["Location"]


@pytest.mark.parametrize("page", ["outreach", "roster"])
def test_nor_does_the_filter_of_the_round_or_of_a_roster(person, page, cast, school, client_as, town, today):
    enrolled = make_enrolled(town.village, Campaign.objects.get(), today, name="赵六")
    for one in (person, enrolled.resident):
        add_to_roster(organisation=school, resident=one, actor=None, today=today)
    client, url = client_as(cast.cadre01), reverse(f"residents:{page}", args=[school.pk] * (page == "roster"))
    went = client.post(url, {"q": "王建国", "mine": "", "csrf": "x"})["Location"]
    assert "%E7%8E%8B" not in went and "csrf" not in went and went.startswith(f"{url}?q=")
    found = client.get(went).text
    assert "王建国" in found and "赵六" not in found
    assert 'value="王建国"' in found
    assert not any("%E7%8E%8B" in link or "王建国" in link for link in re.findall(r'href="([^"]*)"', found))
    assert 'value="王建国"' not in client.get(url, {"q": "王建国"}).text
    assert client.post(url, {"q": ""})["Location"] == url


def test_a_name_written_into_the_address_or_taken_from_another_log_in_finds_nobody(person, cast, client_as):
    url = reverse("residents:list")
    assert 'value="王建国"' not in client_as(cast.cadre01).get(url, {"q": "王建国"}).content.decode()
    word = client_as(cast.cadre01).post(url, {"q": "王建国"})["Location"]
    assert "王建国" not in client_as(cast.othercadre).get(word).content.decode()


def test_old_searches_are_forgotten(cast, client_as):
    client, url = client_as(cast.cadre01), reverse("residents:list")
    first = client.post(url, {"q": "文字0"})["Location"]
    for n in range(1, 25):
        client.post(url, {"q": f"文字{n}"})
    assert 'value="文字0"' not in client.get(first).content.decode()


def test_opening_a_person_is_recorded(person, cast, client_as):
    client_as(cast.vaccinator).get(address("detail", person))
    event = AuditEvent.objects.get(action="resident.viewed")
    assert (event.actor, event.subject) == (cast.vaccinator, str(person.uid))


def test_the_story_belongs_to_the_page_and_alone_is_recorded_too(person, cast, client_as):
    viewed = AuditEvent.objects.filter(action="resident.viewed", subject=str(person.uid))
    client = client_as(cast.cadre01)
    assert f'hx-get="{address("story", person)}"' in client.get(address("detail", person)).content.decode()
    part = client.get(address("story", person), headers={"HX-Request": "true"}).content.decode()
    assert "列入名册" in part and "<html" not in part
    assert viewed.count() == 1, "one opening, one record"
    whole = client_as(cast.town).get(address("story", person)).content.decode()
    assert "列入名册" in whole and "<html" in whole
    assert list(viewed.order_by("at").values_list("actor__username", "data__page")) == [
        (cast.cadre01.username, "person"),
        (cast.town.username, "story"),
    ]


def test_a_line_of_the_story_leads_nowhere_that_is_refused(site, town, campaign, cast, client_as):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.check_in()
    person = visit.enrolment.resident
    link = f'href="{visit.get_absolute_url()}"'
    for user, may in ((cast.registrar, True), (cast.town, False)):
        page = client_as(user).get(address("story", person)).content.decode()
        assert "到场" in page
        assert (link in page) == may


def test_the_full_number_needs_a_purpose_and_leaves_a_trace(person, cast, client_as):
    client, url, number = client_as(cast.cadre01), address("reveal", person), person.identifiers.get().number
    refused = client.post(url, {"purpose": ""})
    assert refused.status_code == 422
    assert number not in refused.content.decode()
    shown = client.post(url, {"purpose": "核对接种凭证"})
    assert number in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert AuditEvent.objects.get(action="resident.number_revealed").data["purpose"] == "核对接种凭证"


def test_a_cadre_registers_one_after_the_other(town, campaign, cast, client_as):
    client = client_as(cast.cadre01)
    sent = form_of(town.village, then="next", group_no="三组", name="孙小美")
    saved = client.post(reverse("residents:add"), sent)
    assert saved.status_code == 302
    assert saved.url.startswith(reverse("residents:add"))
    assert "孙小美" not in saved.url
    fresh = client.get(saved.url).content.decode()
    assert "已登记 孙小美" in fresh
    assert 'value="3"' in fresh
    assert sent["number"] not in fresh
    person = Resident.objects.get()
    assert (person.birth_date, person.sex) == (BORN, "M")
    client.post(reverse("residents:add"), sent)  # the same form again: a double click
    assert Resident.objects.count() == 1


def test_an_error_keeps_what_was_typed(town, campaign, cast, client_as):
    sent = form_of(town.village, number="110105194912310020", name="钱多多", note="记得回访")
    page = client_as(cast.cadre01).post(reverse("residents:add"), sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert "校验码不对" in text
    assert "110105194912310020" in text
    assert "钱多多" in text
    assert "记得回访" in text
    assert not Resident.objects.exists()


def test_a_likeness_asks_before_saving(person, town, cast, client_as):
    client = client_as(cast.cadre01)
    sent = form_of(town.village, name="王建国", then="done")
    warned = client.post(reverse("residents:add"), sent)
    assert warned.status_code == 422
    assert "姓名、性别、出生日期都相同" in warned.content.decode()
    assert Resident.objects.count() == 1
    client.post(reverse("residents:add"), sent | {"confirmed": "done"})
    assert Resident.objects.count() == 2


def test_a_taken_number_is_refused_before_any_likeness_is_asked_about(person, town, cast, client_as):
    taken = person.identifiers.get().number
    sent = form_of(town.village, name="王建国", number=taken, then="next")
    answer = client_as(cast.cadre01).post(reverse("residents:add"), sent)
    assert answer.status_code == 422
    assert "这个证件号码已经登记" in answer.content.decode()
    assert "仍要保存" not in answer.content.decode()


def test_the_form_opens_at_the_number_and_speaks_chinese_only(town, cast, client_as):
    text = client_as(cast.cadre01).get(reverse("residents:add")).content.decode()
    assert re.search(r"<input[^>]*name=\"number\"[^>]*autofocus", text)
    assert "HIGH_RISK" not in text
    assert "---------" not in text


def test_the_number_is_judged_while_it_is_typed(person, town, cast, client_as):
    def answer(**sent):
        return client_as(cast.cadre01).post(reverse("residents:check"), sent).content.decode()

    good = id_number(BORN, 99, "998866")
    assert "已输入 12 位" in answer(id_type="01", number=good[:12])
    assert f'data-birth="{BORN}"' in answer(id_type="01", number=good)
    assert "校验码不对" in answer(id_type="01", number=good[:17] + ("0" if good[17] != "0" else "1"))
    assert "出生日期与证件号码不一致" in answer(id_type="01", number=good, birth_date="1980-05-02")
    assert "check-due" in answer(id_type="01", number=id_number(BORN, 99, "058812"))
    assert "已经登记" in answer(id_type="01", number=person.identifiers.get().number)
    assert "姓名和电话相同" in answer(id_type="01", number="", name="王建国", phone="138 1234 5678")


def test_an_old_number_of_fifteen_digits_is_said_plainly_and_flagged(town, campaign, cast, client_as):
    client, old = client_as(cast.cadre01), "150622800501001"
    told = client.post(reverse("residents:check"), {"id_type": "01", "number": old}).content.decode()
    assert "15 位的旧身份证号" in told and "15062219800501001" in told
    assert "data-birth" not in told  # it may be 18 digits on their way
    half = client.post(
        reverse("residents:check"), {"id_type": "01", "number": "150622198005010"}
    ).content.decode()
    assert "已输入 15 位" in half and "check-stop" not in half
    client.post(reverse("residents:add"), form_of(town.village, number=old, birth_date="", sex=""))
    person = Resident.objects.get()
    assert person.birth_date == date(1980, 5, 1)
    page = client.get(person.get_absolute_url()).content.decode()
    assert "15位旧证" in page


def test_a_passport_asks_for_the_nationality_and_an_edit_keeps_it(town, campaign, cast, client_as):
    client = client_as(cast.cadre01)
    sent = form_of(town.village, id_type="03", number="EA1234567", sex="M", birth_date="1990-02-03")
    refused = client.post(reverse("residents:add"), sent)
    assert refused.status_code == 422
    assert "请选择国籍" in refused.content.decode()
    client.post(reverse("residents:add"), sent | {"nationality": "704"})
    person = Resident.objects.get()
    assert person.nationality == "704"
    assert "越南" in client.get(person.get_absolute_url()).content.decode()
    form = client.get(address("edit", person)).context["form"]
    again = sent | {"number": "", "nationality": form["nationality"].initial, "note": "会说汉语"}
    client.post(address("edit", person), again | {"seen_at": form["seen_at"].initial})
    person.refresh_from_db()
    assert (person.nationality, person.note) == ("704", "会说汉语")


def test_a_card_of_here_needs_no_nationality(town, campaign, cast, client_as):
    client_as(cast.cadre01).post(reverse("residents:add"), form_of(town.village, nationality="704"))
    assert Resident.objects.get().nationality == "156"


def test_editing_shows_the_changes_in_the_story(person, town, cast, client_as):
    client = client_as(cast.cadre01)
    page = client.get(address("edit", person))
    number = person.identifiers.get().number
    assert number not in page.content.decode()
    sent = form_of(
        town.village, name="王建国", number="", group_no="五组", seen_at=person.updated_at.isoformat()
    )
    assert client.post(address("edit", person), sent).status_code == 302
    assert person.identifiers.get().number == number
    assert "组 由“空”改为“5”" in client.get(address("story", person)).content.decode()
    again = client.post(address("edit", person), sent | {"group_no": "六组"})
    assert again.status_code == 422
    assert "别人修改过" in again.content.decode()


def test_a_dose_given_elsewhere_counts_and_shows(person, campaign, cast, client_as, today):
    client = client_as(cast.town)
    sent = {
        "key": uuid4(),
        "vaccine": Vaccine.objects.get(code="CV-BJ").pk,
        "given_on": (today - timedelta(90)).strftime("%Y.%m.%d"),
        "place_name": "江苏苏州园区医院",
        "is_verified": "1",
    }
    unproven = client.post(address("dose", person), sent)
    assert unproven.status_code == 422
    assert "凭证" in unproven.content.decode()
    assert client.post(address("dose", person), sent | {"is_verified": "0"}).status_code == 302
    record = VaccinationRecord.objects.get()
    assert (record.source, record.is_verified, record.dose_number) == ("elsewhere", False, 1)
    assert Enrolment.objects.get().doses_done == 1
    text = client.get(address("detail", person)).content.decode()
    assert "江苏苏州园区医院" in text
    assert "存疑" in text


def test_consent_on_paper_and_a_condition_from_the_village(person, cast, client_as):
    client = client_as(cast.cadre01)
    consent = {
        "given": "1",
        "signer_name": "王建国",
        "relation": "self",
        "channel": "paper",
        "paper_no": "A-17",
    }
    assert client.post(address("consent", person), consent).status_code == 302
    assert Consent.objects.get().paper_no == "A-17"
    assert client.post(address("condition", person), {"reason": "青霉素过敏"}).status_code == 302
    assert Hold.objects.get().kind == "self"
    text = client.get(address("detail", person)).content.decode()
    assert "待核实" in text
    assert "青霉素过敏" in text
    story = client.get(address("story", person)).content.decode()
    assert "同意接种" in story
    assert "青霉素过敏" in story


def test_the_day_of_a_removal_is_today_until_another_is_said(person, cast, client_as, today):
    page = client_as(cast.cadre01).get(address("remove", person))
    assert f'value="{today}"' in page.content.decode()


def test_removal_and_return(person, cast, client_as, today):
    client = client_as(cast.town)
    gone = {"removal": "moved_out", "on": today.isoformat(), "note": "随子女"}
    assert client.post(address("remove", person), gone).status_code == 302
    assert "王建国" not in client.get(reverse("residents:list")).content.decode()
    assert "王建国" in client.get(reverse("residents:list"), {"removed": "1"}).content.decode()
    assert client.post(address("restore", person), {"reason": "没有迁走"}).status_code == 302
    assert "王建国" in client.get(reverse("residents:list")).content.decode()


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"status": "due"}, {"青年", "老人"}),
        ({"status": "complete"}, set()),
        ({"status": "none"}, set()),
        ({"age": "60+"}, {"老人"}),
        ({"age": "18-59"}, {"青年"}),
        ({"age": "3-11"}, {"孩子"}),
        ({"group": "2"}, {"老人"}),
        ({"residence": "away_province"}, {"青年"}),
        ({"reason": "R05"}, {"青年"}),
        ({"q": "laor"}, {"老人"}),
        ({"status": "due", "age": "60+"}, {"老人"}),
    ],
)
def test_filters_of_the_list_and_its_export_agree(
    town, campaign, cast, client_as, today, filters, names, django_capture_on_commit_callbacks
):
    register_person(
        town.village,
        today,
        name="青年",
        residence="away_province",
        away_place="江苏",
        not_vaccinated_reason="R05",
    )
    register_person(town.village, today, name="老人", birth_date=date(1950, 1, 1), group_no="二组")
    register_person(town.village, today, name="孩子", birth_date=today.replace(day=1, year=today.year - 2))
    Enrolment.objects.filter(resident__name="孩子").update(status="ineligible", due_from=None)
    Resident.objects.filter(name="孩子").update(birth_date=today - timedelta(365 * 5))
    client = client_as(cast.cadre01)
    asked = client.post(reverse("residents:list"), filters)["Location"]
    page = client.get(asked).content.decode()
    assert {name for name in ("青年", "老人", "孩子") if f">{name}</a>" in page} == names
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{reverse('residents:export')}?{asked.partition('?')[2]}")
    job = Job.objects.get()
    assert job.result["people"] == len(names), job.message
    file = client.get(job.result["next"])
    rows = list(load_workbook(BytesIO(b"".join(file.streaming_content))).active.values)
    assert {row[0] for row in rows[1:]} == names
    assert all("****" in row[1] and "****" in row[7] for row in rows[1:])
    assert AuditEvent.objects.get(action="residents.exported").data["people"] == len(names)
    assert client_as(cast.town).get(job.result["next"]).status_code == 404


@pytest.mark.requirement("S52")
def test_people_without_a_mainland_card_are_found_by_their_documents(town, campaign, cast, client_as, today):
    def add(name, kind, number, **more):
        told = {"id_type": kind, "number": number, "sex": "M", "birth_date": date(1990, 1, 2)} | more
        return register_person(town.village, today, name=name, **told)

    register_person(town.village, today, name="王建国")
    add("林志远", "07", "12345678")
    add("阮文", "03", "C1234567", nationality="704")
    add("流浪人", "N0", "", no_document_reason="遗失", guarantor="村主任")
    client = client_as(cast.cadre01)
    for asked, names in {
        "hmt": {"林志远"},
        "foreign": {"阮文"},
        "none": {"流浪人"},
        "other": {"林志远", "阮文", "流浪人"},
    }.items():
        page = client.get(reverse("residents:list"), {"papers": asked}).text
        assert {one for one in ("王建国", "林志远", "阮文", "流浪人") if f">{one}</a>" in page} == names


def test_the_list_sorts_by_every_sortable_column(person, cast, client_as):
    client = client_as(cast.cadre01)
    for column in ("name", "age", "place", "status", "due"):
        for sign in ("", "-"):
            assert "王建国" in client.get(reverse("residents:list"), {"sort": sign + column}).content.decode()


def test_a_school_sees_and_registers_its_own_pupils_only(person, town, school, cast, client_as):
    client = client_as(cast.school)
    assert "王建国" not in client.get(reverse("residents:list")).content.decode()
    refused = client.post(reverse("residents:add"), form_of(town.village, name="学生甲"))
    assert refused.status_code == 422
    sent = form_of(town.village, name="学生甲", organisation=school.pk, school_class="一年级2班")
    assert client.post(reverse("residents:add"), sent).status_code == 302
    assert "学生甲" in client.get(reverse("residents:list")).content.decode()


def test_the_edit_form_shows_the_village_and_leads_to_the_move(town, campaign, cast, client_as):
    person = make_resident(town.village)
    client = client_as(cast.town)
    page = client.get(address("edit", person))
    form = page.context["form"]
    assert form["village"].field.disabled and address("move_propose", person) in page.text
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    sent |= {"village": town.villages[1].pk, "note": "改过", "confirmed": "done"}
    assert client.post(address("edit", person), sent).status_code == 302
    person.refresh_from_db()
    assert (person.village, person.note) == (town.village, "改过")
    registrar = client_as(cast.registrar).get(address("edit", person)).text
    assert "请联系村(社区)或镇办" in registrar and address("move_propose", person) not in registrar


def test_no_link_of_a_person_leads_to_a_refusal(town, school, today, cast, client_as):
    """The floor has no list to go back to, a school sees its pupils' households nowhere, and who is in no
    campaign has no doses to enter."""
    person = register_person(town.village, today, household_no="0001")
    Resident.objects.filter(pk=person.pk).update(organisation=school)
    assert Resident.objects.get(pk=person.pk).household
    for user, pages in ((cast.registrar, ("detail", "edit", "document")), (cast.school, ("detail", "edit"))):
        client = client_as(user)
        for page in pages:
            links = re.findall(r'href="(/residents/[^"?#]*)"', client.get(address(page, person)).text)
            assert links
            assert [link for link in set(links) if client.get(link).status_code >= 400] == []
