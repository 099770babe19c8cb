"""Trace codes: ranges and single scans at receipt, never more than vials, never twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import RuleBroken
from inventory.models import TraceSpan
from inventory.services import trace
from inventory.trace_rules import cleaned, is_usual, parse, span_of, spans_of
from tests.factories.stock import deliver, make_lot, make_presentation


def code(serial: int, check: int = 1234) -> str:
    return f"8112345{serial:09d}{check:04d}"


def refused(expected, call, *args, **given) -> str:
    with pytest.raises(RuleBroken) as error:
        call(*args, **given)
    assert error.value.code == expected, error.value.message
    return error.value.message


@pytest.mark.requirement("S90")
def test_codes_are_read_as_scanned_and_counted_by_their_serial():
    assert cleaned(f" https://trace.example/?c={code(5)} ") == code(5)
    assert cleaned("(01)06901234567892(21)A0017\x1d") == "(01)06901234567892(21)A0017"
    assert is_usual(code(5)) and not is_usual("A0017")
    assert span_of(code(1, 1111), code(40, 9999)).count == 40  # the check digits do not count
    assert span_of("AB-0098", "AB-0101").count == 4
    assert parse("A9") != parse("A09")
    for bad in ("", "是码", "12"):
        refused("CODE_BAD", span_of, bad)
    for first, last in (
        (code(2), code(1)),
        (code(1), "AB-0101"),
        ("LONG-A99", "LONG-A100"),
        (code(1), code(30_000)),
    ):
        refused("CODE_RANGE", span_of, first, last)
    spans = spans_of([code(3, 7), code(1, 8), code(2, 9), code(9)])
    assert [(one.low, one.high) for one in spans] == [(1, 3), (9, 9)]
    refused("CODE_TWICE", spans_of, [code(3, 7), code(3, 8)])


@pytest.fixture
def lot(db):
    return make_lot(lot_no="CODED1")


@pytest.mark.requirement("S90")
@pytest.mark.django_db
def test_one_code_per_vial_and_none_twice(site, cast, lot):
    other = make_lot(presentation=make_presentation(code="CV-BJ"))
    paper = deliver(site, [(lot, 40), (other, 5)], actor=cast.stock)
    give = {"document": paper, "lot": lot, "actor": cast.stock, "now": timezone.now()}
    trace.register_range(first=code(1), last=code(38), **give)
    assert "多了 1 个" in refused(
        "CODE_TOO_MANY", trace.register_range, first=code(39), last=code(41), **give
    )
    assert paper.no in refused("CODE_TWICE", trace.register_scanned, codes=[code(39), code(38)], **give)
    (span,) = trace.register_scanned(codes=[code(40), code(39)], **give)
    assert TraceSpan.objects.holding(code(40, 1)).get() == span
    stranger = make_lot(presentation=make_presentation(code="T-ZZ"))
    refused("LOT_NOT_ON_IT", trace.register_range, **give | {"lot": stranger}, first=code(77), last="")
    refused("REASON_MISSING", trace.withdraw, span=span, reason=" ", actor=cast.stock, now=timezone.now())
    trace.withdraw(span=span, reason="扫成另一批", actor=cast.stock, now=timezone.now())
    assert not TraceSpan.objects.holding(code(40)).exists() and TraceSpan.objects.count() == 2
    trace.register_range(first=code(39), last=code(40), **give)


@pytest.mark.requirement("S90")
@pytest.mark.django_db
def test_the_keeper_scans_and_every_refusal_says_what_to_do(site, cast, client_as, lot):
    paper = deliver(site, [(lot, 3)], actor=cast.stock)
    keeper, page = client_as(cast.stock), reverse("inventory:codes", args=[paper.uid])
    assert page in keeper.get(reverse("trace:search")).content.decode()
    assert page in keeper.get(paper.get_absolute_url()).content.decode()
    shown = keeper.post(page, {"lot": lot.pk, "first": code(1), "last": code(4)})
    assert shown.status_code == 422 and "再录 4 个就多了 1 个" in shown.content.decode()
    assert "请扫首码" in keeper.post(page, {"lot": lot.pk}).content.decode()
    done = keeper.post(page, {"lot": lot.pk, "codes": f"{code(1)}\n{code(2)}\nMAKER-77\n"}, follow=True)
    for word in ("已登记 3 个追溯码", "不是常见的 20 位", "已录齐"):
        assert word in done.content.decode()
    span = TraceSpan.objects.first()
    away = reverse("inventory:codes_withdraw", args=[span.uid])
    assert "已撤销" in keeper.post(away, {"reason": "扫错"}, follow=True).content.decode()


@pytest.mark.django_db
def test_a_code_counts_once_under_two_keepers_in_time(site, cast, lot):
    first = deliver(site, [(lot, 2)], actor=cast.stock, paper_no="A1")
    second = deliver(site, [(lot, 2)], actor=cast.stock, paper_no="A2", key=uuid4())
    now = timezone.now() + timedelta(minutes=1)
    trace.register_range(document=first, lot=lot, first=code(1), last=code(2), actor=cast.stock, now=now)
    give = {
        "document": second,
        "lot": lot,
        "first": code(2),
        "last": code(3),
        "actor": cast.stock,
        "now": now,
    }
    assert first.no in refused("CODE_TWICE", trace.register_range, **give)
