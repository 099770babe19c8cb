"""三查七对一验证: the items of the campaign, those the vaccinator ticks and the one the recipient confirms."""

from collections.abc import Iterable, Mapping

from clinic.models import Visit
from core.errors import RuleBroken
from residents.models import Enrolment

RECIPIENT = "recipient"  # who ticks an item of the checklist


def items_of(enrolment: Enrolment) -> list[dict]:
    """The campaign's checklist: dicts with code, group, label and, for the recipient's own check, by."""
    return enrolment.campaign.checklist.get("items", [])


def ticked_by_nurse(items: list[Mapping]) -> list[str]:
    """Codes of the items the vaccinator ticks."""
    return [item["code"] for item in items if item.get("by") != RECIPIENT]


def check_ticked(row: Visit, checklist: Iterable[str], recipient_confirmed: bool) -> list[str]:
    """The codes that were ticked, all of the vaccinator's. Raises RuleBroken CHECKLIST, RECIPIENT."""
    ticked = set(checklist)
    items = items_of(row.enrolment)
    own = [item for item in items if item.get("by") != RECIPIENT]
    if missing := [item["label"] for item in own if item["code"] not in ticked]:
        raise RuleBroken(
            "CHECKLIST", f"还没有核对:{'、'.join(missing)}。请逐项核对、打勾后再接种。", "checklist"
        )
    if not recipient_confirmed and len(own) < len(items):
        raise RuleBroken(
            "RECIPIENT",
            "请把疫苗品种和有效期给受种者(监护人)看过、确认后,再勾选“一验证”。",
            "recipient_confirmed",
        )
    return [item["code"] for item in own]
