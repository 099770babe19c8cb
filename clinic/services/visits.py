"""Coming and going: check-in with a queue number, and leaving without a dose."""

import re
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import Booking, ClinicSession
from appointments.services.bookings import mark_arrived, mark_not_done
from appointments.services.rosters import why_not_listed
from campaigns.choices import CampaignState
from clinic import rules
from clinic.choices import Stage
from clinic.models import Visit
from clinic.services.access import require
from clinic.services.guests import home_town
from core import audit, kept
from core.errors import Busy, RuleBroken
from core.kept import Hole, Kept
from core.locks import deed, lock_all, lock_in
from core.repeats import same
from places.models import Site
from residents.models import Enrolment, VaccinationRecord

LOOKS_SCANNED = re.compile(r"\d{8}")
# What is asked of somebody at the door; anything else is read when it is asked for.
_AT_THE_DOOR = (
    *("resident", "campaign", "status", "status_reason", "due_from"),
    *(f"campaign__{name}" for name in ("name", "disease", "season", "state")),
    *(f"resident__{name}" for name in ("uid", "village_code", "removed_on", "organisation", "village__name")),
)
_BOOKED = (
    *(
        "uid",
        "enrolment",
        "dose_number",
        "state",
        "village_code",
        "late_reason",
        "slot__starts_at",
        "slot__ends_at",
    ),
    *(f"slot__session__{name}" for name in ("site", "on", "state", "started_at", "needs_list")),
    *(f"slot__session__campaign__{name}" for name in ("disease", "season", "booking_cutoff")),
)
_ENTERING = Kept(
    lambda: (
        Enrolment.objects.filter(pk=Hole("pk"))
        .select_related("campaign", "resident__village")
        .only(*_AT_THE_DOOR)
        .annotate(
            is_repeated=Exists(Visit.objects.filter(key=Hole("key"))),
            has_records=Exists(VaccinationRecord.objects.filter(resident=OuterRef("resident"))),
        )
    )
)
_BOOKINGS = Kept(
    lambda: (
        Booking.objects.active()
        .filter(
            enrolment=Hole("enrolment"), slot__session__site=Hole("site"), slot__session__on=Hole("today")
        )
        .select_related("slot__session__campaign")
        .only(*_BOOKED)
        .order_by("slot__starts_at")
    )
)
_LAST_NUMBER = Kept(
    lambda: Visit.objects.filter(site=Hole("site"), on=Hole("on")).only("queue_no").order_by("-queue_no")[:1]
)
_VISITS_OPEN = Kept(
    lambda: (
        Visit.objects.on_floor()
        .filter(
            enrolment__campaign__disease=Hole("disease"),
            enrolment__campaign__season=Hole("season"),
            enrolment__resident=Hole("resident"),
        )
        .select_related("site")
        .order_by("pk")
    )
)
_WITH_PERSON = Visit.objects.select_related("enrolment__resident", "enrolment__campaign")
_NUMBER_TRIES = 40  # desks that may ask for the next number in the same instant


@deed()
def check_in(
    *,
    enrolment: Enrolment,
    site: Site,
    session: ClinicSession | None = None,
    booking: Booking | None = None,
    actor,
    key: UUID,
    now: datetime,
    note: str = "",
) -> Visit:
    """Let a person onto the floor of ``site`` and give the next queue number of the day.

    ``booking`` None: today's booking at this site is looked up; without one the person is a walk-in and ``note`` must
    say why (S41: the list is closed at 16:00 the day before). Somebody of another township comes in as a guest (S116). A
    repeat of ``key`` returns the first visit. Raises
    NotAllowed; RuleBroken NOT_ON_REGISTER, COMPLETE, INELIGIBLE, CONTRA, NOT_YET, ON_FLOOR_ALREADY, DOSE_TODAY,
    SESSION_CLOSED, SESSION_OTHER, SESSION_NOT_STARTED, CAMPAIGN_CLOSED, BOOKING_OTHER, WALK_IN_NOTE; LIST_MISSING,
    LIST_LATE (S41: the list with this booking was not handed in by the cut-off, nor approved by the office).
    """
    require(actor, "visits.check_in", site)
    row = _locked_enrolment(enrolment, key)
    if row.is_repeated:
        return same(Visit.objects.get(key=key), enrolment_id=row.pk, site_id=site.pk)
    today = timezone.localdate(now)
    _check_person(row, today)
    booking = _check_booking(booking, row, site, today) or todays_booking(row, site, today)
    session = _check_session(session or (booking.slot.session if booking else None), row, site, today)
    if booking is None and not note.strip():
        raise RuleBroken(
            "WALK_IN_NOTE", "此人今天在本点没有预约。确需接待的,请写明原因(如“镇办同意补种”)。", "note"
        )
    check_no_number(note, "note", "接待原因")
    if booking is not None:
        if refusal := why_not_listed(booking):
            raise refusal
        mark_arrived(booking=booking, now=now)
    visit = with_next_number(
        Visit(
            key=key,
            enrolment=row,
            site=site,
            session=session,
            booking=booking,
            on=today,
            note=note.strip()[:200],
            checked_in_at=now,
            checked_in_by=actor,
            guest_from=home_town(row.resident, site),
        )
    )
    audit.record(
        "visit.checked_in",
        actor=actor,
        target=visit,
        subject=row.resident,
        place_code=site.place.code,
        data={"site": site.code, "queue_no": visit.queue_no, "booked": booking is not None},
    )
    return visit


def check_no_number(text: str, field: str, label: str) -> None:
    """Words, not the next person's card that was scanned into the field. Raises RuleBroken NOTE_IS_NUMBER."""
    if LOOKS_SCANNED.search(text):
        raise RuleBroken(
            "NOTE_IS_NUMBER", f"{label}里是一串号码,像是扫到了证件。请写明原因,不要写证件号。", field
        )


def todays_booking(enrolment: Enrolment, site: Site, today: date) -> Booking | None:
    """The booking of this person at ``site`` on ``today`` that is still open, the earliest first."""
    booking = _BOOKINGS.first(enrolment=enrolment.pk, site=site.pk, today=today)
    if booking is not None:
        booking.enrolment = enrolment
    return booking


def why_not_admitted(enrolment: Enrolment, today: date) -> RuleBroken | None:
    """The one reason why this person cannot be checked in today, or None (reads only; the floor's answer to a scan)."""
    try:
        _check_person(enrolment, today)
    except RuleBroken as refusal:
        return refusal
    return None


def check_still_open(row: Enrolment) -> None:
    """Whether the person is on the register and the campaign runs: asked at the door, and again at the needle, because
    either may have changed on the way between. Raises RuleBroken NOT_ON_REGISTER, CAMPAIGN_CLOSED."""
    if row.resident.removed_on is not None:
        raise RuleBroken("NOT_ON_REGISTER", rules.NOT_ON_REGISTER)
    if row.campaign.state == CampaignState.CLOSED:
        raise RuleBroken(
            "CAMPAIGN_CLOSED", f"“{row.campaign}”已结束,不能再登记到场或接种。请问镇办是否恢复这个活动。"
        )


def _check_person(row: Enrolment, today: date) -> None:
    check_still_open(row)
    here = _on_floor(row)
    if here is not None and here.on < today and here.stage != Stage.OBSERVING:
        raise RuleBroken(
            "LEFT_OPEN",
            f"此人 {here.on:%m月%d日} 在{here.site}的到场还没有结束,请先在那次到场上登记“未完成离场”。",
        )
    if here is not None:
        raise RuleBroken(
            "ON_FLOOR_ALREADY",
            f"此人已在{here.site}登记,排队号 {here.queue_no},现在的环节是“{here.get_stage_display()}”。不用再登记。",
        )
    if any(_is_todays(record, row.campaign, today) for record in row.resident.records.all()):
        raise RuleBroken("DOSE_TODAY", "此人今天已经接种过一剂,不能再登记。请核对是否来拿凭证或同名。")
    rules.check_admissible(row.status, row.status_reason, row.due_from, today)


def _on_floor(row: Enrolment) -> Visit | None:
    """The open visit of this person against the disease, also one for the campaign of another township."""
    against = {"disease": row.campaign.disease, "season": row.campaign.season}
    return _VISITS_OPEN.first(resident=row.resident_id, **against)


def _is_todays(record, campaign, today: date) -> bool:
    counts = record.voided_at is None and record.given_on == today
    return counts and (record.disease, record.season) == (campaign.disease, campaign.season)


def _check_booking(booking: Booking | None, row: Enrolment, site: Site, today: date) -> Booking | None:
    if booking is None:
        return None
    day = booking.slot.session
    if (booking.enrolment_id, day.site_id, day.on) != (row.pk, site.pk, today):
        raise RuleBroken(
            "BOOKING_OTHER",
            f"这个预约是 {day.on:%m月%d日} 在{day.site}的,不是今天本点的。请改约,或按无预约登记。",
        )
    return booking


def _check_session(
    session: ClinicSession | None, row: Enrolment, site: Site, today: date
) -> ClinicSession | None:
    disease = (row.campaign.disease, row.campaign.season)
    if session is None:  # a guest may stand in the home township's own campaign against the same disease
        against = {"campaign__disease": disease[0], "campaign__season": disease[1]}
        open_today = ClinicSession.objects.filter(site=site, on=today, state=SessionState.OPEN, **against)
        open_today = open_today.select_related("campaign")
        session = open_today.order_by(F("started_at").asc(nulls_last=True), "starts_at").first()
        if session is None:
            return None
    of = session.campaign
    if (session.site_id, session.on, (of.disease, of.season)) != (site.pk, today, disease):
        raise RuleBroken("SESSION_OTHER", f"“{session}”不是今天本点的场次。请选择今天的场次。")
    if session.state in (SessionState.CLOSED, SessionState.CANCELLED):
        raise RuleBroken(
            "SESSION_CLOSED", f"“{session}”{session.get_state_display()},不能登记。请改约到下一场。"
        )
    if session.started_at is None:
        raise RuleBroken(
            "SESSION_NOT_STARTED",
            f"“{session}”还没有开场,不能登记到场。请先在场次的“开场检查”里补齐缺项并开场。",
        )
    return session


def with_next_number(visit: Visit) -> Visit:
    """Save with the next number of site and day. Two desks may take the same one: the constraint refuses the slower,
    which waited for the faster to commit and tries the next."""
    for _ in range(_NUMBER_TRIES):
        last = _LAST_NUMBER.first(site=visit.site_id, on=visit.on)
        visit.queue_no = (last.queue_no if last else 0) + 1
        try:
            with transaction.atomic():
                kept.insert(visit)
            return visit
        except IntegrityError as error:
            if not is_queue_number_clash(error):
                raise
    raise Busy


def is_queue_number_clash(error: IntegrityError) -> bool:
    """True when only the queue number was taken (PostgreSQL names the constraint, SQLite the columns)."""
    return "queue_no" in str(error)


def _locked_enrolment(enrolment: Enrolment, key: UUID) -> Enrolment:
    """``enrolment`` freshly read, locked with the others of the person: two sites may let the same person in by two of
    them. ``is_repeated``: a visit with ``key`` is there already. Raises Busy when a merge of records was faster."""
    if enrolment.pk not in lock_all(Enrolment, resident=enrolment.resident_id):
        raise Busy
    [row] = _ENTERING(pk=enrolment.pk, key=key)
    if not row.has_records:
        kept.give(row.resident, "records", [])
    return row


def locked_visit(visit: Visit, rows=_WITH_PERSON, **values) -> Visit:
    """Lock the person's enrolments (a dose counts for every campaign against the disease), then the visit, and return
    it freshly read, as ``rows`` says (with the enrolment; ``values`` of its holes). Needs an open deed. Raises Busy when a
    merge of records gave the visit or the enrolment to another one just now."""
    enrolments = lock_all(Enrolment, resident=visit.enrolment.resident_id)
    row = lock_in(rows, visit.pk, **values)
    if row.enrolment_id != visit.enrolment_id or row.enrolment_id not in enrolments:
        raise Busy
    row.is_only_campaign = len(enrolments) == 1
    if Visit.site.is_cached(visit):  # a visit never changes its site
        row.site = visit.site
    return row


def note_step(visit: Visit, action: str, actor, **data) -> None:
    """One line of the audit trail about a step of ``visit``."""
    audit.record(
        action,
        actor=actor,
        target=visit,
        subject=visit.enrolment.resident,
        place_code=visit.site.place.code,
        data={"stage": visit.stage} | data,
    )


def end_booking(visit: Visit, reason: str) -> None:
    """The person came and got no dose: the booking says so."""
    if visit.booking is not None:
        mark_not_done(booking=visit.booking, reason=reason[:120])


@deed()
def leave_undone(*, visit: Visit, actor, reason: str, now: datetime) -> Visit:
    """The person goes home without a dose. Raises NotAllowed; RuleBroken of docs/visit-states.md, REASON_MISSING."""
    row = locked_visit(visit)
    require(actor, "visits.observe", row.site)
    row.stage = rules.step(row.stage, rules.Deed.LEAVE)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明没有接种就离开的原因。", "reason")
    row.left_at, row.left_by, row.leave_reason = now, actor, reason.strip()[:200]
    row.save(update_fields=["stage", "left_at", "left_by", "leave_reason"])
    end_booking(row, reason)
    note_step(row, "visit.abandoned", actor, reason=reason)
    return row
