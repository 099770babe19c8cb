"""The floor's part of a person's story."""

from django.db.models import Q

from clinic.correction_words import story
from clinic.models import AdverseEvent, Correction, Dose, Screening, Visit
from core.timeline import Event
from residents.models import Resident


def floor_events(resident: Resident) -> list[Event]:
    """Visits, screenings, doses with lot and nurse, corrections and reactions of ``resident``: five queries, one for most
    people, who were never here."""
    mine = {"visit__enrolment__resident": resident}
    visits = list(Visit.objects.filter(enrolment__resident=resident).select_related("site", "left_by"))
    if not visits:
        return []
    screenings = Screening.objects.filter(**mine).select_related("visit", "by")
    doses = Dose.objects.filter(**mine).select_related("visit", "record", "lot__presentation__vaccine", "by")
    reactions = AdverseEvent.objects.filter(dose__visit__enrolment__resident=resident)
    found = [event for visit in visits for event in _of_visit(visit)]
    found += [
        Event(
            s.at, "预检", f"{s.get_outcome_display()} {s.celsius}℃ {s.reason} 医生:{s.by}", **_page(s.visit)
        )
        for s in screenings
    ]
    found += [Event(d.given_at, "接种", _dose_words(d), **_page(d.visit)) for d in doses]
    found += [
        Event(
            r.onset_at,
            "异常反应",
            f"{r.symptoms}({r.get_outcome_display() or '处置中'})",
            r.get_absolute_url(),
            "aefi.view",
        )
        for r in reactions
    ]
    found += [
        Event(
            c.decided_at or c.proposed_at, "接种更正", _correction_words(c, resident), **_correction_page(c)
        )
        for c in _corrections(resident)
    ]
    return found


def _corrections(resident: Resident):
    mine = Q(dose__visit__enrolment__resident=resident) | Q(enrolment__resident=resident)
    return Correction.objects.filter(mine).select_related(
        "dose__record", "enrolment", "proposed_by", "decided_by"
    )


def _correction_words(row: Correction, resident: Resident) -> str:
    came = row.enrolment is not None and row.enrolment.resident_id == resident.pk
    return f"{'别人名下的一剂转到本人。' if came else ''}{story(row)}"


def _correction_page(row: Correction) -> dict[str, str]:
    return {"url": row.get_absolute_url(), "needs": "corrections.propose"}


def _page(visit: Visit) -> dict[str, str]:
    return {"url": visit.get_absolute_url(), "needs": "clinic.view"}


def _dose_words(dose: Dose) -> str:
    words = f"第{dose.record.dose_number}剂 {dose.lot.presentation.vaccine} 批号 {dose.lot} "
    words += f"{dose.get_body_site_display()} 接种员:{dose.by}"
    return f"{words}(已作废:{dose.record.void_reason})" if dose.record.voided_at else words


def _of_visit(visit: Visit) -> list[Event]:
    found = [
        Event(
            visit.checked_in_at,
            "到场",
            f"{visit.site} {visit.queue_no}号 {visit.note}".strip(),
            **_page(visit),
        )
    ]
    if visit.left_at:
        found.append(Event(visit.left_at, visit.get_stage_display(), visit.leave_reason, **_page(visit)))
    return found
