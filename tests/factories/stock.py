"""Vaccines, lots and stock for tests."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from django.utils import timezone

from inventory.choices import TransportMeans, WasteReason
from inventory.models import Lot, Presentation, Vaccine
from inventory.services import holding, losses, receipts, supplies, undoing
from inventory.services.drafts import Transport

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


def transport(now=None, **changes) -> Transport:
    """A cold box that came in order just before ``now``."""
    now = now or timezone.now()
    kept = {
        "carrier": "冷链一号车",
        "means": TransportMeans.BOX,
        "started_at": now - timedelta(hours=3),
        "arrived_at": now - timedelta(hours=1),
        "start_celsius": Decimal("4.0"),
        "arrival_celsius": Decimal("4.5"),
    }
    return Transport(**(kept | changes))


def deliver(site, goods, *, actor=None, now=None, key=None, **fields):
    """A good delivery of ``goods`` (lot, vials): its document."""
    return receipts.receive(
        site=site,
        goods=[receipts.Delivered(lot, vials) for lot, vials in goods],
        counterparty=fields.pop("counterparty", "准格尔旗疾控中心"),
        paper_no=fields.pop("paper_no", ""),
        transport=fields.pop("transport", None) or transport(now),
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


def receive(site, lot, vials, **fields):
    """A good delivery of one lot: its movement."""
    return deliver(site, [(lot, vials)], **fields).movements.get()


def hold(site, lot, reason="冰箱断电", *, now=None, **fields):
    """Set one lot apart at a site."""
    key = fields.pop("key", None) or uuid4()
    return holding.hold(
        site=site, lots=[lot], reason=reason, actor=None, key=key, now=now or timezone.now(), **fields
    )


def waste(site, lot, quantity, reason=WasteReason.BROKEN, *, now=None, **fields):
    """Write vials or opened doses off; a reason of opened vials means doses."""
    key = fields.pop("key", None) or uuid4()
    return losses.waste(
        site=site,
        lot=lot,
        quantity=quantity,
        reason=reason,
        actor=None,
        key=key,
        now=now or timezone.now(),
        **fields,
    )


def undo(document, *, now=None, **fields):
    """The counter-document."""
    key = fields.pop("key", None) or uuid4()
    reason = fields.pop("reason", "登记错误")
    return undoing.undo(document=document, reason=reason, actor=None, key=key, now=now or timezone.now())
