"""Slips of the pen on the floor: one put right by two people on the day it happened, one that waits for the doctor."""

from datetime import timedelta

from clinic.choices import BodySite, CorrectionKind
from clinic.models import Dose
from clinic.services import corrections
from vaxcampaign.demo.story import key


def proposed(floor, dose: Dose, minutes: int = 6):
    """The nurse notices that the other arm was meant."""
    return corrections.propose(
        dose=dose,
        kind=CorrectionKind.DETAILS,
        body_site=BodySite.RIGHT_ARM,
        reason="登记时没改部位,实际打在右臂",
        actor=floor.users["vaccinator"],
        key=key("correction", dose.uid),
        now=min(floor.now, dose.given_at + timedelta(minutes=minutes)),
    )


def finished(floor, dose: Dose) -> None:
    """Proposed, and confirmed by the doctor three minutes later."""
    row = proposed(floor, dose)
    later = row.proposed_at + timedelta(minutes=3)
    corrections.confirm(correction=row, actor=floor.users["screener"], now=later)
