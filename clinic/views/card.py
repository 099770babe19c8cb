"""What the page of one person at the site shows: who, what was, what is due, and the panel of the step."""

from clinic.choices import Stage
from clinic.correction_words import story
from clinic.forms import (
    DoseForm,
    ReactionForm,
    ReasonForm,
)
from clinic.models import Correction, Visit
from clinic.services import calls
from clinic.services.access import is_entitled
from clinic.services.consenting import is_minor
from clinic.services.dose_checks import found_elsewhere_words, hold_words
from clinic.services.lots import lots_at_hand
from clinic.services.other_vaccines import too_close, words
from clinic.stations import own_stage
from clinic.views import panels
from clinic.wording import due_words, next_words
from core.dates import age_on
from residents.choices import HoldKind, HoldScope
from residents.services.enrolments import read_facts, verdict_of_read
from residents.services.holds import contraindications_elsewhere, in_force

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
    holds = in_force(enrolment.holds.all(), on=today)
    elsewhere = contraindications_elsewhere(enrolment, on=today)
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
            *(found_elsewhere_words(hold) for hold in elsewhere),
            *(words(*one) for one in too_close(enrolment, today)),
        ],
        "must_wait": any(
            hold.kind != HoldKind.CONTRA or hold.scope == HoldScope.ALL for hold in (*holds, *elsewhere)
        ),
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
        "asks_second": enrolment.next_dose == 1 and not visit.booking_id and not visit.guest_from_id,
        "waits_for": WAITS_FOR.get(visit.stage, ""),
        "doses": visit.counted_doses,
        "posted": posted or {},
    }
    may_rescreen = visit.stage in (Stage.PASSED, Stage.DEFERRED, Stage.CONTRAINDICATED, Stage.CONSENTED)
    context["rescreen"] = may_rescreen and visit.on == today and user.can("visits.screen")
    builders = panels.BUILDERS
    if mine:
        context |= builders[panel](request, visit, today, verdict, levels)
    if context["rescreen"]:
        context |= panels.screen_panel(request, visit, today, verdict, levels)
    if visit.stage != Stage.CHECKED_IN:
        context["screening"] = visit.screenings.select_related("by").order_by("-at", "-pk").first()
    context["may_leave"] = visit.is_on_floor and visit.stage != Stage.OBSERVING and user.can("visits.observe")
    context["leave_form"] = ReasonForm(auto_id="leave_%s")
    context["may_withdraw"] = visit.stage == Stage.CONSENTED and user.can("consents.record")
    context["may_correct"] = is_entitled(user, "corrections.propose", visit.site)
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


def next_in_line(user, site, now) -> Visit | None:
    """Whom the desk of ``user`` calls next."""
    stage = own_stage(user)
    return calls.line(site, stage, actor=user, now=now).first() if stage else None
