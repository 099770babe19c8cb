"""``verify_ledger``: one sentence or one JSON object, exit 0 when sound and 1 when not."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns.models import ConsentForm
from clinic.models import Dose, Visit
from inventory.models import StockLevel, StockMovement, Vaccine
from inventory.services import ledger
from residents.models import Consent
from residents.services.records import note_dose, void_record
from tests.factories.people import make_enrolled
from tests.factories.stock import make_lot, receive

pytestmark = pytest.mark.django_db


def verify(capsys):
    code = 0
    try:
        call_command("verify_ledger", json=True)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def dose(site, town, campaign, cast, today) -> Dose:
    """One dose in one person, stock and record together."""
    now = timezone.now()
    lot = make_lot(
        lot_no="A1",
        presentation=Vaccine.objects.get(code="CV-BJ").presentations.get(),
    )
    receive(site, lot, 5)
    enrolment = make_enrolled(town.village, campaign, today)
    visit = Visit.objects.create(
        key=uuid4(),
        enrolment=enrolment,
        site=site,
        on=today,
        queue_no=1,
        checked_in_at=now,
        checked_in_by=cast.registrar,
    )
    consent = Consent.objects.create(
        key=uuid4(),
        enrolment=enrolment,
        form=ConsentForm.objects.first(),
        dose_number=1,
        given=True,
        signer_name="王伟",
        channel="paper",
        signed_at=now,
        recorded_by=cast.registrar,
    )
    record = note_dose(
        enrolment=enrolment,
        vaccine=lot.presentation.vaccine,
        lot_no=lot.lot_no,
        given_on=today,
        place_name=site.name,
        actor=cast.vaccinator,
        today=today,
    )
    return Dose.objects.create(
        key=uuid4(),
        visit=visit,
        record=record,
        movement=ledger.use_dose(site=site, lot=lot, actor=cast.vaccinator, key=uuid4(), now=now),
        lot=lot,
        site=site,
        consent=consent,
        given_at=now,
        by=cast.vaccinator,
    )


def take_back(dose):
    ledger.reverse(movement=dose.movement, actor=None, reason="登记错误", key=uuid4(), now=timezone.now())


def void(dose, cast):
    void_record(record=dose.record, actor=cast.vaccinator, reason="登记错误", now=timezone.now())


def test_a_sound_ledger_passes(dose, capsys):
    code, data = verify(capsys)
    assert (code, data["ok"], data["doses"], data["movements"], data["problems"]) == (0, True, 1, 2, [])
    call_command("verify_ledger")
    assert capsys.readouterr().out.strip() == "台账无误:库存 1 行,出入库 2 笔,有效接种 1 剂。"


def test_a_changed_level_fails(dose, capsys):
    StockLevel.objects.update(vials=1)
    code, data = verify(capsys)
    assert (code, data["ok"]) == (1, False)
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
    assert "库存 1 支 0 剂,出入库合计 4 支 0 剂" in capsys.readouterr().out


def test_a_use_without_a_person_fails(dose, site, capsys):
    row = ledger.use_dose(site=site, lot=dose.lot, actor=None, key=uuid4(), now=timezone.now())
    code, data = verify(capsys)
    assert (code, data["problems"]) == (
        1,
        [f"yz-wsy A1 第 {row.pk} 笔: 领用了 1 剂,没有对应的接种记录"],
    )


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda dose, cast: take_back(dose), "出库已冲正,接种仍然有效"),
        (void, "接种已作废,出库没有冲正"),
        (lambda dose, cast: Dose.objects.update(lot=make_lot()), "不一致"),
        (lambda dose, cast: Dose.objects.update(given_at=dose.given_at - timedelta(days=1)), "不一致"),
        (
            lambda dose, cast: Dose.objects.update(movement=StockMovement.objects.get(kind="receipt")),
            "不一致",
        ),
    ],
)
def test_a_dose_and_its_stock_that_part_ways_fail(dose, cast, spoil, word, capsys):
    spoil(dose, cast)
    code, data = verify(capsys)
    assert code == 1
    assert any(word in problem for problem in data["problems"])


def test_a_voided_dose_with_its_reversal_passes(dose, cast, capsys):
    void(dose, cast)
    take_back(dose)
    assert verify(capsys)[0] == 0
