"""The clinic's hard stop before the needle: may this product be given to this person today?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .verdict import State, Verdict
from .words import day_text, product_text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what to do. The caller raises it as `RuleBroken(refusal.code, refusal.message)`."""

    code: str
    message: str


def check_product(
    verdict: Verdict, product: str, on: date, *, names: Mapping[str, str] | None = None
) -> Refusal | None:
    """None when `product` may be given on `on`, the day the verdict was made for; else the refusal to show.

    Codes: the verdict's own (NEEDS_REVIEW cases, TOO_YOUNG, TOO_OLD, SEX, GROUP, NO_RULE …),
    ALREADY_COMPLETE, INTERVAL (this product not before a day), WRONG_PRODUCT (hard stop "product ≠ due
    product" of domain §4.2).
    """
    name = product_text(product, names)
    if verdict.state in (State.NEEDS_REVIEW, State.NOT_ELIGIBLE):
        return Refusal(verdict.code, verdict.reason)
    if verdict.state == State.COMPLETE:
        return Refusal("ALREADY_COMPLETE", f"{verdict.reason}今天不要接种{name}。")
    offer = next((o for o in verdict.offers if o.product == product), None)
    if offer is None:
        due = "、".join(product_text(o.product, names) for o in verdict.offers)
        text = f"{name}不是这一剂应接种的疫苗。第{verdict.dose_number}剂应接种:{due}。"
        text += "请换疫苗;本点没有就约到有苗的接种点。"
        return Refusal("WRONG_PRODUCT", text)
    if offer.due_from > on:
        return Refusal("INTERVAL", f"{name}间隔未到,{day_text(offer.due_from)}起可接种。请改约到这天或以后。")
    return None
