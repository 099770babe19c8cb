"""Vaccines, lots and stock for tests."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from django.utils import timezone

from inventory.models import Lot, Presentation, Vaccine
from inventory.services import ledger, supplies

_sequence = count(1)


def make_presentation(*, code="T-KX", doses_per_vial=1, open_vial_minutes=60) -> Presentation:
    """A presentation of the vaccine ``code``, which is created when it is new."""
    vaccine, _ = Vaccine.objects.get_or_create(
        code=code,
        defaults={
            "name": f"疫苗{code}",
            "disease": "COVID",
            "manufacturer": "康希诺",
            "platform": "VIRAL_VECTOR",
        },
    )
    presentation, _ = Presentation.objects.get_or_create(
        vaccine=vaccine, doses_per_vial=doses_per_vial, defaults={"open_vial_minutes": open_vial_minutes}
    )
    return presentation


def make_lot(*, presentation=None, days=200, release_no="SPL2026001", **fields) -> Lot:
    """A lot that expires in ``days`` days."""
    return Lot.objects.create(
        presentation=presentation or make_presentation(),
        lot_no=fields.pop("lot_no", f"L{next(_sequence):05d}"),
        expires_on=timezone.localdate() + timedelta(days=days),
        release_no=release_no,
        **fields,
    )


def receive(site, lot, vials, *, actor=None, now=None, key=None, **fields):
    """A good delivery through the ledger."""
    return ledger.receive(
        site=site,
        lot=lot,
        vials=vials,
        counterparty=fields.pop("counterparty", "准格尔旗疾控中心"),
        document_no=fields.pop("document_no", ""),
        transport_celsius=fields.pop("transport_celsius", Decimal("4.5")),
        actor=actor,
        key=key or uuid4(),
        now=now or timezone.now(),
        **fields,
    )


def receive_supply(
    site, pieces, *, kind="auto_disable", lot_no="Z1", days=300, actor=None, key=None, now=None
):
    """A delivery of syringes (or diluent) through their ledger."""
    return supplies.receive_supply(
        site=site,
        item={
            "kind": kind,
            "maker": "山东威高",
            "spec": "0.5",
            "programme": "2",
            "approval_no": "国械注准20193140001",
        },
        lot_no=lot_no,
        expires_on=timezone.localdate() + timedelta(days=days),
        quantity=pieces,
        counterparty="准格尔旗疾控中心",
        document_no="",
        other_hand="王送货",
        actor=actor,
        key=key or uuid4(),
        now=now or timezone.now(),
    )
