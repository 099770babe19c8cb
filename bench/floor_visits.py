"""The visits of a day in bulk: every step that a person has taken, with consent, screening, dose, movement and record."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.choices import Role
from campaigns.models import Campaign
from campaigns.rules import question_set_from_data
from clinic.choices import BodySite, Outcome, Stage
from clinic.models import Dose, Screening, Visit
from clinic.services.checklist import ticked_by_nurse
from core import bulk
from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from residents.choices import ConsentChannel, RecordSource
from residents.models import Consent, VaccinationRecord

_CONSENTED = (Stage.CONSENTED, Stage.OBSERVING, Stage.LEFT)
_DOSED = (Stage.OBSERVING, Stage.LEFT)


def good_answers(campaign: Campaign) -> dict[str, dict]:
    """To every question of the adults, so that the person passes."""
    questions = question_set_from_data(campaign.adult_questions.data).questions
    return {q.code: {"yes": not q.bad} for q in questions if q.kind == "yes_no"}


def filled_in(campaign: Campaign, lot) -> dict[str, dict]:
    """What the desks type about somebody who may have a dose of ``lot``, by the name of the step."""
    answers = good_answers(campaign).items()
    return {
        "screen": {"celsius": "36.5", "health_code_ok": "1"}
        | {f"q_{code}": "1" if answer["yes"] else "0" for code, answer in answers},
        "consent": {
            "given": "1",
            "signer_name": "本人",
            "relation": "self",
            "channel": "paper",
            "paper_no": "ZQ1",
        },
        "dose": {
            "lot": lot.pk,
            "body_site": "left_arm",
            "checklist": ticked_by_nurse(campaign.checklist["items"]),
            "recipient_confirmed": "on",
        },
    }


@dataclass
class _Came:
    """One visit in the making."""

    enrolment: int
    resident: int
    booking: int
    stage: str
    pk: int
    uid: uuid.UUID
    number: int
    given_at: datetime
    consent: int | None = None


def write(day, people: list, campaign: Campaign, now: datetime) -> None:
    """The visits of ``people`` of ``day`` (those who have come), and of ``people`` their ``visit``."""
    residents = dict(
        campaign.enrolments.filter(pk__in=[p.enrolment for p in people]).values_list("pk", "resident_id")
    )
    came = []
    for number, (pk, person) in enumerate(
        zip(bulk.reserve(Visit, len(people)), people, strict=True), start=1
    ):
        ago = timedelta(minutes=45 if person.stage == Stage.LEFT else number % 25)
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        uid = uuid.uuid4()
        person.visit = str(uid)
        resident = residents[person.enrolment]
        when = max(now - ago, midnight)
        came.append(_Came(person.enrolment, resident, person.booking, person.stage, pk, uid, number, when))
    _consents(day, [one for one in came if one.stage in _CONSENTED], campaign)
    _visits(day, came, campaign)
    _screenings(day, [one for one in came if one.stage != Stage.CHECKED_IN], campaign)
    _doses(day, [one for one in came if one.stage in _DOSED], campaign)


def _consents(day, came: list[_Came], campaign: Campaign) -> None:
    form, desk = campaign.adult_consent, day.staff[Role.REGISTRAR][0]
    rows = []
    for pk, one in zip(bulk.reserve(Consent, len(came)), came, strict=True):
        one.consent = pk
        signed = (True, "本人", ConsentChannel.PAPER, f"ZQ{one.number}", one.given_at, desk.pk)
        rows.append((pk, uuid.uuid4(), one.enrolment, form.pk, form.sha256, 1, *signed))
    names = "id key enrolment_id form_id text_sha256 dose_number given signer_name channel paper_no signed_at"
    bulk.insert(Consent, [*names.split(), "recorded_by_id"], rows)


def _visits(day, came: list[_Came], campaign: Campaign) -> None:
    wait = timedelta(minutes=campaign.observation_minutes)
    desk, observer = day.staff[Role.REGISTRAR][0], day.staff[Role.OBSERVER][0]
    rows = []
    for one in came:
        dosed, gone = one.stage in _DOSED, one.stage == Stage.LEFT
        due = one.given_at + wait
        rows.append(
            (one.pk, one.uid, uuid.uuid4(), one.enrolment, day.site.pk, day.session.pk, one.booking)
            + (day.session.on, one.number, one.stage, one.given_at, desk.pk, one.consent)
            + ((one.given_at, due) if dosed else (None, None))
            + ((due, observer.pk) if gone else (None, None))
        )
    names = "id uid key enrolment_id site_id session_id booking_id on queue_no stage checked_in_at"
    names += " checked_in_by_id consent_id observe_from release_due left_at left_by_id"
    bulk.insert(Visit, names.split(), rows)


def _screenings(day, came: list[_Came], campaign: Campaign) -> None:
    answers, doctor = good_answers(campaign), day.staff[Role.SCREENER][0]
    found = (campaign.adult_questions_id, answers, Decimal("36.5"), Outcome.PASS)
    rows = [(uuid.uuid4(), one.pk, *found, one.given_at, doctor.pk) for one in came]
    names = "key visit_id question_set_id answers celsius outcome at by_id"
    bulk.insert(Screening, names.split(), rows)


def _doses(day, came: list[_Came], campaign: Campaign) -> None:
    nurse, lot, site = day.staff[Role.VACCINATOR][0], day.lot, day.site
    level = StockLevel.objects.get(site=site, lot=lot)
    ticked = {"items": ticked_by_nurse(campaign.checklist["items"]), "recipient": True}
    records, movements, doses = [], [], []
    record_ids, movement_ids = (
        bulk.reserve(VaccinationRecord, len(came)),
        bulk.reserve(StockMovement, len(came)),
    )
    for record, movement, one in zip(record_ids, movement_ids, came, strict=True):
        level.vials -= 1
        given = (
            lot.presentation.vaccine_id,
            lot.lot_no,
            day.session.on,
            site.name,
            RecordSource.HERE,
            nurse.pk,
        )
        records.append((record, one.resident, campaign.disease, campaign.season, 1, *given))
        moved = (MovementKind.USE, -1, level.vials, day.session.on, one.given_at, nurse.pk)
        movements.append((movement, uuid.uuid4(), site.pk, lot.pk, *moved))
        rows = (one.pk, record, movement, lot.pk, site.pk, one.consent)
        doses.append((uuid.uuid4(), *rows, BodySite.LEFT_ARM, ticked, one.given_at, nurse.pk))
    names = "id resident_id disease season dose_number vaccine_id lot_no given_on given_at_place source recorded_by_id"
    bulk.insert(VaccinationRecord, names.split(), records)
    names = "id key site_id lot_id kind vials balance_vials on at by_id"
    bulk.insert(StockMovement, names.split(), movements)
    names = "key visit_id record_id movement_id lot_id site_id consent_id body_site checklist given_at by_id"
    bulk.insert(Dose, names.split(), doses)
    level.save(update_fields=["vials"])
