"""Moves, claims, a removal, the office's word and two versions of the base: something of every kind waits for somebody."""

from datetime import datetime, timedelta

from campaigns.models import Campaign
from residents.choices import MoveKind, MoveReason, Removal
from residents.models import Enrolment, Move
from residents.services import bases, moves
from residents.services.settling import settle
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key


def play(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """People of the first villages, from the end of the register, so that nobody of the floor's story is moved away."""
    today, office = now.date(), ground.users["town"]
    bases.freeze_base(campaign=campaign, actor=office, reason="秋季摸底完成", now=now, today=today)
    first, second, third = ground.villages[:3]
    rows = Enrolment.objects.filter(campaign=campaign, unit_rule="LOCAL", doses_done=0, next_dose=1)
    rows = rows.filter(resident__roster_entries=None, bookings=None).select_related("resident")
    of = {village: iter(rows.filter(unit=village).order_by("-pk")[:8]) for village in (first, second, third)}

    def propose(village, kind: str, actor: str, days: int, **more) -> Move | None:
        row = next(of[village], None)
        at = now - timedelta(days=days)
        return row and moves.propose(
            resident=row.resident,
            kind=kind,
            actor=ground.users[actor],
            on=at.date(),
            key=key("move", row.resident_id),
            now=at,
            today=at.date(),
            **more,
        )

    married = {"reason": MoveReason.MARRIAGE, "note": "嫁到邻村"}
    propose(first, MoveKind.MOVE, "cadre01", 2, to_place=second, **married)
    propose(second, MoveKind.MOVE, "cadre02", 1, to_place=first, reason=MoveReason.HOME)
    here = {"reason": MoveReason.CHECK, "note": "入户时住在本村"}
    propose(first, MoveKind.CLAIM, "cadre03", 3, to_place=third, **here)
    propose(third, MoveKind.CLAIM, "cadre01", 1, to_place=first, **here)
    propose(second, MoveKind.REMOVAL, "cadre02", 1, removal=Removal.DECEASED)
    propose(first, MoveKind.MOVE, "town", 6, to_place=third, reason=MoveReason.HOME)
    refused = propose(second, MoveKind.MOVE, "cadre02", 5, to_place=third, reason=MoveReason.WORK)
    if refused:
        note = "问过房东,没有住在本村"
        moves.refuse(move=refused, actor=ground.users["cadre03"], note=note, now=now - timedelta(days=4))
    _settle(campaign, office, now)
    bases.freeze_base(
        campaign=campaign, actor=office, reason="迁移、裁定办理之后重新核定", now=now, today=today
    )


def _settle(campaign: Campaign, office, now: datetime) -> None:
    """One of those whom nobody counts is taken in, after asking the other side."""
    lost = Enrolment.objects.visible_to(office).filter(campaign=campaign, in_cohort=True, unit_rule="AWAY")
    for row in lost.select_related("resident__village").order_by("pk")[:1]:
        settle(
            enrolment=row,
            unit=row.resident.village,
            reason="居住地电话核实没有登记,春节前返乡接种",
            actor=office,
            now=now,
            today=now.date(),
        )
