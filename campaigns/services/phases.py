"""Opening and closing a phase of a campaign (S7: people under 18 wait until the state says so)."""

from campaigns.models import Phase
from core import audit
from core.errors import NotAllowed
from core.locks import deed


@deed()
def switch_phase(*, actor, phase: Phase, is_open: bool) -> Phase:
    """Open or close ``phase``. Asking for what already is changes nothing.

    Raises NotAllowed unless ``actor`` manages the campaigns of the organising place: a town does not open what the
    county has closed.
    """
    campaign = phase.campaign
    if not actor.scope("campaigns.manage").covers(campaign.place.code):
        raise NotAllowed(f"这个活动由{campaign.place}组织,只有组织单位能开放或关闭阶段。")
    if phase.is_open == is_open:
        return phase
    phase.is_open = is_open
    phase.save(update_fields=["is_open"])
    audit.record(
        "phase.opened" if is_open else "phase.closed",
        actor=actor,
        target=phase,
        place_code=campaign.place.code,
        data={"campaign": campaign.code, "phase": phase.name},
    )
    return phase
