"""Pages of the rosters, driven through the client."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.models import AuditEvent
from inventory.models import Vaccine
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from residents.models import Resident, RosterEntry, Sticker
from residents.services import records, rosters
from residents.services.rosters import RosterDetails
from tests.factories.people import id_number, make_enrolled, make_resident

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query):
    response = client.get(reverse(f"residents:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def put(organisation, person, today, **details):
    return rosters.add_to_roster(
        organisation=organisation,
        resident=person,
        actor=None,
        today=today,
        details=RosterDetails(**details),
    )


def pupil(town, today, campaign=None, born=None, **fields):
    born = born or today - timedelta(days=9 * 366)
    if campaign:
        return make_enrolled(town.village, campaign, today, birth_date=born, **fields).resident
    return make_resident(town.village, birth_date=born, **fields)


@pytest.mark.requirement("S13")
def test_a_person_of_another_village_is_linked_not_registered_again(town, employer, today, cast, client_as):
    person = make_resident(
        town.villages[1], name="赵强", number=id_number(today.replace(year=1990, day=2), 31)
    )
    typed = {"id_type": "01", "number": person.identifiers.get().number, "name": "赵 强", "since": str(today)}
    address = reverse("residents:member_add", args=[employer.pk])
    client = client_as(cast.employer)
    answer = client.post(address, typed | {"job": "一车间", "key": uuid4()}, follow=True)
    assert "已在居民名册上" in answer.content.decode()
    assert (Resident.objects.count(), RosterEntry.objects.get().job) == (1, "一车间")
    again = client.post(address, typed | {"key": uuid4()})
    assert again.status_code == 422 and "已经在迎泽建材厂的名册上" in again.content.decode()
    shown = page(client, "roster", employer.pk)
    assert "赵强" in shown and person.identifiers.get().number not in shown


def test_a_number_alone_does_not_open_anybodys_record(town, employer, today, cast, client_as):
    person = make_resident(town.villages[1], name="赵强")
    other = make_resident(town.other_villages[0], name="钱多")
    address = reverse("residents:member_add", args=[employer.pk])
    for wanted, name, words in (
        (person, "李四", "是另一个姓名"),
        (other, "李四", "是另一个姓名"),
        (other, "钱多", "登记在别的乡镇"),  # where somebody is registered is told to who knows the name
    ):
        typed = {
            "id_type": "01",
            "number": wanted.identifiers.get().number,
            "name": name,
            "since": str(today),
        }
        answer = client_as(cast.employer).post(address, typed)
        assert answer.status_code == 422 and words in answer.content.decode()
        assert name == wanted.name or wanted.name not in answer.content.decode()
    assert AuditEvent.objects.filter(action="resident.name_missed").count() == 2
    assert not RosterEntry.objects.exists()


@pytest.mark.requirement("S13")
def test_somebody_nobody_knows_is_registered_with_the_village(
    town, employer, today, cast, client_as, campaign
):
    number = id_number(today.replace(year=1995, day=3), 55)
    typed = {"id_type": "01", "number": number, "name": "孙新", "since": str(today - timedelta(days=3))}
    address, client = reverse("residents:member_add", args=[employer.pk]), client_as(cast.employer)
    answer = client.post(address, typed)
    assert answer.status_code == 422 and "请在下面选择现住的村" in answer.content.decode()
    typed |= {
        "village": town.villages[1].pk,
        "residence": "in_province",
        "away_place": "榆林市",
        "phone": "13900001111",
        "key": uuid4(),
    }
    for _ in range(2):  # a double click is one person
        assert client.post(address, typed).status_code == 302
    person = Resident.objects.get(name="孙新")
    entry = RosterEntry.objects.get()
    assert (person.village, person.organisation, person.residence) == (
        town.villages[1],
        employer,
        "in_province",
    )
    assert entry.since == today - timedelta(days=3)
    assert person.enrolments.get(campaign=campaign).unit == town.villages[1]
    assert "孙新" in page(client_as(cast.cadre02), "list")


def test_leaving_and_editing_from_the_page(town, school, today, cast, client_as):
    entry = put(school, pupil(town, today, name="周小"), today, grade=13, class_no="2")
    client = client_as(cast.school)
    answer = client.post(
        reverse("residents:member_edit", args=[school.pk, entry.uid]),
        {"grade": "14", "class_no": "2班", "guardian_name": "周父", "guardian_phone": "13912345678"},
    )
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.class_word, entry.guardian_phone) == ("四年级2班", "13912345678")
    leave = reverse("residents:member_leave", args=[school.pk, entry.uid])
    assert client.post(leave, {"on": str(today), "reason": ""}).status_code == 422
    assert client.post(leave, {"on": str(today), "reason": "转学"}).status_code == 302
    assert "周小" not in page(client, "roster", school.pk)
    assert "转学" in page(client, "roster", school.pk, left="1")
    assert client.get(leave).status_code == 404


@pytest.mark.requirement("S30")
def test_confirming_shows_who_and_when(town, school, today, cast, client_as):
    client = client_as(cast.school)
    confirm = reverse("residents:roster_confirm", args=[school.pk])
    assert "还没有人" in client.post(confirm, follow=True).content.decode()
    put(school, pupil(town, today), today)
    assert "1 人待核对" in page(client, "rosters")
    assert f"核对人 {cast.school}" in client.post(confirm, follow=True).content.decode()
    assert "已核对" in page(client_as(cast.town), "rosters")


@pytest.mark.requirement("S28")
@pytest.mark.requirement("S30")
def test_the_school_summary_counts_grade_by_class_and_the_sheet_says_the_same(
    town, school, today, cast, client_as, campaign
):
    ill = pupil(town, today, campaign, name="甲一", conditions="哮喘")
    put(school, ill, today, grade=13, class_no="2")
    put(school, pupil(town, today, campaign, name="乙二"), today, grade=13, class_no="10")
    put(
        school, pupil(town, today, campaign, name="丙三"), today, grade=13, class_no="2", home_county="榆阳区"
    )
    records.note_dose(
        enrolment=ill.enrolments.get(),
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=40),
        actor=None,
        today=today,
    )
    client = client_as(cast.school)
    shown = page(client, "school_summary", school.pk)
    assert shown.index("三年级2班") < shown.index("三年级10班")
    sheet = load_workbook(
        BytesIO(client.get(reverse("residents:school_summary_file", args=[school.pk])).content)
    ).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if row[0] == "学校")
    line = dict(zip(head, next(row for row in rows if row[1] == "三年级2班"), strict=True))
    assert {key: line[key] for key in ("在册", "已种第1剂", "未种", "有慢病或自述情况", "住外县")} == {
        "在册": 2,
        "已种第1剂": 1,
        "未种": 1,
        "有慢病或自述情况": 1,
        "住外县": 1,
    }
    assert "迎泽小学" in page(client_as(cast.town), "schools")


@pytest.mark.requirement("S36")
def test_each_day_of_a_school_counts_the_doses_of_its_pupils(town, school, today, cast, client_as, campaign):
    grown = today.replace(year=today.year - 20, day=1)  # of the campaign's age
    one, other = (pupil(town, today, campaign, born=grown, name=name) for name in ("甲", "乙"))
    for person in (one, other, pupil(town, today, name="没有列入")):
        put(school, person, today, grade=13)
    vaccine = Vaccine.objects.get(code="CV-SV")
    for person, ago in ((one, 30), (one, 0), (other, 1)):
        row = person.enrolments.get(campaign=campaign)
        day = today - timedelta(days=ago)
        records.note_dose(enrolment=row, vaccine=vaccine, given_on=day, actor=None, today=today)
    client = client_as(cast.school)

    def figures(day):
        return client.get(reverse("residents:school_days"), {"day": day.isoformat()}).context["totals"]

    assert figures(today) == [3, 2, 0, 1, 0, 2, 1, 0]
    assert figures(today - timedelta(days=1)) == [3, 2, 1, 0, 0, 2, 0, 0]
    assert figures(today - timedelta(days=2)) == [3, 2, 0, 0, 0, 1, 0, 1]
    file = client.get(reverse("residents:school_days_file"), {"day": today.isoformat()})
    rows = [[c for c in row if c is not None] for row in load_workbook(BytesIO(file.content)).active.values]
    assert [school.name, *figures(today)] in rows
    assert client_as(cast.othertown).get(reverse("residents:school_days")).context["lines"] == []


@pytest.mark.requirement("S32")
def test_pupils_of_another_county_are_listed_told_and_counted_there(
    town, school, today, cast, client_as, campaign
):
    client = client_as(cast.school)
    number = id_number(today.replace(year=today.year - 9, day=1), 77)
    typed = {
        "id_type": "01",
        "number": number,
        "name": "钱远",
        "since": str(today),
        "grade": "13",
        "village": town.village.pk,
        "home_county": "陕西省榆林市榆阳区",
        "guardian_name": "钱父",
        "guardian_phone": "13911112222",
        "key": uuid4(),
    }
    assert client.post(reverse("residents:member_add", args=[school.pk]), typed).status_code == 302
    person = Resident.objects.get(name="钱远")
    assert person.enrolments.get(campaign=campaign).unit is None  # counted where the pupil lives
    assert "未推送" in page(client, "elsewhere")

    push = reverse("residents:elsewhere_push")
    client.post(push, {"county": "没有的县"})
    assert RosterEntry.objects.get().pushed_at is None
    client.post(push, {"county": "陕西省榆林市榆阳区"})
    assert RosterEntry.objects.get().pushed_by == cast.school
    assert AuditEvent.objects.filter(action="members.pushed").count() == 1

    def numbers(user):
        book = load_workbook(BytesIO(client_as(user).get(reverse("residents:elsewhere_file")).content))
        assert book.sheetnames == ["陕西省榆林市榆阳区"]
        return {cell.value for row in book.active.iter_rows() for cell in row}

    assert number in numbers(cast.town) and number not in numbers(cast.school)


@pytest.mark.requirement("S52")
def test_a_foreign_pupil_is_asked_for_the_country(town, school, today, cast, client_as, campaign):
    client, url = client_as(cast.school), reverse("residents:member_add", args=[school.pk])
    born = f"{today.year - 9}-01-02"
    typed = {"id_type": "03", "number": "C1234567", "name": "NGUYEN LAN", "since": str(today), "grade": "13"}
    typed |= {"village": town.village.pk, "sex": "F", "birth_date": born, "key": uuid4()}
    assert "请选择国籍" in client.post(url, typed).text
    assert client.post(url, typed | {"nationality": "704"}).status_code == 302
    assert Resident.objects.get(name="NGUYEN LAN").nationality == "704"


@pytest.mark.requirement("S80")
def test_the_public_page_tells_the_state_and_nothing_of_a_person(town, today, cast, client_as, campaign):
    shop = Organisation.objects.create(
        name="老王饭店", kind=OrganisationKind.SHOP, shop_type=ShopType.RESTAURANT, place=town.village
    )
    person = make_enrolled(town.village, campaign, today, name="王守店")
    put(shop, person.resident, today)
    town_user = client_as(cast.town)
    assert "现在不能发放" in page(town_user, "sticker_print", shop.pk)
    records.note_dose(
        enrolment=person,
        vaccine=Vaccine.objects.get(code="CV-KX"),
        given_on=today - timedelta(days=30),
        actor=None,
        today=today,
    )
    rosters.confirm_roster(organisation=shop, actor=cast.cadre01, now=timezone.now())
    sticker = Sticker.objects.get()
    certificate = page(town_user, "sticker_print", shop.pk)
    assert "<svg" in certificate and sticker.number in certificate and "王守店" not in certificate
    assert "1 / 1" in page(town_user, "stickers")

    public = page(Client(), "sticker", sticker.uid)
    assert "安心便签有效" in public and "老王饭店" in public and "王守店" not in public
    put(shop, make_enrolled(town.village, campaign, today, name="李新来").resident, today)
    public = page(Client(), "sticker", sticker.uid)
    assert "安心便签已收回" in public and "李新来" not in public and "名员工" not in public
    assert client_as(cast.town).get(reverse("residents:stickers_file")).status_code == 200
    assert Client().get(reverse("residents:sticker", args=[uuid4()])).status_code == 404


def test_pages_ask_the_same_number_of_queries_for_any_number_of_people(
    town, employer, today, cast, client_as, campaign, django_assert_max_num_queries
):
    for n in range(25):
        put(
            employer,
            make_enrolled(town.village, campaign, today, name=f"王{n}").resident,
            today,
            job=f"{n % 3}班",
        )
        Organisation.objects.create(
            name=f"店{n}", kind=OrganisationKind.SHOP, shop_type=ShopType.STORE, place=town.village
        )
    client = client_as(cast.cadre01)
    for name, args in (
        ("rosters", []),
        ("roster", [employer.pk]),
        ("roster_print", [employer.pk]),
        ("stickers", []),
        ("schools", []),
        ("elsewhere", []),
    ):
        with django_assert_max_num_queries(20):
            page(client, name, *args)
