"""A number opens a record only together with the name. Who keeps trying names for a number is stopped for a while; every
miss is in the audit trail, and the trail is what is counted, so it holds over processes, log-outs and restarts."""

from datetime import timedelta

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.models import AuditEvent
from places.models import Place
from residents.models import Resident

MOST_MISSES, WITHIN = 10, timedelta(hours=1)
_MISSED = "resident.name_missed"


def check_name(person: Resident | None, name: str, *, place: Place, actor, otherwise: RuleBroken) -> None:
    """Raise ``otherwise`` unless ``name`` is that of ``person`` (None: nobody has the number). ``place`` is whom the actor
    speaks for. Call outside a deed: the miss must stay although the caller is refused.

    Raises RuleBroken GUESSING for whoever has missed too often, also when this time it is right.
    """
    if actor is not None:
        lately = AuditEvent.objects.filter(actor=actor, action=_MISSED, at__gt=timezone.now() - WITHIN)
        if lately.count() >= MOST_MISSES:
            raise RuleBroken(
                "GUESSING",
                f"一小时内姓名与证件号码不符已有 {MOST_MISSES} 次,暂时不能再试。请拿到证件原件核对,一小时后再登记;急办的请联系镇办。",
                "name",
            )
    if person is None or person.name != name:
        audit.record(_MISSED, actor=actor, subject=person, place_code=place.code)
        raise otherwise
