"""Deliveries with two hands, recalls and disposals: what each signature does, and what it may not do."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.errors import RuleBroken
from inventory.choices import (
    DifferenceReason,
    DocumentKind,
    DocumentState,
    MovementKind,
    RecallRest,
    WasteReason,
)
from inventory.models import DocumentLine, StockDocument, StockLevel, StockMovement
from inventory.services import arrivals, consignments, disposals, holding, ledger, recalls
from inventory.services.arrivals import Count
from inventory.services.consignments import Consignment
from inventory.services.verify import ledger_problems
from places.models import Site
from tests.factories.stock import deliver, hold, make_lot, receive, transport, undo

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S22")]


@pytest.fixture
def second_site(town):
    return Site.objects.create(code="yz-2", name="迎泽第二接种点", place=town.town)


def send(site, other, goods, *, kind=DocumentKind.TRANSFER, actor=None, key=None, **fields):
    one = Consignment(
        kind, site, tuple(goods), other_site=other, transport=transport(arrived_at=None), **fields
    )
    return consignments.send(one, actor=actor, key=key or uuid4(), now=timezone.now())


def arrive(delivery, counts=None, *, actor=None, key=None, **fields):
    kept = {"transport": transport()} | fields
    return arrivals.arrive(
        delivery=delivery, counts=counts or {}, actor=actor, key=key or uuid4(), now=timezone.now(), **kept
    )


def call_back(delivery, reason="车没有发出"):
    return consignments.call_back(
        delivery=delivery, reason=reason, actor=None, key=uuid4(), now=timezone.now()
    )


def vials(site, lot):
    return StockLevel.objects.filter(site=site, lot=lot).values_list("vials", flat=True).first() or 0


def refused(code, call, *args, **kwargs):
    with pytest.raises(RuleBroken) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


def sound():
    assert list(ledger_problems()) == []


_WAITING = ("expected", "turned_back")


def test_what_goes_back_set_apart_is_not_given_where_it_arrives(site, second_site):
    lot, sound_lot = make_lot(), make_lot()
    deliver(site, [(lot, 10), (sound_lot, 10)])
    hold(site, lot, "冰箱断电")
    delivery = send(site, second_site, [(lot, 4), (sound_lot, 4)], kind=DocumentKind.RETURN)
    holding.release(site=site, lot=lot, reason="余下的查明", actor=None, key=uuid4(), now=timezone.now())
    arrival = arrive(delivery)
    held = StockLevel.objects.get(site=second_site, lot=lot).held_reason
    assert (held, arrival.state) == ("发出时已隔离:冰箱断电", DocumentState.HELD)
    given = {"site": second_site, "actor": None, "now": timezone.now()}
    refused("LOT_HELD", ledger.use_dose, lot=lot, key=uuid4(), **given)
    assert ledger.use_dose(lot=sound_lot, key=uuid4(), **given)
    sound()


def test_a_transfer_leaves_is_under_way_and_arrives(site, second_site, cast):
    one, two, key = make_lot(), make_lot(), uuid4()
    deliver(site, [(one, 10), (two, 5)])
    delivery = send(site, second_site, [(one, 4), (two, 5)], actor=cast.stock, key=key)
    assert [list(getattr(StockDocument.objects, name)()) for name in _WAITING] == [[delivery], []]
    assert send(site, second_site, [(one, 4), (two, 5)], actor=cast.stock, key=key).pk == delivery.pk
    assert (vials(site, one), vials(second_site, one)) == (6, 0)
    assert consignments.under_way(delivery) == {one.pk: 4, two.pk: 5}
    sound()
    refused("SAME_HAND", arrive, delivery, actor=cast.stock)
    key = uuid4()
    arrival = arrive(delivery, actor=cast.town, key=key)
    assert arrive(delivery, actor=cast.town, key=key).pk == arrival.pk
    assert (arrival.state, arrival.second_by, arrival.site) == (
        DocumentState.ACCEPTED,
        cast.stock,
        second_site,
    )
    assert (vials(second_site, one), vials(second_site, two)) == (4, 5)
    refused("NOTHING_UNDER_WAY", arrive, delivery)
    refused("NOTHING_UNDER_WAY", call_back, delivery)
    assert "退回" in refused("NOT_REVERSIBLE", undo, delivery)
    undo(arrival)  # counted wrongly: it is under way again
    assert consignments.under_way(delivery) == {one.pk: 4, two.pk: 5}
    call_back(delivery)
    assert (vials(site, one), vials(second_site, one)) == (10, 0)
    sound()


def test_a_difference_is_explained_booked_or_stays_under_way(site, second_site):
    lost, short, more, whole = (make_lot() for _ in range(4))
    deliver(site, [(lot, 10) for lot in (lost, short, more, whole)])
    delivery = send(site, second_site, [(lot, 8) for lot in (lost, short, more, whole)])
    message = refused("DIFFERENCE", arrive, delivery, {lost.pk: Count(7)})
    assert "少 1 支" in message
    refused("DIFFERENCE", arrive, delivery, {more.pk: Count(9, DifferenceReason.LOST_WAY)})
    counts = {
        lost.pk: Count(6, DifferenceReason.BROKEN_WAY, "箱角压碎"),
        short.pk: Count(5, DifferenceReason.NOT_LOADED),
        more.pk: Count(9, DifferenceReason.MORE),
    }
    arrival = arrive(delivery, counts)
    assert [vials(second_site, lot) for lot in (lost, short, more, whole)] == [6, 5, 9, 8]
    booked = arrival.movements.filter(kind=MovementKind.TRANSIT_DIFF).values_list("vials", "note")
    assert sorted(booked) == [(-2, "途中破损:箱角压碎"), (1, "发出方多装")]
    assert consignments.under_way(delivery) == {short.pk: 3}
    sound()
    back = call_back(delivery, "还在冰箱里")
    assert (vials(site, short), back.lines.get().vials) == (5, 3)
    assert StockLevel.objects.get(site=site, lot=short).held_reason  # somebody refused it: look first
    undo(arrival)  # also with what was booked away
    assert vials(second_site, lost) == 0
    sound()


def test_warm_goods_are_refused_on_paper_and_come_back_apart(site, second_site):
    lot = make_lot()
    receive(site, lot, 5)
    delivery = send(site, second_site, [(lot, 5)])
    warm = transport(arrival_celsius=12)
    refused("TRANSPORT_TEMPERATURE", arrive, delivery, transport=warm)
    refused("REASON_MISSING", arrive, delivery, transport=warm, verdict=DocumentState.REFUSED)
    paper = arrive(delivery, transport=warm, verdict=DocumentState.REFUSED, reason="到货 12 ℃")
    assert (paper.state, paper.movements.count(), vials(second_site, lot)) == ("refused", 0, 0)
    call_back(delivery)
    level = StockLevel.objects.get(site=site, lot=lot)
    assert (level.vials, "拒收" in level.held_reason) == (5, True)
    refused("LOT_HELD", send, site, second_site, [(lot, 1)])
    send(site, second_site, [(lot, 1)], kind=DocumentKind.RETURN)  # what is bad may still go back
    sound()


def test_a_delivery_from_outside_is_refused_or_kept_apart_on_paper(site):
    good, old = make_lot(), make_lot(days=-1)
    warm = {"transport": transport(start_celsius=15), "paper_no": "CK-9"}
    refused("TRANSPORT_TEMPERATURE", deliver, site, [(good, 5)], **warm)
    paper = deliver(site, [(good, 5)], verdict=DocumentState.REFUSED, reason="启运 15 ℃", **warm)
    assert (paper.state, paper.lines.get().vials, paper.movements.count()) == ("refused", 5, 0)
    refused("LOT_EXPIRED", deliver, site, [(good, 5), (old, 5)])
    kept = deliver(site, [(good, 5)], verdict=DocumentState.HELD, reason="随货资料不全", paper_no="CK-9")
    assert (kept.state, StockLevel.objects.get().held_reason) == ("held", "随货资料不全")
    no_times = deliver(site, [(make_lot(), 5)], transport=transport(means="", started_at=None))
    assert "运输记录不全" in no_times.lines.get().note
    assert [paper.number, kept.number, no_times.number] == [1, 2, 3]
    sound()


def test_everything_at_a_site_is_set_apart_in_one_paper(site):
    lots = [make_lot() for _ in range(3)]
    deliver(site, [(lot, 5) for lot in lots])
    given = {"actor": None, "now": timezone.now()}
    holding.hold(site=site, lots=lots[:1], reason="破损", key=uuid4(), **given)
    key = uuid4()
    paper = holding.hold(site=site, lots=[], reason="冰箱断电", key=key, **given)
    assert holding.hold(site=site, lots=[], reason="冰箱断电", key=key, **given).pk == paper.pk
    assert {line.lot for line in paper.lines.all()} == set(lots[1:])
    refused("NOTHING_TO_HOLD", holding.hold, site=site, lots=[], reason="再来", key=uuid4(), **given)
    refused("NOT_REVERSIBLE", undo, paper)


def test_a_recall_stops_a_lot_everywhere_below_and_at_the_door(site, second_site, other_site, town, cast):
    lot, now = make_lot(), timezone.now()
    for where in (site, second_site, other_site):
        receive(where, lot, 10)
    on_the_way = send(site, second_site, [(lot, 4)])
    order = {
        "lot": lot,
        "place": town.town,
        "reason": "效价不足",
        "authority": "旗疾控",
        "paper_no": "召〔2026〕1",
    }
    given = {"actor": cast.town, "now": now, "rest": RecallRest.RETURN}
    made = recalls.recall(**order, **given, key=uuid4())
    refused("RECALLED_ALREADY", recalls.recall, **order, **given, key=uuid4())
    refused("LOT_HELD", ledger.use_dose, site=site, lot=lot, actor=None, key=uuid4(), now=now)
    ledger.use_dose(site=other_site, lot=lot, actor=None, key=uuid4(), now=now)  # another township's business
    assert StockDocument.objects.filter(kind=DocumentKind.RECALL).count() == 2
    refused("LOT_RECALLED", receive, site, lot, 1)
    arrive(on_the_way)
    level = StockLevel.objects.get(site=second_site, lot=lot)
    assert (level.vials, "召回" in level.held_reason) == (14, True)
    release = {"site": site, "lot": lot, "reason": "已查明", "actor": None, "now": now}
    refused("LOT_RECALLED", holding.release, **release, key=uuid4())
    recalls.lift_recall(order=made, reason="误发", actor=cast.town, key=uuid4(), now=now)
    holding.release(**release, key=uuid4())
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=now)
    sound()


def test_disposal_needs_two_people(site, cast):
    lot, now = make_lot(), timezone.now()
    receive(site, lot, 10)
    asked = {"site": site, "actor": cast.stock, "now": now, "note": "医疗废物间,焚烧"}
    refused(
        "SHORT_STOCK", disposals.plan_disposal, goods=[(lot, 11, WasteReason.EXPIRED)], key=uuid4(), **asked
    )
    plan = disposals.plan_disposal(goods=[(lot, 4, WasteReason.EXPIRED)], key=uuid4(), **asked)
    assert vials(site, lot) == 10
    given = {"plan": plan, "now": now}
    refused("SAME_HAND", disposals.confirm_disposal, actor=cast.stock, key=uuid4(), **given)
    done = disposals.confirm_disposal(actor=cast.town, key=uuid4(), **given)
    assert (vials(site, lot), done.second_by, done.by) == (6, cast.stock, cast.town)
    refused("ALREADY_DONE", disposals.confirm_disposal, actor=cast.town, key=uuid4(), **given)
    refused("NOT_REVERSIBLE", undo, done)
    refused("ANSWERED", undo, plan)
    withdrawn = disposals.plan_disposal(goods=[(lot, 1, WasteReason.BROKEN)], key=uuid4(), **asked)
    undo(withdrawn)
    refused("ALREADY_DONE", disposals.confirm_disposal, plan=withdrawn, actor=cast.town, key=uuid4(), now=now)
    sound()


@pytest.mark.parametrize("table", ["stockdocument", "documentline", "lotrecall"])
def test_papers_cannot_be_changed_even_by_sql(site, town, table):
    lot = make_lot()
    receive(site, lot, 1)
    order = {"lot": lot, "place": town.town, "reason": "r", "authority": "", "paper_no": ""}
    recalls.recall(**order, rest="keep", actor=None, key=uuid4(), now=timezone.now())
    for statement in (f"UPDATE inventory_{table} SET id = id + 1000", f"DELETE FROM inventory_{table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_papers_that_do_not_hold_are_found(site, second_site):
    lot = make_lot()
    receive(site, lot, 5)
    delivery = send(site, second_site, [(lot, 2)])
    kept = {"site": site, "key": uuid4(), "year": delivery.year, "on": delivery.on, "at": delivery.at}
    bad = StockDocument.objects.create(kind="waste", number=9, answers=delivery, **kept)
    DocumentLine.objects.create(document=bad, position=1, lot=lot, vials=3, transit=-3)
    assert [
        word in "\n".join(ledger_problems()) for word in ("有缺号", "少于零", "在途而没有出入库记录")
    ] == [True] * 3
    assert StockMovement.objects.filter(document__isnull=True).count() == 0
