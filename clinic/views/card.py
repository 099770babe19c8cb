"""What the page of one person at the site shows: who, what was, what is due, and the panel of the step."""

from campaigns.rules import Verdict
from clinic.choices import Stage
from clinic.correction_words import story
from clinic.forms import (
    DoseForm,
    ReactionForm,
    ReasonForm,
    ReleaseForm,
    ScreenForm,
    SeatForm,
    SignForm,
    TransferForm,
)
from clinic.models import Correction, Visit
from clinic.services import calls
from clinic.services.access import doctors_of
from clinic.services.consenting import form_for, is_minor, why_not_usable
from clinic.services.doses import RECIPIENT, checklist_items, hold_words
from clinic.services.lots import lots_at_hand
from clinic.services.other_vaccines import too_close, words
from clinic.services.reaction_plans import plan_for
from clinic.services.screenings import person_of, questions_for
from clinic.stations import own_stage
from clinic.wording import due_words, next_words
from core.dates import age_on
from inventory.models import Vaccine
from residents.choices import HoldKind, HoldScope
from residents.services.consents import current_consent
from residents.services.enrolments import read_facts, verdict_of_read

# Which panel a stage opens, and the action that may use it.
PANELS = {
    Stage.CHECKED_IN: ("screen", "visits.screen"),
    Stage.PASSED: ("consent", "consents.record"),
    Stage.CONSENTED: ("dose", "doses.record"),
    Stage.OBSERVING: ("observe", "visits.observe"),
}
_DOSED = (Stage.OBSERVING, Stage.LEFT, Stage.TRANSFERRED)
WAITS_FOR = {
    Stage.CHECKED_IN: "请到预检台:测体温、健康询问。",
    Stage.PASSED: "预检已通过,请签知情同意书。",
    Stage.CONSENTED: "已同意,请到接种台。",
    Stage.OBSERVING: "正在留观,时间到后放行。",
}


def person_card(enrolment, today, *, home=None) -> dict:
    """Who stands here: one dict for the card, from rows already read (``verdict_of_read`` prefetches the facts). ``home``:
    the township of a guest."""
    resident = enrolment.resident
    holds = [hold for hold in enrolment.holds.all() if hold.until is None or hold.until > today]
    return {
        "resident": resident,
        "home": home,
        "document": resident.primary_identifier,
        "needs": resident.need_words,
        "age": age_on(resident.birth_date, today),
        "is_minor": is_minor(enrolment, today),
        "records": [r for r in resident.records.all() if r.disease == enrolment.campaign.disease],
        "holds": [
            *(hold_words(hold) for hold in holds),
            *(words(*one) for one in too_close(enrolment, today)),
        ],
        "must_wait": any(hold.kind != HoldKind.CONTRA or hold.scope == HoldScope.ALL for hold in holds),
    }


def visit_context(request, visit: Visit, now, today, posted: dict | None = None) -> dict:
    """Everything ``clinic/visit.html`` needs; ``posted`` are forms with errors by panel name."""
    user, enrolment = request.user, visit.enrolment
    if visit.stage in _DOSED:  # the next dose is of another day: what the row says will do
        read_facts(enrolment)
        verdict = None
    else:
        verdict = verdict_of_read(enrolment, on=today)
    panel, action = PANELS.get(Stage(visit.stage), ("", ""))
    mine = bool(panel) and user.can(action) and visit.on == today
    if panel == "observe":  # an observation may end after midnight
        mine = user.can(action)
    card = person_card(enrolment, today, home=visit.guest_from)
    levels = set_apart = (
        None  # what is in stock matters to screening and to the needle; signing is about the text
    )
    if panel in ("screen", "dose"):
        levels, set_apart = lots_at_hand(visit.site, verdict, user, today)
    context = {
        "visit": visit,
        "now": now,
        "today": today,
        "card": card,
        "set_apart": set_apart,
        "due": due_words(verdict, levels, must_wait=card["must_wait"]) if verdict else next_words(enrolment),
        "verdict": verdict,
        "panel": panel if mine else "",
        "waits_for": WAITS_FOR.get(visit.stage, ""),
        "doses": visit.counted_doses,
        "posted": posted or {},
    }
    may_rescreen = visit.stage in (Stage.PASSED, Stage.DEFERRED, Stage.CONTRAINDICATED, Stage.CONSENTED)
    context["rescreen"] = may_rescreen and visit.on == today and user.can("visits.screen")
    builders = {"screen": _screen, "consent": _consent, "dose": _dose, "observe": _observe}
    if mine:
        context |= builders[panel](request, visit, today, verdict, levels)
    if context["rescreen"]:
        context |= _screen(request, visit, today, verdict, levels)
    if visit.stage != Stage.CHECKED_IN:
        context["screening"] = visit.screenings.select_related("by").order_by("-at", "-pk").first()
    context["may_leave"] = visit.is_on_floor and visit.stage != Stage.OBSERVING and user.can("visits.observe")
    context["leave_form"] = ReasonForm(auto_id="leave_%s")
    context["may_withdraw"] = visit.stage == Stage.CONSENTED and user.can("consents.record")
    context["may_correct"] = user.can("corrections.propose")
    context["corrections"] = [(row, story(row)) for row in Correction.objects.of_visit(visit)]
    if visit.counted_doses and not mine and user.can("aefi.report"):
        context["late_reaction_form"] = (posted or {}).get("reaction_form") or ReactionForm(
            auto_id="reaction_%s"
        )
    if levels is not None and "dose_form" in (posted or {}):
        context["keeps_ticks"] = ticks_hold(posted["dose_form"], levels)
    return context | (posted or {})


def ticks_hold(form: DoseForm, levels) -> bool:
    """Whether what was ticked still speaks of the lot the page shows. When the chosen lot is refused or gone, the page
    falls back to another one, and everything has to be looked at again."""
    return "lot" not in form.errors and form["lot"].value() in {str(level.lot_id) for level in levels}


# Where the errors of a posted form stand on the page: its panel, or the flag that opens its fold.
_STANDS_IN = {
    "screen_form": "screen",
    "sign_form": "consent",
    "dose_form": "dose",
    "release_form": "observe",
    "seat_form": "observe",
    "reaction_form": "observe",
    "transfer_form": "observe",
}
_FOLDS = {
    "screen_form": "rescreen",
    "withdraw_form": "may_withdraw",
    "leave_form": "may_leave",
}


def stands_on_page(name: str, page: dict) -> bool:
    """Whether the form ``name`` is still shown. It is not when somebody else took the person a step further while
    this window was open: then its refusal has to be said at the top."""
    if name in _FOLDS and page.get(_FOLDS[name]):
        return True
    if name == "reaction_form" and page.get("late_reaction_form"):
        return True
    return _STANDS_IN.get(name) == page["panel"] and not (name == "release_form" and page["has_open"])


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


def _screen(request, visit, today, verdict, levels) -> dict:
    return {"screen_form": screen_form(visit, today, verdict=verdict, levels=levels)}


def _consent(request, visit, today, verdict, levels) -> dict:
    minor = is_minor(visit.enrolment, today)
    resident = visit.enrolment.resident
    initial = {"given": "1", "relation": "mother" if minor else "self"}
    initial["signer_name"] = resident.guardian_name if minor else resident.name
    earlier = current_consent(visit.enrolment)
    usable = earlier is not None and why_not_usable(earlier, visit.enrolment, today) is None
    if (
        minor and earlier is not None
    ):  # what the class teacher collected fills the form; the guardian signs here
        initial |= {"signer_name": earlier.signer_name, "relation": earlier.relation}
    form = SignForm(initial=initial)
    if minor:
        form.fields["relation"].choices = form.fields["relation"].choices[1:]
    return {
        "consent_text": form_for(visit.enrolment, today),
        "sign_form": form,
        "earlier_consent": earlier if usable else None,
    }


def _dose(request, visit, today, verdict, levels) -> dict:
    for level in levels:
        level.is_substitute = verdict.is_substitute(level.lot.presentation.vaccine.code)
    items = checklist_items(visit.enrolment)
    form = DoseForm(site=visit.site, items=items, initial={"lot": levels[0].lot_id if levels else None})
    return {
        "levels": levels,
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


def _observe(request, visit, today, verdict, levels) -> dict:
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


def next_in_line(user, site, now) -> Visit | None:
    """Whom the desk of ``user`` calls next."""
    stage = own_stage(user)
    return calls.line(site, stage, actor=user, now=now).first() if stage else None
