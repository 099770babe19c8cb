"""A deadline night: begun with an answer for who is owed a second dose, watched live, counted by two, ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import RuleBroken
from inventory.models import StockLevel, Vaccine
from inventory.services import ledger
from planning.clearing import Clearing
from planning.models import ClearOut, ClearOutCount
from planning.services import clear_outs
from planning.services.clear_outs import Counted
from residents.services import records
from tests.factories.clinic import lot_of
from tests.factories.people import make_enrolled
from tests.factories.planning import make_clear_out
from tests.factories.stock import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def lot(town, site, campaign, today):
    """Twelve doses in six vials; two people may have their second dose now, one later; three have not begun."""
    for ago in (40, 41, 5):
        row = make_enrolled(town.village, campaign, today, phone="13800001234")
        given = today - timedelta(days=ago)
        vaccine = Vaccine.objects.get(code="CV-SV")
        records.note_dose(
            enrolment=row, vaccine=vaccine, given_on=given, actor=None, today=today, source="elsewhere"
        )
    for _ in range(3):
        make_enrolled(town.villages[1], campaign, today)
    lot = lot_of("CV-SV", doses_per_vial=2)
    receive(site, lot, 6)
    return lot


def give(site, lot, doses, at):
    for _ in range(doses):
        ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=at)


@pytest.mark.requirement("S66")
def test_the_night_follows_the_ledger(lot, campaign, town, site, now):
    push = make_clear_out(campaign, town.town, site, now=now - timedelta(hours=2))
    give(site, lot, 3, now - timedelta(minutes=90))
    give(site, lot, 2, now - timedelta(minutes=10))
    state = Clearing(push, now)
    assert (state.start, state.given, state.pace.left) == (12, 5, StockLevel.objects.get().all_doses)
    assert state.start == state.given + state.lost + state.pace.left
    assert (state.pace.last_hour, state.pace.seconds) == (2, 7200)
    ((name, left, due),) = state.owed()
    assert (left, due.now, due.later) == (state.pace.left, 2, 1)


def test_second_doses_are_not_sacrificed_in_silence(lot, campaign, town, site):
    with pytest.raises(RuleBroken, match="限期以后的第2剂.* 1 人"):
        make_clear_out(campaign, town.town, site, owed_reason=" ")
    push = make_clear_out(campaign, town.town, site)
    with pytest.raises(RuleBroken, match="正在进行"):
        make_clear_out(campaign, town.town, site)
    assert make_clear_out(campaign, town.town, site, key=push.key) == push


def test_the_end_is_counted_by_two_and_says_what_is_left(lot, campaign, town, site, cast, now):
    push = make_clear_out(campaign, town.town, site, now=now - timedelta(hours=2))
    signed = {"clear_out": push, "site": site, "actor": cast.stock, "key": uuid4(), "now": now}
    fewer = {lot.pk: Counted(5)}
    for counted, second, refused in (({}, " ", "两个人"), (fewer, "赵复核", "账面 6 支")):
        with pytest.raises(RuleBroken, match=refused):
            clear_outs.sign_count(counted=counted, second_name=second, **signed)
    ending = {"clear_out": push, "actor": cast.town, "now": now}
    with pytest.raises(RuleBroken, match="还剩 12 剂"):
        clear_outs.end_clear_out(note="", **ending)
    (row,) = clear_outs.sign_count(
        counted={lot.pk: Counted(5, 0, "碎了一支没登记")}, second_name="赵复核", **signed
    )
    assert (row.differs, row.book_vials, StockLevel.objects.get().vials) == (True, 6, 6)  # the ledger stays
    with pytest.raises(RuleBroken, match="已经提交过"):
        clear_outs.sign_count(counted={lot.pk: Counted(6)}, second_name="赵复核", **signed)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ClearOutCount.objects.update(vials=6)
    clear_outs.end_clear_out(note="余苗退回旗疾控", **ending)
    with pytest.raises(RuleBroken, match="已经结束"):
        clear_outs.sign_count(counted={}, second_name="赵复核", **signed | {"key": uuid4()})
    assert Clearing(ClearOut.objects.get(), now + timedelta(hours=9)).is_counted


def test_office_begins_keeper_signs_and_everybody_watches(lot, campaign, town, site, cast, client_as, today):
    office, keeper = client_as(cast.town), client_as(cast.stock)
    asked = {
        "place": town.town.pk,
        "vaccines": [lot.presentation.vaccine_id],
        "sites": [site.pk],
        "day": (today + timedelta(days=1)).isoformat(),
        "hour": "22:00",
        "key": str(uuid4()),
    }
    refused = office.post(reverse("clearout:begin"), asked)
    assert refused.status_code == 422
    assert "还欠着限期以后的第2剂" in refused.content.decode()
    assert office.post(reverse("clearout:begin"), asked | {"owed_reason": "下周补苗"}).status_code == 302
    push = ClearOut.objects.get()
    with CaptureQueriesContext(connection) as queries:
        shown = office.get(push.get_absolute_url()).content.decode()
    assert len(queries) <= 20
    assert all(
        word in shown
        for word in ("12 剂</strong>还剩", "另为 1 人安排第2剂的苗:下周补苗", "每 20 秒自动更新")
    )
    live = office.get(push.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert live.lstrip().startswith('<div id="clearing"')
    count = reverse("clearout:count", args=[push.uid, site.pk])
    paper = {f"vials_{lot.pk}": 6, f"open_{lot.pk}": 0, "second_name": "赵复核", "key": str(uuid4())}
    for _ in range(2):  # a double click
        assert keeper.post(count, paper).status_code == 302
    assert ClearOutCount.objects.count() == 1
    printed = keeper.get(reverse("clearout:paper", args=[push.uid])).content.decode()
    assert "赵复核" in printed
    assert office.post(reverse("clearout:end", args=[push.uid]), {"note": "人没来"}).status_code == 302
    assert ClearOut.objects.get().ended_at


def test_the_list_to_call_is_for_who_may_see_and_ring(lot, campaign, town, site, cast, client_as):
    push = make_clear_out(campaign, town.town, site)
    people = reverse("clearout:people", args=[push.uid])
    cadre = client_as(cast.cadre01).get(people).content.decode()
    assert "共 <strong>2</strong> 人" in cadre
    assert "13800001234" in cadre
    begin = client_as(cast.cadre01).get(people, {"kind": "first"}).content.decode()
    assert "共 <strong>0</strong> 人" in begin  # they are of the next village
    county = client_as(cast.county).get(people, {"kind": "first"}).content.decode()
    assert "共 <strong>3</strong> 人" in county
    assert "13800001234" not in client_as(cast.county).get(people).content.decode()
    assert client_as(cast.stock).get(people).status_code == 403
    assert client_as(cast.town).get(people, {"who": "x"}).status_code == 404
    page = client_as(cast.cadre01).get(push.get_absolute_url()).content.decode()
    assert lot.lot_no not in page  # stock by lot is for those who keep or oversee it
    assert "可打第2剂" in page
