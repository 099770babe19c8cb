"""What the floor tells the roll call: who is here without a booking."""

from django.db.models import Exists, OuterRef, Q

from appointments.choices import BookingState
from appointments.models import ClinicSession
from appointments.walked_in import WalkedIn
from clinic.choices import Stage
from clinic.models import Dose, Visit
from places.querysets import any_code_range

_WAITING = (Stage.CHECKED_IN, Stage.PASSED, Stage.CONSENTED)


def walk_ins(user, session: ClinicSession) -> list[WalkedIn]:
    """Visits of ``session`` without a booking, of those whom ``user`` would see booked (appointments.walked_in source)."""
    scope, planned = user.scope("rosters.view"), user.scope("sessions.manage")
    mine = Visit.objects.filter(
        any_code_range("enrolment__resident__village_code", scope.prefixes)
        | Q(site__in=scope.sites)
        | any_code_range("site__place__code", planned.prefixes)
        | Q(enrolment__resident__organisation__in=scope.organisations)
    )
    doses = Dose.objects.counted().filter(visit=OuterRef("pk"))
    rows = mine.filter(session=session, booking=None).annotate(has_dose=Exists(doses))
    rows = rows.select_related("enrolment__resident__village", "guest_from").order_by("queue_no")
    may_open = user.can("clinic.view")
    return [
        WalkedIn(
            resident=row.enrolment.resident,
            state=_state(row),
            at=row.checked_in_at,
            kind=row.stage_pair[0],
            word=f"{row.queue_no}号 {row.get_stage_display()}",
            note=f"外镇:{row.guest_from}" if row.guest_from else row.note,
            url=row.get_absolute_url() if may_open else "",
        )
        for row in rows
    ]


def _state(row: Visit) -> str:
    if row.has_dose:
        return BookingState.DONE
    return BookingState.ARRIVED if row.stage in _WAITING else BookingState.NOT_DONE
