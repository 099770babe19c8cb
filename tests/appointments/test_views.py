"""The pages of sessions, booking and lists: what each role sees and may do, in a fixed number of queries."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from appointments.models import Booking, ClinicSession, RosterSubmission
from campaigns.models import PriorityGroup
from core.models import AuditEvent
from residents.services.holds import place_hold
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(today):
    """Three days ahead: the list is open at any hour at which the suite runs."""
    return today + timedelta(days=3)


@pytest.fixture
def session(campaign, site, on):
    return make_session(campaign, site, on, places=60)


@pytest.fixture
def slot(session):
    return session.slots.first()


@pytest.fixture
def people(town, campaign, today):
    """Three people of our first village, one of the second, one of the neighbour town."""
    villages = [*[town.villages[0]] * 3, town.villages[1], town.other_villages[0]]
    names = ["王一", "王二", "王三", "李四", "赵邻"]
    return [
        make_enrolled(village, campaign, today, name=name, phone=f"1380000000{n}")
        for n, (village, name) in enumerate(zip(villages, names, strict=True))
    ]


def url(name, *args, **query) -> str:
    tail = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"appointments:{name}", args=args) + (f"?{tail}" if tail else "")


def text(response) -> str:
    return response.content.decode()


def test_the_list_shows_free_and_taken_places(client_as, cast, session, slot, people):
    make_booking(people[0], slot)
    page = text(client_as(cast.cadre01).get(url("list")))
    assert "1 / 180" in page
    assert "开放预约" in page
    assert url("add") not in page
    assert url("add") in text(client_as(cast.town).get(url("list")))


def test_sessions_of_the_past_are_found_only_when_asked_for(client_as, cast, session, campaign, site, today):
    old = make_session(campaign, site, today - timedelta(days=5))
    client = client_as(cast.town)
    assert old.get_absolute_url() not in text(client.get(url("list")))
    page = text(client.get(url("list", when="past")))
    assert old.get_absolute_url() in page
    assert session.get_absolute_url() not in page


def test_a_session_for_another_village_or_town_does_not_exist(
    client_as, cast, campaign, site, town, on, session
):
    theirs = make_session(campaign, site, on, audience=[town.villages[1]])
    for user, of, status in [
        (cast.cadre01, theirs, 404),
        (cast.cadre02, theirs, 200),
        (cast.othertown, session, 404),
        (cast.othercadre, session, 404),
        (cast.registrar, session, 200),
        (cast.county, session, 200),
        (cast.school, session, 200),
        (cast.sysadmin, session, 403),
    ]:
        assert client_as(user).get(of.get_absolute_url()).status_code == status, user


def test_a_cadre_sees_the_names_of_the_own_village_only(client_as, cast, session, slot, people):
    for person in people[:4]:
        make_booking(person, slot)
    page = text(client_as(cast.cadre01).get(session.get_absolute_url()))
    assert "王一" in page
    assert "李四" not in page
    assert "南山社区" not in page
    office = text(client_as(cast.town).get(session.get_absolute_url()))
    assert "李四" in office
    assert "南山社区" in office


def test_the_store_keeper_sees_numbers_but_no_names(client_as, cast, session, slot, people):
    make_booking(people[0], slot)
    page = text(client_as(cast.stock).get(session.get_absolute_url()))
    assert "1/60" in page
    assert "王一" not in page
    assert client_as(cast.stock).get(url("roster")).status_code == 403


@pytest.fixture
def plan(site, on):
    return {
        "key": uuid.uuid4(),
        "site": site.pk,
        "on": on.isoformat(),
        "kind": "open",
        "morning_from": "08:30",
        "morning_to": "12:00",
        "afternoon_from": "",
        "afternoon_to": "",
        "stations": 4,
        "per_hour": 10,
        "minutes": 30,
        "open_now": "on",
    }


def test_the_office_plans_and_opens_a_session_once(client_as, cast, campaign, plan):
    client = client_as(cast.town)
    for _ in range(2):
        assert client.post(url("add"), plan).status_code == 302
    session = ClinicSession.objects.get()
    assert (session.state, session.created_by) == ("open", cast.town)
    assert [slot.capacity for slot in session.slots.all()] == [20] * 7


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"morning_to": ""}, "上午的开始和结束"),
        ({"morning_from": "", "morning_to": ""}, "至少填写一个开放时间"),
        ({"on": "2020-01-01"}, "日期不能早于今天"),
        ({"on": "2030-01-01"}, "不在接种活动期间"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_is_lost(client_as, cast, campaign, plan, changes, words):
    response = client_as(cast.town).post(url("add"), plan | changes)
    assert response.status_code == 422
    assert words in text(response)
    assert 'value="4"' in text(response)
    assert not ClinicSession.objects.exists()


def test_the_office_cannot_plan_at_a_site_of_the_neighbour(client_as, cast, campaign, plan, other_site):
    assert client_as(cast.town).post(url("add"), plan | {"site": other_site.pk}).status_code == 422
    assert client_as(cast.cadre01).get(url("add")).status_code == 403


def test_a_cancelled_session_names_who_must_be_told(client_as, cast, session, slot, people):
    make_booking(people[0], slot)
    client = client_as(cast.town)
    response = client.post(url("cancel", session.uid), {"reason": "停电"}, follow=True)
    assert "通知 1 人" in text(response)
    assert "13800000000" in text(response)
    assert "场次取消:停电" in text(response)
    assert client_as(cast.othertown).post(url("cancel", session.uid), {"reason": "x"}).status_code == 404
    assert client_as(cast.cadre01).post(url("cancel", session.uid), {"reason": "x"}).status_code == 403


def test_places_cannot_go_below_the_booked(client_as, cast, session, slot, people):
    for person in people[:3]:
        make_booking(person, slot)
    client = client_as(cast.town)
    refused = client.post(url("capacity", session.uid, slot.pk), {"capacity": 2})
    assert refused.status_code == 422
    assert "已约 3 人" in text(refused)
    assert client.post(url("capacity", session.uid, slot.pk), {"capacity": 3}).status_code == 302
    slot.refresh_from_db()
    assert slot.capacity == 3
    assert client_as(cast.othertown).get(url("capacity", session.uid, slot.pk)).status_code == 404


def test_opening_and_closing_by_button(client_as, cast, campaign, site, on, today, people):
    session = make_session(campaign, site, on, is_open=False)
    client = client_as(cast.town)
    client.post(url("open", session.uid))
    session.refresh_from_db()
    assert session.state == "open"
    assert client.post(url("close", session.uid)).status_code == 409  # its day has not come
    now = make_session(campaign, site, today)
    make_booking(people[0], now.slots.last())
    assert "1 人登记为" in text(client.post(url("close", now.uid), follow=True))
    assert client_as(cast.cadre01).post(url("open", session.uid)).status_code == 403


def test_a_cadre_books_the_due_of_the_own_village(client_as, cast, session, slot, people):
    client, address = client_as(cast.cadre01), url("book", session.uid)
    page = text(client.get(address))
    assert "王一" in page
    assert "李四" not in page
    key = uuid.uuid4()
    post = {"key": key, "slot": slot.pk, "people": [people[0].pk, people[1].pk]}
    answer = text(client.post(address, post))
    assert "约上 2 人" in answer
    again = text(client.post(address, post))
    assert "约上 2 人" in again
    assert Booking.objects.count() == 2
    assert f'name="people" value="{people[0].pk}"' not in again
    assert f'name="people" value="{people[2].pk}"' in again


def test_each_refused_person_is_named_with_the_reason(client_as, cast, session, slot, people, on):
    place_hold(
        enrolment=people[1], kind="contra", reason="青霉素休克史", by=None, now=at(on, 8) - timedelta(days=3)
    )
    post = {"key": uuid.uuid4(), "slot": slot.pk, "people": [people[0].pk, people[1].pk]}
    answer = text(client_as(cast.cadre01).post(url("book", session.uid), post))
    assert "约上 1 人,1 人没有约上" in answer
    assert "青霉素休克史" in answer


def test_who_is_ticked_outside_the_filter_is_neither_forgotten_nor_booked_twice(
    client_as, cast, session, slot, people
):
    post = {"key": uuid.uuid4(), "slot": "", "people": [people[0].pk]}
    client = client_as(cast.cadre01)
    address = client.post(url("book", session.uid), {"narrow": "1", "q": "nobody"}).url
    refused = client.post(address, post)
    assert [row.pk for row in refused.context["kept"]] == [people[0].pk]
    assert f'value="{people[0].pk}" checked' in text(refused)
    done = client.post(address, post | {"slot": slot.pk})
    assert not done.context["kept"]
    assert Booking.objects.count() == 1


def test_people_of_others_cannot_be_booked(client_as, cast, session, slot, people):
    post = {"key": uuid.uuid4(), "slot": slot.pk, "people": [people[0].pk, people[3].pk]}
    assert client_as(cast.cadre01).post(url("book", session.uid), post).status_code == 404
    assert client_as(cast.registrar).post(url("book", session.uid), post).status_code == 403
    assert client_as(cast.othercadre).post(url("book", session.uid), post).status_code == 404
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("post", "words"),
    [
        ({"slot": ""}, "请先选择时段"),
        ({"people": []}, "请至少勾选一人"),
        ({"people": ["x"]}, ""),
        ({"people": ["9" * 30]}, ""),
    ],
)
def test_an_incomplete_form_says_what_is_missing(client_as, cast, session, slot, people, post, words):
    full = {"key": uuid.uuid4(), "slot": slot.pk, "people": [people[0].pk]}
    response = client_as(cast.cadre01).post(url("book", session.uid), full | post)
    assert response.status_code == 422
    assert words in text(response)
    assert not Booking.objects.exists()


def test_a_closed_list_says_so_to_the_cadre_and_asks_the_office_why(
    client_as, cast, campaign, site, today, people
):
    session = make_session(campaign, site, today, minutes=1440 // 2)
    session.slots.update(ends_at="23:59:59")
    slot = session.slots.get()
    cadre = client_as(cast.cadre01)
    assert "名单已截止" in text(cadre.get(url("book", session.uid)))
    post = {"key": uuid.uuid4(), "slot": slot.pk, "people": [people[0].pk]}
    assert cadre.post(url("book", session.uid), post).status_code == 422
    office = client_as(cast.town)
    assert "补报" in text(office.post(url("book", session.uid), post))
    assert office.post(url("book", session.uid), post | {"reason": "外出返乡"}).status_code == 200
    assert Booking.objects.get().late_reason == "外出返乡"


@pytest.mark.parametrize(("who", "relative"), [("school", "school"), ("employer", "employer")])
def test_school_and_employer_book_their_own_people(
    client_as, cast, session, slot, people, campaign, today, town, school, employer, who, relative
):
    organisation = {"school": school, "employer": employer}[relative]
    own = make_enrolled(town.villages[1], campaign, today, name="员工甲", organisation=organisation)
    client, address = client_as(getattr(cast, who)), url("book", session.uid)
    page = text(client.get(address))
    assert "员工甲" in page
    assert "王一" not in page
    post = {"key": uuid.uuid4(), "slot": slot.pk, "people": [own.pk]}
    assert "约上 1 人" in text(client.post(address, post))
    assert client.post(address, post | {"people": [people[0].pk], "key": uuid.uuid4()}).status_code == 404
    assert "员工甲" in text(client.get(url("bookings")))


def test_the_due_list_is_filtered_by_need_group_and_name(client_as, cast, session, town, campaign, today):
    make_enrolled(
        town.village,
        campaign,
        today,
        name="张老",
        birth_date=today.replace(year=today.year - 70, day=1),
        group_no="1组",
    )
    make_enrolled(town.village, campaign, today, name="陈青", group_no="2组")
    client = client_as(cast.cadre01)

    def shown(**query):
        page = text(client.get(url("book", session.uid, **query), headers={"HX-Request": "true"}))
        assert "<html" not in page
        return ["张老" in page, "陈青" in page]

    assert shown() == [True, True]
    assert shown(who="elder") == [True, False]
    assert shown(group="2组") == [False, True]
    narrowed = client.post(url("book", session.uid), {"narrow": "1", "q": "陈", "group": ""})
    assert "%E9%99%88" not in narrowed.url  # a name stands in no address
    page = client.get(narrowed.url, headers={"HX-Request": "true"})
    assert ("张老" in text(page), "陈青" in text(page)) == (False, True)
    assert page["HX-Push-Url"] == narrowed.url


def test_the_due_list_is_filtered_as_the_register_is(client_as, cast, session, town, campaign, today):
    doctor, other = (
        make_enrolled(village, campaign, today, name=name, grid=grid)
        for name, grid, village in (("张医", "第1网格", town.village), ("陈青", "第2网格", town.villages[1]))
    )
    group = PriorityGroup.objects.in_use([campaign])[0]
    doctor.resident.priority_groups.add(group)
    client = client_as(cast.town)

    def shown(**query):
        page = text(client.get(url("book", session.uid, **query), headers={"HX-Request": "true"}))
        return ["张医" in page, "陈青" in page]

    assert shown() == [True, True]
    assert shown(grid="第2网格") == [False, True]
    assert shown(key_group=group.pk) == [True, False]
    assert shown(village=town.villages[1].code) == [False, True]
    fields = client.get(url("book", session.uid)).context["filter"].form.fields
    assert {"village", "group", "grid", "key_group"} - set(fields) <= {"group"}  # nobody here is in a group


def test_a_booking_is_moved_and_cancelled_from_the_list(client_as, cast, session, people):
    first, second, _ = session.slots.all()
    booking = make_booking(people[0], first)
    client = client_as(cast.cadre01)
    move, cancel = url("booking_move", booking.uid), url("booking_cancel", booking.uid)
    assert move in text(client.get(url("bookings")))
    response = client.post(move, {"key": uuid.uuid4(), "slot": second.pk}, follow=True)
    assert "已改到" in text(response)
    new = booking.moved_to
    assert new.slot == second
    page = client.post(url("booking_cancel", new.uid), {"common": "", "reason": ""})
    assert page.status_code == 422
    client.post(url("booking_cancel", new.uid), {"common": "外出"})
    new.refresh_from_db()
    assert (new.state, new.end_reason) == ("cancelled", "外出")
    for address in (move, cancel):
        assert client_as(cast.cadre02).get(address).status_code == 404
        assert client_as(cast.registrar).get(address).status_code == 403


@pytest.mark.requirement("S42")
def test_the_roster_lists_people_by_slot_and_village_and_is_logged(client_as, cast, session, on, people):
    make_booking(people[0], session.slots.last())
    make_booking(people[3], session.slots.first())
    page = text(client_as(cast.town).get(url("roster", on=on.isoformat())))
    assert page.index("李四") < page.index("王一")
    assert "13800000000" in page
    assert AuditEvent.objects.filter(action="roster.viewed", actor=cast.town, data__people=2).exists()
    cadre = text(client_as(cast.cadre01).get(url("roster", on=on.isoformat())))
    assert "王一" in cadre
    assert "李四" not in cadre
    assert "没有开放的场次" in text(client_as(cast.othertown).get(url("roster", on=on.isoformat())))


def test_the_workbook_holds_masked_numbers_and_phones_and_is_logged(
    client_as, cast, session, slot, on, people
):
    make_booking(people[0], slot)
    response = client_as(cast.cadre01).get(url("roster_file", on=on.isoformat()))
    book = load_workbook(io.BytesIO(response.content))
    cells = [str(cell.value) for row in book["名单"].iter_rows() for cell in row if cell.value is not None]
    assert "王一" in cells
    assert "13800000000" in cells
    number = people[0].resident.identifiers.get()
    assert number.masked in cells
    assert number.number not in "".join(cells)
    grid = [[cell.value for cell in row] for row in book["时段表"].iter_rows()]
    assert any(row[2:5] == [str(slot), "曙光社区", 1] for row in grid)
    assert AuditEvent.objects.filter(action="roster.exported", actor=cast.cadre01).count() == 1


@pytest.mark.requirement("S41")
def test_a_village_hands_in_its_list_in_time(client_as, cast, session, slot, on, people, town):
    make_booking(people[0], slot)
    client = client_as(cast.cadre01)
    assert "上报名单" in text(client.get(url("roster", on=on.isoformat())))
    response = client.post(url("submit", session.uid), {"place": town.village.code}, follow=True)
    assert "名单已上报,共 1 人" in text(response)
    row = RosterSubmission.objects.get()
    assert (row.people, row.is_late, row.is_admitted) == (1, False, True)
    make_booking(people[1], slot)
    assert "上报后有增减" in text(client.get(url("roster", on=on.isoformat())))
    client.post(url("submit", session.uid), {"place": town.village.code})
    row.refresh_from_db()
    assert row.people == 2
    other = town.villages[1].code
    assert client.post(url("submit", session.uid), {"place": other}).status_code == 404
    assert (
        client_as(cast.cadre02).post(url("submit", session.uid), {"place": other}, follow=True).status_code
        == 200
    )
    assert RosterSubmission.objects.count() == 1  # nobody of the second village is booked


@pytest.mark.requirement("S41")
def test_a_late_list_waits_for_the_office(client_as, cast, campaign, site, today, people, town):
    session = make_session(campaign, site, today)
    make_booking(people[0], session.slots.first())
    page = client_as(cast.cadre01).post(url("submit", session.uid), {"place": town.village.code}, follow=True)
    assert "须镇办批准" in text(page)
    row = RosterSubmission.objects.get()
    assert not row.is_admitted
    approve = url("roster_approve", row.pk)
    assert client_as(cast.cadre01).get(approve).status_code == 403
    assert client_as(cast.othertown).get(approve).status_code == 404
    client_as(cast.town).post(approve, {"reason": "村里停电"})
    row.refresh_from_db()
    assert row.is_admitted
    assert row.approval_reason == "村里停电"
    assert AuditEvent.objects.filter(action="roster.approved").count() == 1


def test_a_school_hands_in_its_own_list(client_as, cast, session, slot, campaign, today, town, school):
    make_booking(make_enrolled(town.village, campaign, today, organisation=school), slot)
    client = client_as(cast.school)
    client.post(url("submit", session.uid), {"organisation": school.pk})
    row = RosterSubmission.objects.get()
    assert (row.sender, row.people) == (school, 1)
    assert client.post(url("submit", session.uid), {"organisation": school.pk + 1}).status_code == 404


def test_a_person_s_story_tells_of_bookings(client_as, cast, slot, people):
    make_booking(people[0], slot, actor=cast.cadre01)
    story = reverse("residents:story", args=[people[0].resident.uid])  # the person's page fetches it
    page = text(client_as(cast.cadre01).get(story))
    assert "预约" in page
    assert slot.session.get_absolute_url() in page


def test_pages_take_a_fixed_number_of_queries(
    client_as, cast, campaign, site, town, today, on, session, django_assert_max_num_queries
):
    slot, client = session.slots.first(), client_as(cast.town)
    numbers = []
    for size in (1, 50):
        for n in range(size):
            make_enrolled(town.villages[n % 3], campaign, today)
            make_session(campaign, site, on + timedelta(days=n % 10))
            booking = make_booking(make_enrolled(town.villages[n % 3], campaign, today), slot)
        session.slots.update(capacity=80)
        addresses = {
            "list": url("list"),
            "session": session.get_absolute_url(),
            "book": url("book", session.uid),
            "bookings": url("bookings"),
            "roster": url("roster", on=on.isoformat()),
            "booking_move": url("booking_move", booking.uid),
        }
        numbers.append({})
        for name, address in addresses.items():
            client.get(address)  # the log-in's first page may differ
            with django_assert_max_num_queries(20) as queries:
                assert client.get(address).status_code == 200
            numbers[-1][name] = len(queries)
    assert numbers[0] == numbers[1]


@pytest.mark.requirement("S57")
def test_the_office_sets_places_and_quotas_on_one_sheet(client_as, cast, session, slot, town, people):
    client, where = client_as(cast.town), url("places", session.uid)
    page = text(client.get(where))
    for word in ("号源", "常规预留", "第2剂", "曙光社区", "巴汉图村委会"):
        assert word in page
    assert "铁北社区" not in page
    boxes = {f"capacity_{one.pk}": 60 for one in session.slots.all()} | {
        f"reserved_{slot.pk}": 10,
        f"d2_{slot.pk}": 20,
        f"v{town.village.pk}_{slot.pk}": 5,
    }
    assert client.post(where, boxes).status_code == 302
    slot.refresh_from_db()
    assert slot.reserved == 10
    assert sorted(slot.quotas.values_list("dose_number", "place", "places"), key=str) == [
        (2, None, 20),
        (None, town.village.pk, 5),
    ]
    page = text(client_as(cast.town).get(session.get_absolute_url()))
    assert "常规预留 10 · 第2剂 0/20 · 1 个村有名额" in page
    too_many = client.post(where, boxes | {f"v{town.village.pk}_{slot.pk}": 51})
    assert too_many.status_code == 422
    assert "各村(社区)名额合计 51,多于可约号源 50" in text(too_many)
    assert 'value="51"' in text(too_many)
    # the cadre of the village sees what is left for it, and cannot book more
    page = text(client_as(cast.cadre01).get(url("book", session.uid)))
    assert 'data-free="5"' in page
    assert 'data-free="45"' not in page


def test_places_are_shared_out_by_the_people_who_are_due(
    client_as, cast, session, slot, town, people, campaign, today
):
    for _ in range(2):
        make_booking(make_enrolled(town.villages[2], campaign, today), slot)
    page = text(client_as(cast.town).get(url("places", session.uid, share="due")))
    assert "还没有保存" in page
    for village, places in ((town.villages[0], 44), (town.villages[1], 14), (town.villages[2], 2)):
        assert f'name="v{village.pk}_{slot.pk}" value="{places}"' in page


def test_top_up_release_and_take_back(client_as, cast, session, slot):
    client, page = client_as(cast.town), url("places", session.uid)
    assert "增加了 15 个号" in text(client.post(url("places_add", session.uid), {"places": "5"}, follow=True))
    assert "请填写" in text(client.post(url("places_add", session.uid), {}, follow=True))
    client.post(url("release", session.uid), {"percent": "50"})
    at_noon = f"{session.on - timedelta(days=1)}T12:00"
    client.post(url("release", session.uid), {"percent": "100", "at": at_noon})
    client.get(page)  # the messages of the deeds
    shown = text(client.get(page))
    assert shown.count("放到 50%") == shown.count("放到 100%") == 1
    assert "还没放" not in text(client.get(session.get_absolute_url()))
    coming = session.releases.get(percent=100)
    assert "已撤销" in text(client.post(url("release_drop", session.uid, coming.pk), follow=True))
    assert session.releases.count() == 1


def test_a_called_off_day_lists_phones_texts_and_rebooks(
    client_as, cast, session, slot, people, campaign, site, on
):
    for person in people[:4]:
        make_booking(person, slot)
    client = client_as(cast.town)
    page = client.post(url("cancel", session.uid), {"reason": "停电"}, follow=True)
    assert page.redirect_chain[-1][0] == url("told", session.uid)
    for word in ("王一", "13800000000", "李四", "停电", "未通知", "王*"):
        assert word in text(page)
    file = client.get(url("told", session.uid, file="sms"))
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert lines[0] == ["手机号", "姓名", "短信内容"]
    assert len(lines) == 5
    assert lines[1][:2] == ["13800000000", "王一"]
    assert lines[1][2].startswith("【改期通知】王一:您约在")
    assert AuditEvent.objects.filter(action="roster.called_off_exported").count() == 1

    cadre = client_as(cast.cadre01)
    page = text(cadre.get(url("told", session.uid)))
    assert "王一" in page
    assert "李四" not in page
    mine = Booking.objects.get(enrolment=people[0])
    theirs = Booking.objects.get(enrolment=people[3])
    told = {"deed": "told", "people": [mine.pk, theirs.pk]}
    assert "已登记通知了 1 人" in text(cadre.post(url("told", session.uid), told, follow=True))
    theirs.refresh_from_db()
    assert theirs.told_at is None

    other = make_session(campaign, site, on + timedelta(days=1), places=2)
    post = {"deed": "rebook", "people": [mine.pk], "key": uuid.uuid4()}
    assert "请选择改约到哪一场" in text(cadre.post(url("told", session.uid), post))
    done = text(cadre.post(url("told", session.uid), post | {"session": other.uid}))
    assert "改约 1 人" in done
    mine.refresh_from_db()
    assert mine.moved_to.slot.session == other
    assert "已改到" in text(cadre.get(url("told", session.uid)))
    assert client_as(cast.registrar).post(url("told", session.uid), told).status_code == 403


def test_the_page_of_the_told_costs_the_same_for_many(
    client_as, cast, session, slot, town, campaign, today, django_assert_max_num_queries
):
    for n in range(12):
        make_booking(make_enrolled(town.villages[n % 3], campaign, today), slot)
    client = client_as(cast.town)
    client.post(url("cancel", session.uid), {"reason": "停电"})
    with django_assert_max_num_queries(20):
        client.get(url("told", session.uid))


def test_the_sheet_of_places_costs_the_same_for_many_slots(
    client_as, cast, campaign, site, on, django_assert_max_num_queries
):
    session = make_session(campaign, site, on, minutes=15)
    client = client_as(cast.town)
    with django_assert_max_num_queries(20):
        client.get(url("places", session.uid, share="due"))


@pytest.mark.requirement("S15")
@pytest.mark.requirement("S43")
def test_notices_of_tomorrow_to_paste_and_to_send(client_as, cast, session, slot, people):
    for person in people[:4]:
        make_booking(person, slot)
    cadre = client_as(cast.cadre01)
    page = text(cadre.get(url("roster_texts", on=session.on)))
    assert "08:30–09:00(3人):王*、王*、王*" in page
    assert "王一" not in page
    assert "李*" not in page
    for word in ("身份证", "口罩", "健康码", "迎泽街1号"):
        assert word in page
    file = cadre.get(url("roster_texts", on=session.on, file="sms"))
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [line[:2] for line in lines[1:]] == [
        ["13800000000", "王一"],
        ["13800000001", "王二"],
        ["13800000002", "王三"],
    ]
    assert "王一:您约在" in lines[1][2]
    assert AuditEvent.objects.get(action="roster.texts_exported").data["people"] == 3
    assert len(text(client_as(cast.town).get(url("roster_texts", on=session.on))).split("<textarea")) == 3


@pytest.mark.requirement("S81")
def test_the_site_gets_ready_on_one_page(client_as, cast, campaign, site, today):
    session = make_session(campaign, site, today, started=False)
    registrar, page = client_as(cast.registrar), url("ready", session.uid)
    shown = text(registrar.get(page))
    for word in ("还缺", "接种员还缺 2 人", "急救箱", "还没有设置功能分区", "请镇办在本页写明原因"):
        assert word in shown
    assert "开场检查" in text(registrar.get(session.get_absolute_url()))

    layout = registrar.get(url("zones_of", site.pk, layout=4))
    assert "急救箱(肾上腺素)" not in text(layout)
    boxes = {field.html_name: field.value() or "" for field in layout.context["form"]}
    assert registrar.post(url("zones_of", site.pk), boxes).status_code == 302
    assert [zone.name for zone in site.zones.all()] == ["登记区", "咨询(预检)区", "接种区", "观察区"]
    assert "观察区" in text(registrar.get(url("zones")))

    post = {"duty": "patrol", "name": "赵四", "phone": "13900000000"}
    assert "已安排 赵四" in text(registrar.post(url("staff_add", session.uid), post, follow=True))
    assert "已经在巡防队员岗位上" in text(registrar.post(url("staff_add", session.uid), post, follow=True))
    shown = text(
        registrar.post(
            url("staff_add", session.uid), {"duty": "doctor", "user": cast.screener.pk}, follow=True
        )
    )
    assert "没有登记执业(助理)医师证书" in shown
    guard = session.staff.get(duty="patrol")
    assert "不再担任" in text(registrar.post(url("staff_drop", session.uid, guard.pk), follow=True))

    warm = registrar.post(url("checks", session.uid), {"points": ["cold"], "celsius": "9"}, follow=True)
    assert "超出 2–8℃" in text(warm)
    fine = {"points": ["cold", "disinfection"], "celsius": "4.5", "cold_note": "冷藏包自带"}
    assert "检查结果已保存" in text(registrar.post(url("checks", session.uid), fine, follow=True))
    assert 'value="4.5"' in text(registrar.get(page))

    assert "还不能开场" in text(registrar.post(url("start", session.uid), {"reason": "着急"}, follow=True))
    office = client_as(cast.town)
    assert "缺项仍要开场的原因" in text(office.get(page))
    assert "已开场" in text(office.post(url("start", session.uid), {"reason": "县里同意"}, follow=True))
    assert "缺项开场原因:县里同意" in text(registrar.get(page))


def test_the_opening_page_costs_the_same_for_many(
    client_as, cast, campaign, site, today, django_assert_max_num_queries
):
    session = make_session(campaign, site, today, started=False, kind="mobile")
    for n in range(12):
        session.staff.create(duty="vaccinator", name=f"护士{n}", user=cast.vaccinator)
        site.zones.create(order=n, name=f"第{n}区", items="台\n桶")
        session.stops.create(
            place=site.place, where="村口", starts_at=f"{n + 8:02d}:00", ends_at=f"{n + 8:02d}:30"
        )
    client = client_as(cast.registrar)
    with django_assert_max_num_queries(22):
        client.get(url("ready", session.uid))


@pytest.mark.requirement("S35")
def test_a_schools_day_is_seen_and_booked_by_the_school_only(
    client_as, cast, campaign, site, school, town, today, on
):
    session = make_session(campaign, site, on, kind="school", hosts=[school])
    pupil = make_enrolled(town.villages[1], campaign, today, name="吴邻", organisation=school)
    make_enrolled(town.villages[0], campaign, today, name="郑外")
    page = text(client_as(cast.school).get(url("book", session.uid)))
    assert "吴邻" in page
    assert "郑外" not in page
    assert client_as(cast.employer).get(session.get_absolute_url()).status_code == 404
    assert client_as(cast.cadre02).get(session.get_absolute_url()).status_code == 404
    post = {"slot": session.slots.first().pk, "people": [pupil.pk], "key": uuid.uuid4()}
    assert "约上 1 人" in text(client_as(cast.school).post(url("book", session.uid), post))


def test_the_office_plans_a_day_for_a_school_without_lists(client_as, cast, campaign, plan, school):
    del plan["open_now"]
    response = client_as(cast.town).post(url("add"), plan | {"kind": "school", "hosts": [school.pk]})
    assert response.status_code == 302
    session = ClinicSession.objects.get()
    assert (list(session.hosts.all()), session.needs_list) == ([school], False)
