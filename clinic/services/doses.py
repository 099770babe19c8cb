"""The needle: person, stock and record in one transaction, behind every hard stop (domain §4.2, 疫苗管理法 art. 45)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone

from appointments.services.bookings import mark_done
from clinic import rules
from clinic.choices import BodySite, Stage
from clinic.models import Dose, Visit
from clinic.services.access import certified_until, check_certificate, require
from clinic.services.checklist import RECIPIENT, check_ticked
from clinic.services.dose_checks import check_person
from clinic.services.traced import check_code, check_scanned
from clinic.services.visits import locked_visit, note_step
from core import kept
from core.errors import RuleBroken
from core.kept import Hole
from core.locks import deed
from inventory.models import Lot
from inventory.services.ledger import use_dose
from residents.models import Enrolment
from residents.services.enrolments import facts_there, read_facts
from residents.services.records import note_dose
from residents.services.rules_at_hand import context_of_read


@deed()
def record_dose(
    *,
    visit: Visit,
    lot: Lot,
    body_site: str,
    checklist: Iterable[str],
    recipient_confirmed: bool,
    actor,
    key: UUID,
    now: datetime,
    substitute_reason: str = "",
    trace_code: str = "",
    unscanned_reason: str = "",
) -> Dose:
    """Record the injection: one dose, one stock movement, one vaccination record, or nothing.

    ``checklist``: the ticked item codes of the campaign's 三查七对一验证; ``recipient_confirmed``: the person verified
    product and expiry, where the checklist asks for it. ``substitute_reason`` is needed when the primary course changes its product.
    ``trace_code``: of the vial, cleaned, where it was scanned; ``unscanned_reason``: why not, where the site asks for it. Starts the observation. A repeat of ``key`` returns the first dose. Raises NotAllowed; RuleBroken of docs/visit-states.md,
    OTHER_DAY, NOT_ON_REGISTER, CAMPAIGN_CLOSED, CERTIFICATE_MISSING, CERTIFICATE_EXPIRED, CHECKLIST, RECIPIENT, BODY_SITE, DOSE_TODAY, OTHER_VACCINE, CONTRAINDICATED,
    DEFERRED, SELF_REPORTED, NO_PASS, SCREEN_PLATFORM, NO_CONSENT, CONSENT_*, SUBSTITUTE_REASON, those of
    ``check_product`` (WRONG_PRODUCT, INTERVAL, TOO_YOUNG …) and of the ledger (LOT_EXPIRED, LOT_RECALLED, LOT_HELD,
    LOT_NOT_HERE, SHORT_STOCK, OPEN_TOO_LONG), CODE_MISSING, CODE_USED, CODE_TOO_LONG.
    """
    row = locked_visit(visit, _with_all(), key=key, by=getattr(actor, "pk", None))
    require(actor, "doses.record", row.site)
    if row.is_repeated:
        return _same(Dose.objects.get(key=key), row)
    today = timezone.localdate(now)
    read_facts(row.enrolment, groups=row.has_groups, records=row.has_records, holds=row.has_holds)
    rules.check_same_day(row.on, today)
    row_stage = rules.step(row.stage, rules.Deed.DOSE)
    check_certificate(row.certified_until, today)
    ticked = check_ticked(row, checklist, recipient_confirmed)
    _check_body_site(body_site)
    check_scanned(trace_code, row.site, unscanned_reason)
    vaccine = lot.presentation.vaccine
    ctx = context_of_read(row.enrolment.campaign)
    check_person(row, vaccine, substitute_reason, today, ctx)
    record = note_dose(
        enrolment=row.enrolment,
        vaccine=vaccine,
        lot_no=lot.lot_no,
        given_on=today,
        place_name=row.site.name,
        actor=actor,
        today=today,
        ctx=ctx,
        is_alone=row.is_only_campaign,
    )
    _start_observation(row, row_stage, now)
    if row.booking is not None:
        mark_done(booking=row.booking)
    # The lot last: the whole site waits for it.
    movement = use_dose(site=row.site, lot=lot, actor=actor, key=key, now=now)
    check_code(trace_code, lot=lot, actor=actor, now=now)
    dose = Dose(
        key=key,
        visit=row,
        record=record,
        movement=movement,
        lot=lot,
        trace_code=trace_code,
        site=row.site,
        consent=row.consent,
        body_site=body_site,
        checklist={"items": ticked, RECIPIENT: recipient_confirmed}
        | _reasons(
            substitute_reason=substitute_reason, unscanned_reason="" if trace_code else unscanned_reason
        ),
        given_at=now,
        by=actor,
    )
    kept.insert(dose, saved=[(row, ("stage", "observe_from", "release_due"))])
    note_step(row, "dose.given", actor, dose=record.dose_number, vaccine=vaccine.code, lot=lot.lot_no)
    return dose


def _of(path: str, names: str) -> list[str]:
    return [f"{path}__{name}" for name in names.split()]


# What is judged and written here; anything else, such as a name in a refusal, is read when it is asked for.
_ASKED = (
    *("on", "stage", "site", "uid", "booking__state", "consent__form__sha256"),
    *(f"enrolment__{field.name}" for field in Enrolment._meta.concrete_fields),
    *_of("enrolment__resident", "uid name birth_date sex residence organisation school_class village_code"),
    *_of("enrolment__resident", "removed_on merged_into"),
    *_of(
        "enrolment__campaign",
        "name state disease season cohort target_age_ref_date stamp checklist observation_minutes",
    ),
    *_of("enrolment__campaign", "adult_consent minor_consent"),
    *_of("consent", "given withdrawn_at invalidated_at dose_number text_sha256"),
)


@cache
def _with_all():
    """Visits with all that the locks on the person's enrolments hold still, and what there is to read besides."""
    joined = ("enrolment__campaign", "enrolment__resident", "consent__form", "booking")
    return (
        Visit.objects.select_related(*joined)
        .only(*_ASKED)
        .annotate(
            is_repeated=Exists(Dose.objects.filter(key=Hole("key"))),
            certified_until=certified_until(Hole("by")),
            **facts_there("enrolment"),
        )
    )


def _same(dose: Dose, visit: Visit) -> Dose:
    if dose.visit_id != visit.pk:
        raise RuleBroken("KEY_USED", "这张表单已经用于另一个人。请重新打开这个人的页面再登记。")
    return dose


def _reasons(**said: str) -> dict[str, str]:
    return {name: text.strip()[:200] for name, text in said.items() if text.strip()}


def _start_observation(row: Visit, stage: Stage, now: datetime) -> None:
    minutes = row.enrolment.campaign.observation_minutes
    row.stage, row.observe_from, row.release_due = stage, now, now + timedelta(minutes=minutes)


def _check_body_site(body_site: str) -> None:
    if body_site not in BodySite.values:
        raise RuleBroken("BODY_SITE", "请选择接种部位,再确认接种。", "body_site")
