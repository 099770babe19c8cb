"""The panel of each step on the page of one person: its form with what it proposes."""

from django.utils import timezone

from campaigns.rules import Verdict
from clinic import tracing
from clinic.forms import DoseForm, ReactionForm, ReleaseForm, SeatForm, SignForm, TransferForm
from clinic.models import Visit
from clinic.screen_form import ScreenForm
from clinic.services.access import doctors_of
from clinic.services.checklist import RECIPIENT, items_of
from clinic.services.consenting import form_for, is_minor, why_not_usable
from clinic.services.reaction_plans import plan_for
from clinic.services.screenings import person_of, questions_for
from core.dates import age_on
from inventory.models import Vaccine
from places.choices import CodeScan
from residents.services.consents import current_consent


def _offered(verdict: Verdict, levels):
    """Products that may be the next dose: those in stock here, or all while there is none."""
    here = {level.lot.presentation.vaccine.code for level in levels or ()}
    codes = here or {offer.product for offer in verdict.offers}
    return Vaccine.objects.filter(code__in=codes)


def screen_form(visit: Visit, today, data=None, verdict: Verdict | None = None, levels=None) -> ScreenForm:
    """The form of the questions this person is asked today; it offers the vaccines of ``levels``, when there are any."""
    _, questions = questions_for(visit.enrolment, today)
    vaccines = Vaccine.objects.all() if verdict is None else _offered(verdict, levels)
    initial = {}
    if verdict is not None and visit.enrolment.last_product_id:
        initial["vaccine"] = visit.enrolment.last_product_id
    asked = questions.asked(person_of(visit.enrolment), today)
    return ScreenForm(data, questions=asked, vaccines=vaccines, initial=initial)


def screen_panel(request, visit, today, verdict, levels) -> dict:
    """The questions."""
    return {"screen_form": screen_form(visit, today, verdict=verdict, levels=levels)}


def consent_panel(request, visit, today, verdict, levels) -> dict:
    """The text, and who signs."""
    minor = is_minor(visit.enrolment, today)
    resident = visit.enrolment.resident
    initial = {"given": "1", "relation": "mother" if minor else "self"}
    initial["signer_name"] = resident.guardian_name if minor else resident.name
    earlier = current_consent(visit.enrolment)
    usable = earlier is not None and why_not_usable(earlier, visit.enrolment, today) is None
    if minor and earlier is not None:
        # What the class teacher collected fills the form; the guardian signs here.
        initial |= {"signer_name": earlier.signer_name, "relation": earlier.relation}
    form = SignForm(initial=initial)
    if minor:
        form.fields["relation"].choices = form.fields["relation"].choices[1:]
    return {
        "consent_text": form_for(visit.enrolment, today),
        "sign_form": form,
        "earlier_consent": earlier if usable else None,
    }


def dose_panel(request, visit, today, verdict, levels) -> dict:
    """The lot and the checklist."""
    scan = visit.site.code_scan
    spans = {} if scan == CodeScan.OFF else tracing.spans_of_lots([level.lot_id for level in levels])
    for level in levels:
        level.is_substitute = verdict.is_substitute(level.lot.presentation.vaccine.code)
        level.codes = " ".join(f"{span.stem}:{span.low}-{span.high}" for span in spans.get(level.lot_id, ()))
    items = items_of(visit.enrolment)
    form = DoseForm(site=visit.site, items=items, initial={"lot": levels[0].lot_id if levels else None})
    return {
        "levels": levels,
        "shown_at": timezone.now(),
        "scans_codes": bool(spans) or scan == CodeScan.REQUIRED,
        "must_scan": scan == CodeScan.REQUIRED,
        "dose_form": form,
        "checks": checks(visit, items, today),
    }


def checks(visit: Visit, items: list[dict], today) -> list[dict]:
    """Groups of the checklist: ``{"name", "key", "items"}``; an item's ``value`` stands beside it, so that ticking it is
    looking at it. What depends on the lot or the body site is filled in on the page as these are chosen."""
    resident = visit.enrolment.resident
    values = {
        "health": "今天预检通过",
        "dose": f"第{visit.enrolment.next_dose}剂",
        "name": resident.name,
        "age": f"{age_on(resident.birth_date, today)}岁({resident.birth_date})",
    }
    groups: list[dict] = []
    for item in items:
        if not groups or groups[-1]["name"] != item["group"]:
            groups.append({"name": item["group"], "key": len(groups) + 1, "items": []})
        # the recipient is shown the brand too, not the lot alone (S61)
        shows = "told" if item.get("by") == RECIPIENT else item.get("shows", "")
        groups[-1]["items"].append(
            item | {"value": values.get(shows, ""), "live": shows not in values and shows}
        )
    return groups


def observe_panel(request, visit, today, verdict, levels) -> dict:
    """The chair, the clock, and what may have to be done."""
    reactions = [r for dose in visit.counted_doses for r in dose.adverse_events.all()]
    doctors = doctors_of(visit.site, today)
    own = request.user.pk if request.user.can("visits.screen") else None
    context = {
        "reactions": reactions,
        "has_open": any(r.closed_at is None for r in reactions),
        "open_case": next((r for r in reactions if r.closed_at is None), None),
        "release_form": ReleaseForm(doctors=doctors, initial={"doctor": own}, auto_id="release_%s"),
        "seat_form": SeatForm(initial={"seat": visit.seat}, auto_id="seat_%s"),
    }
    if request.user.can("aefi.report"):
        context["reaction_form"] = ReactionForm(auto_id="reaction_%s")
        plan = plan_for(visit.enrolment.campaign, visit.site.place.code) if context["has_open"] else None
        hospital = {"hospital": plan.hospital} if plan else {}
        context |= {"transfer_form": TransferForm(initial=hospital, auto_id="transfer_%s"), "plan": plan}
    return context


BUILDERS = {"screen": screen_panel, "consent": consent_panel, "dose": dose_panel, "observe": observe_panel}
