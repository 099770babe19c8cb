"""Every address of the product: which role gets which answer. A new address needs a row here (or an exemption with a
sentence); ``tests/house/test_url_guard.py`` plays every row with the whole cast.

``may``: roles that get ``ok``. ``hidden``: roles with the right, but somewhere else: 404. All other roles get ``others``.
``made`` names what the test puts into the address, and always lies in our township (``tests/house/test_url_guard.py``
``things``). A deed is posted empty: 422 says the form was read, so the door was open.
"""

from dataclasses import dataclass

ROLES = [
    "county",
    "town",
    "cadre01",
    "cadre02",
    "school",
    "employer",
    "registrar",
    "screener",
    "vaccinator",
    "observer",
    "stock",
    "sysadmin",
    "secadmin",
    "auditor",
    "othertown",
    "othercadre",
]
_ALL = " ".join(ROLES)
_OFFICES = "county town othertown"
_MANAGERS = f"{_OFFICES} sysadmin"
_FLOOR = "registrar screener vaccinator observer"
_REGISTER = "town cadre01 cadre02 school employer othertown othercadre"
_VILLAGES = "town cadre01 cadre02 othertown othercadre"
_OTHER_VILLAGES = "cadre02 othertown othercadre"
_HIDDEN_REGISTER = "cadre02 school employer othertown othercadre"


@dataclass(frozen=True)
class Row:
    """The answers to one address."""

    may: str
    ok: int = 200
    hidden: str = ""
    others: int = 403
    method: str = "get"
    made: str = ""
    anonymous: int = 302

    def status(self, role: str) -> int:
        """What ``role`` gets."""
        if role in self.hidden.split():
            return 404
        return self.ok if role in self.may.split() else self.others


# Village, school and employer record consents too, but not of a visit.
_CONSENTING = Row(
    "town registrar screener vaccinator",
    ok=422,
    method="post",
    made="visit",
    hidden="cadre01 cadre02 school employer othertown othercadre",
)

ROWS: dict[str, Row] = {
    "desk": Row(_ALL),
    "sites": Row(_ALL, anonymous=200),
    "care": Row(_ALL, anonymous=200),
    "questions": Row(_ALL, anonymous=200),
    "job": Row("town", made="job", others=404),
    "job_file": Row("town", ok=404, made="job", others=404),
    # log-in
    "login": Row(_ALL, ok=302, anonymous=200),
    "logout": Row(_ALL, ok=302, method="post"),
    "password_change": Row(_ALL),
    # accounts; "account" is a cadre of ours
    "login_code": Row("", others=302),
    "alive": Row(_ALL),
    "second_factor": Row(_ALL),
    "accounts:list": Row(f"{_MANAGERS} secadmin"),
    "accounts:add": Row(_MANAGERS),
    "accounts:audit": Row("auditor"),
    "accounts:audit_proofs": Row("auditor"),
    "accounts:audit_export": Row("auditor"),
    "accounts:audit_verify": Row("auditor", ok=302, method="post"),
    "accounts:detail": Row("county town sysadmin secadmin", made="account", hidden="othertown"),
    "accounts:lock": Row("county town sysadmin secadmin", made="account", hidden="othertown"),
    "accounts:unlock": Row(
        "county town sysadmin secadmin", ok=302, method="post", made="account", hidden="othertown"
    ),
    "accounts:reset_device": Row("sysadmin", made="account"),
    "accounts:confirmations": Row("secadmin"),
    "accounts:decide_role": Row("secadmin", ok=302, method="post", made="waiting_role"),
    "accounts:decide_reset": Row("secadmin", ok=302, method="post", made="waiting_reset"),
    "accounts:security_log": Row("secadmin"),
    "accounts:policy": Row("secadmin"),
    "accounts:reset": Row("county town sysadmin", method="post", made="account", hidden="othertown"),
    "accounts:appoint": Row("county town sysadmin", made="account", hidden="othertown"),
    "accounts:end_role": Row("county town sysadmin", made="role", hidden="othertown"),
    "accounts:certificate_add": Row("county town sysadmin", made="account", hidden="othertown"),
    "accounts:certificate_drop": Row("county town sysadmin", made="certificate", hidden="othertown"),
    # sites and organisations; "site" and "organisation" are ours
    "places:sites": Row(_MANAGERS),
    "places:site_add": Row(_MANAGERS),
    "places:site": Row("county town sysadmin", made="site", hidden="othertown"),
    "places:site_close": Row("county town sysadmin", made="site", hidden="othertown"),
    "places:site_reopen": Row("county town sysadmin", ok=302, method="post", made="site", hidden="othertown"),
    "places:organisations": Row(_MANAGERS),
    "places:organisation_add": Row(_MANAGERS),
    "places:organisation": Row("county town sysadmin", made="organisation", hidden="othertown"),
    "places:organisation_close": Row("county town sysadmin", made="organisation", hidden="othertown"),
    "places:organisation_reopen": Row(
        "county town sysadmin", ok=302, method="post", made="organisation", hidden="othertown"
    ),
    # campaigns; "campaign" is the town's, "phase" too
    "campaigns:list": Row(_OFFICES),
    "campaigns:choose": Row("", others=404, method="post"),
    "campaigns:detail": Row("county town", made="campaign", hidden="othertown"),
    "residents:phase": Row("county town", ok=302, method="post", made="phase", hidden="othertown"),
    "campaign:add": Row(_OFFICES),
    "campaign:change": Row("county town", made="campaign", hidden="othertown"),
    "campaign:phase_add": Row("county town", made="campaign", hidden="othertown"),
    "campaign:close": Row("county town", made="campaign", hidden="othertown"),
    "campaign:reopen": Row("county town", ok=302, method="post", made="campaign", hidden="othertown"),
    "campaigns:texts": Row("county town", made="campaign", hidden="othertown"),
    "campaigns:text_add": Row("county town", made="campaign", hidden="othertown"),
    "campaigns:text": Row("county town", made="campaign_text", hidden="othertown"),
    "campaigns:consent_print": Row(
        "county town cadre01 cadre02 school employer registrar screener vaccinator observer stock sysadmin secadmin auditor",
        made="consent_text",
        hidden="othertown othercadre",
    ),
    # directories; "group" is the working group of cadre01's village in a campaign of the county
    "groups:list": Row(f"county {_REGISTER} {_FLOOR} stock"),
    "groups:file": Row(f"county {_REGISTER} {_FLOOR} stock"),
    "groups:defaults": Row(_OFFICES, ok=302, method="post"),
    "groups:copy": Row(_OFFICES),
    "groups:add": Row(_OFFICES),
    "groups:detail": Row(
        f"county town cadre01 cadre02 school employer {_FLOOR} stock",
        made="group",
        hidden="othertown othercadre",
    ),
    "groups:edit": Row("county town cadre01", made="group", hidden="othertown othercadre"),
    "groups:dissolve": Row(
        "county town cadre01", ok=302, method="post", made="group", hidden="othertown othercadre"
    ),
    "groups:member_add": Row("county town cadre01", made="group", hidden="othertown othercadre"),
    "groups:member_edit": Row("county town cadre01", made="member", hidden="othertown othercadre"),
    "groups:member_remove": Row(
        "county town cadre01", ok=404, method="post", made="gone_member", hidden="othertown othercadre"
    ),
    # register; "resident" lives in cadre01's village
    "residents:list": Row(f"county {_REGISTER}"),
    "residents:export": Row(_REGISTER, ok=302, method="post"),
    "residents:find": Row(f"county {_REGISTER} {_FLOOR}"),
    "residents:add": Row(f"{_REGISTER} registrar"),
    "residents:check": Row(f"{_REGISTER} registrar", method="post"),
    "residents:counting": Row(f"county {_REGISTER}"),
    "residents:moves": Row(f"county {_REGISTER}"),
    "residents:claim": Row("town cadre01 cadre02 othertown othercadre", ok=422, method="post"),
    "residents:move": Row(
        "county town cadre01", made="move", hidden="cadre02 school employer othertown othercadre"
    ),
    "residents:move_propose": Row("town cadre01", made="resident", hidden="cadre02 othertown othercadre"),
    "residents:base": Row(_OFFICES),
    "residents:settle": Row("county town", made="resident", hidden="othertown"),
    "residents:grid": Row(f"{_REGISTER} registrar"),
    "residents:grid_check": Row(f"{_REGISTER} registrar", ok=422, method="post"),
    "residents:grid_save": Row(f"{_REGISTER} registrar", ok=422, method="post"),
    **dict.fromkeys(
        ("residents:detail", "residents:story"),
        Row(
            f"county town cadre01 {_FLOOR}",
            made="resident",
            hidden="cadre02 school employer othertown othercadre",
        ),
    ),
    **{
        f"residents:{name}": Row(
            "town cadre01 registrar", made="resident", hidden="cadre02 school employer othertown othercadre"
        )
        for name in ("edit", "document", "dose", "condition", "remove", "request_add")
    },
    "residents:restore": Row("county town", made="resident", hidden="othertown"),
    "residents:reveal": Row(
        "town cadre01 registrar", made="identifier", hidden="cadre02 othertown othercadre"
    ),
    "residents:consent": Row(
        "town cadre01 registrar screener vaccinator",
        made="resident",
        hidden="cadre02 school employer othertown othercadre",
    ),
    # two records of one person; "pair" lives in cadre01's village, "merge" was made there
    "residents:duplicates": Row("town cadre01 cadre02 othertown othercadre"),
    "residents:pair": Row("town cadre01", made="pair", hidden="cadre02 othertown othercadre"),
    "residents:merge": Row("town", made="pair", hidden="othertown"),
    "residents:merge_detail": Row("town", made="merge", hidden="othertown"),
    # rosters; "organisation" and "pupil" are a school in cadre01's village and its pupil, "sticker" is a shop's there
    **{
        f"residents:{name}": Row(f"county {_REGISTER}")
        for name in (
            "rosters",
            "schools",
            "schools_file",
            "school_days",
            "school_days_file",
            "elsewhere",
            "elsewhere_file",
            "stickers",
            "stickers_file",
        )
    },
    "residents:elsewhere_push": Row(_REGISTER, ok=302, method="post"),
    **{
        f"residents:{name}": Row(
            "county town cadre01 school",
            made="organisation",
            hidden="cadre02 employer othertown othercadre",
        )
        for name in (
            "roster",
            "roster_print",
            "letters",
            "roster_file",
            "school_summary",
            "school_summary_file",
            "sticker_print",
        )
    },
    "residents:member_add": Row(
        "town cadre01 school", made="organisation", hidden="cadre02 employer othertown othercadre"
    ),
    "residents:roster_confirm": Row(
        "town cadre01 school",
        ok=302,
        method="post",
        made="organisation",
        hidden="cadre02 employer othertown othercadre",
    ),
    **{
        f"residents:{name}": Row(
            "town cadre01 school", made="pupil", hidden="cadre02 employer othertown othercadre"
        )
        for name in ("member_edit", "member_leave")
    },
    "residents:reconciliations": Row("town school othertown registrar"),
    "residents:reconcile_list": Row("town school registrar", made="organisation", hidden="othertown"),
    "residents:reconcile_file": Row("town school registrar", made="organisation", hidden="othertown"),
    "residents:reconcile": Row("town school registrar", made="organisation", hidden="othertown"),
    **{
        f"residents:{name}": Row(
            "town school registrar", ok=302, method="post", made="organisation", hidden="othertown"
        )
        for name in ("reconcile_rest", "reconcile_sign", "reconcile_take")
    },
    **{
        f"residents:{name}": Row("town school registrar", made="pupil", hidden="othertown")
        for name in ("reconcile_claim", "reconcile_settle")
    },
    "residents:sticker": Row(_ALL, made="sticker", anonymous=200),
    # submissions; "submission" is a plan of cadre01's village for a "call" of our town
    "residents:submissions": Row(f"county {_REGISTER}"),
    "residents:submission_open": Row(
        "", method="post", hidden="cadre01 cadre02 school employer othercadre"
    ),  # posted without a call
    "residents:call_add": Row(_OFFICES),
    "residents:call": Row("county town", made="call", hidden="othertown"),
    "residents:call_close": Row("county town", ok=302, method="post", made="call", hidden="othertown"),
    "residents:submission": Row("county town cadre01", made="submission", hidden=_HIDDEN_REGISTER),
    "residents:submission_submit": Row(
        "cadre01", ok=422, method="post", made="submission", hidden="cadre02 school employer othercadre"
    ),
    "residents:submission_accept": Row("town", ok=422, method="post", made="submission", hidden="othertown"),
    "residents:submission_return": Row("town", ok=422, method="post", made="submission", hidden="othertown"),
    "residents:submission_plan": Row(
        "cadre01", made="submission", hidden="cadre02 school employer othercadre"
    ),
    "residents:submission_recheck": Row(
        "cadre01", made="submission", hidden="cadre02 school employer othercadre"
    ),
    # duties, visits, rides, publicity, tags, proofs; all of cadre01's village
    "residents:outreach": Row(_VILLAGES),
    "residents:round_sheet": Row(_VILLAGES),
    "residents:round_file": Row(_VILLAGES),
    "residents:outreach_log": Row("town cadre01", made="resident", hidden=_OTHER_VILLAGES),
    "residents:outreach_claim": Row(
        "town cadre01", ok=302, method="post", made="resident", hidden=_OTHER_VILLAGES
    ),
    "residents:duty": Row(f"county {_VILLAGES}"),
    "residents:duty_assign": Row(_VILLAGES),
    "residents:duty_people": Row(_VILLAGES),
    "residents:duty_from_census": Row("", method="post", hidden=_VILLAGES),  # posted without a village
    "residents:duty_end": Row("town cadre01", made="duty", hidden=_OTHER_VILLAGES),
    "residents:lifts": Row(_VILLAGES),
    "residents:lift": Row("town cadre01", made="lift", hidden=_OTHER_VILLAGES),
    "residents:lift_done": Row("town cadre01", ok=302, method="post", made="lift", hidden=_OTHER_VILLAGES),
    "residents:lift_cancel": Row("town cadre01", made="lift", hidden=_OTHER_VILLAGES),
    "residents:lift_ask": Row("town cadre01", made="resident", hidden=_OTHER_VILLAGES),
    "residents:publicity": Row(f"county {_VILLAGES}"),
    "residents:publicity_file": Row(f"county {_VILLAGES}"),
    "residents:publicity_correct": Row("town cadre01", made="publicity", hidden=_OTHER_VILLAGES),
    "residents:groups": Row(f"county {_REGISTER}"),
    "residents:groups_file": Row(f"county {_REGISTER}"),
    "residents:households": Row(f"county {_REGISTER}"),
    "residents:household": Row(
        "county town cadre01", made="household", hidden="cadre02 school employer othertown othercadre"
    ),
    "residents:tags": Row("town othertown"),
    "residents:tag": Row("town", made="tag", hidden="othertown"),
    "residents:doctors": Row("town cadre01 cadre02 screener othertown othercadre"),
    "residents:doctors_file": Row("town cadre01 cadre02 screener othertown othercadre"),
    "residents:judge": Row("screener", made="resident"),
    "residents:doubtful": Row("town registrar screener othertown"),
    "residents:doubtful_decide": Row("town registrar screener", made="doubt", hidden="othertown"),
    "residents:proof_add": Row(
        "town cadre01 registrar", made="doubt", hidden="cadre02 school employer othertown othercadre"
    ),
    "residents:hold_proof_add": Row(
        "town cadre01 screener", made="hold", hidden="cadre02 othertown othercadre"
    ),
    "residents:hold_proof": Row("screener", made="hold_proof"),
    "residents:proof": Row("town registrar screener", made="proof", hidden="othertown"),
    "campaigns:key_groups": Row("county town", made="campaign", hidden="othertown"),
    "campaigns:key_group": Row("county town", made="campaign_group", hidden="othertown"),
    # census files; "census" goes into cadre01's village
    "residents:import": Row(_REGISTER),
    "residents:template": Row(_REGISTER),
    "residents:import_detail": Row("town cadre01", made="census", hidden=_HIDDEN_REGISTER),
    "residents:import_commit": Row(
        "town cadre01", ok=302, method="post", made="census", hidden=_HIDDEN_REGISTER
    ),
    "residents:import_discard": Row(
        "town cadre01", ok=302, method="post", made="census", hidden=_HIDDEN_REGISTER
    ),
    "residents:import_answer": Row(
        "town cadre01", ok=302, method="post", made="census", hidden=_HIDDEN_REGISTER
    ),
    "residents:import_undo": Row("town cadre01", ok=404, made="census", hidden=_HIDDEN_REGISTER),
    "residents:import_absent": Row("town cadre01", made="census", hidden=_HIDDEN_REGISTER),
    "residents:import_headers": Row(_REGISTER),
    "residents:reviews": Row(_REGISTER),
    "residents:review": Row("town cadre01", ok=302, method="post", made="review", hidden=_HIDDEN_REGISTER),
    "residents:requests": Row("town othertown"),
    "residents:request": Row("town", made="request", hidden="othertown"),
    "residents:exports": Row(f"county {_REGISTER}"),
    "residents:export_request": Row(
        "county town cadre01", made="export_request", hidden="cadre02 school employer othertown othercadre"
    ),
    "residents:export_full": Row("town cadre01 cadre02 othertown othercadre"),
    "residents:import_errors": Row("town cadre01", ok=404, made="census", hidden=_HIDDEN_REGISTER),
    # sessions; "session", "booking", "roster" are tomorrow's at our site, the booking and the roster of cadre01's village
    "appointments:list": Row(f"{_OFFICES} {_REGISTER} {_FLOOR} stock"),
    "appointments:add": Row("town othertown"),
    "appointments:bookings": Row(f"county {_REGISTER} {_FLOOR}"),
    "appointments:booking_cancel": Row("town cadre01", made="booking", hidden=_HIDDEN_REGISTER),
    "appointments:slip": Row(f"county town cadre01 {_FLOOR}", made="booking", hidden=_HIDDEN_REGISTER),
    "appointments:booking_move": Row("town cadre01", made="booking", hidden=_HIDDEN_REGISTER),
    **{
        f"appointments:{name}": Row(f"county {_REGISTER}")
        for name in ("second", "second_names", "second_paper", "second_file")
    },
    "appointments:book_person": Row("town cadre01", made="resident", hidden=_HIDDEN_REGISTER),
    "appointments:roster": Row(f"county {_REGISTER} {_FLOOR}"),
    "appointments:roster_file": Row(f"county {_REGISTER} {_FLOOR}"),
    "appointments:slips": Row(f"county {_REGISTER} {_FLOOR}"),
    "appointments:roster_approve": Row("town", made="roster", hidden="othertown"),
    "appointments:session": Row(
        f"county town cadre01 cadre02 school employer {_FLOOR} stock",
        made="session",
        hidden="othertown othercadre",
    ),
    "appointments:roll": Row(
        f"county town cadre01 cadre02 school employer {_FLOOR}",
        made="session",
        hidden="othertown othercadre",
    ),
    "appointments:sight": Row(
        "town cadre01 cadre02 school employer", made="session", hidden="othertown othercadre"
    ),
    "appointments:let_first": Row("town", made="session", hidden="othertown"),
    "appointments:book": Row(
        "town cadre01 cadre02 school employer", made="session", hidden="othertown othercadre"
    ),
    "appointments:submit": Row(
        "town cadre01 cadre02 school employer",
        ok=404,  # posted without a village
        method="post",
        made="session",
        hidden="othertown othercadre",
    ),
    "appointments:open": Row("town", ok=409, method="post", made="session", hidden="othertown"),
    "appointments:close": Row("town", ok=409, method="post", made="session", hidden="othertown"),
    "appointments:cancel": Row("town", made="session", hidden="othertown"),
    "appointments:capacity": Row("town", made="slot", hidden="othertown"),
    "appointments:roster_texts": Row("town cadre01 cadre02 school employer othertown othercadre"),
    "appointments:zones": Row("town registrar screener othertown"),
    "appointments:zones_of": Row("town registrar screener", made="site", hidden="othertown"),
    "appointments:ready": Row("town registrar screener", made="session", hidden="othertown"),
    "appointments:start": Row(
        "town registrar screener", ok=302, method="post", made="session", hidden="othertown"
    ),
    "appointments:checks": Row(
        "town registrar screener", ok=302, method="post", made="session", hidden="othertown"
    ),
    "appointments:staff_add": Row(
        "town registrar screener", ok=302, method="post", made="session", hidden="othertown"
    ),
    "appointments:staff_copy": Row(
        "town registrar screener", ok=302, method="post", made="session", hidden="othertown"
    ),
    "appointments:staff_drop": Row(
        "town registrar screener", ok=302, method="post", made="post", hidden="othertown"
    ),
    "appointments:stop_add": Row(
        "town registrar screener", ok=302, method="post", made="session", hidden="othertown"
    ),
    "appointments:stop_drop": Row(
        "town registrar screener", ok=302, method="post", made="stop", hidden="othertown"
    ),
    "appointments:places": Row("town", made="session", hidden="othertown"),
    "appointments:places_add": Row("town", ok=302, method="post", made="session", hidden="othertown"),
    "appointments:release": Row("town", ok=302, method="post", made="session", hidden="othertown"),
    "appointments:release_drop": Row("town", ok=302, method="post", made="release", hidden="othertown"),
    "appointments:told": Row(
        f"county town cadre01 cadre02 school employer {_FLOOR}", made="session", hidden="othertown othercadre"
    ),
    # the floor; "visit" is under observation at our site. A step that the visit is past answers 422 or 409, with the reason
    "clinic:floor": Row(_FLOOR),
    "clinic:board": Row(_FLOOR),
    "clinic:visit": Row(_FLOOR, made="visit"),
    "clinic:certificate": Row(
        f"town cadre01 {_FLOOR}", made="resident", hidden="cadre02 othertown othercadre"
    ),
    "clinic:certificate_revoke": Row("town", made="voucher", hidden="othertown"),
    "verify:check": Row(_ALL, anonymous=200),
    "verify:offline": Row(_ALL, anonymous=200),
    "verify:trust": Row(_ALL, anonymous=200),
    "verify:worker": Row(_ALL, anonymous=200),
    "clinic:slip": Row(_FLOOR, made="visit"),
    "clinic:second": Row(_FLOOR, made="resident"),
    "clinic:check_in": Row("registrar screener", ok=422, method="post", made="resident"),
    "clinic:screen": Row("screener", ok=422, method="post", made="visit"),
    "clinic:consent": _CONSENTING,
    "clinic:use_signed": _CONSENTING,
    "clinic:withdraw": _CONSENTING,
    "clinic:dose": Row("vaccinator", ok=422, method="post", made="visit"),
    "clinic:corrections": Row(f"town othertown {_FLOOR}"),
    "clinic:correct": Row(f"town {_FLOOR}", made="dose", hidden="othertown"),
    "clinic:correct_as": Row(f"town {_FLOOR}", made="dose_lot", hidden="othertown"),
    "clinic:correction": Row(f"town {_FLOOR}", made="correction", hidden="othertown"),
    "clinic:correction_here": Row(
        f"town {_FLOOR}", ok=422, method="post", made="correction", hidden="othertown"
    ),
    "clinic:correction_decline": Row(
        f"town {_FLOOR}", ok=422, method="post", made="correction", hidden="othertown"
    ),
    "clinic:release": Row(_FLOOR, ok=422, method="post", made="visit"),
    "clinic:seat": Row(_FLOOR, ok=302, method="post", made="visit"),
    "clinic:companion": Row(_FLOOR, ok=302, method="post", made="visit"),
    "clinic:leave": Row(_FLOOR, ok=422, method="post", made="visit"),
    "clinic:transfer": Row("screener observer", ok=422, method="post", made="visit"),
    "clinic:reaction": Row("screener observer", ok=422, method="post", made="visit"),
    "clinic:station": Row(_FLOOR, ok=302, method="post"),
    "clinic:call": Row("registrar screener vaccinator", ok=302, method="post"),
    "clinic:calls": Row(_FLOOR),
    "clinic:guests": Row(f"{_OFFICES} cadre01 cadre02 othercadre registrar"),
    "clinic:guests_file": Row(f"{_OFFICES} cadre01 cadre02 othercadre registrar"),
    "clinic:aefi": Row(f"{_OFFICES} screener observer"),
    "clinic:case_form": Row("county town screener observer", made="case", hidden="othertown"),
    "clinic:case_paper": Row("county town screener observer", made="case", hidden="othertown"),
    "clinic:case_file": Row("county town screener observer", made="case", hidden="othertown"),
    "clinic:case_log": Row(
        "county town screener observer", ok=302, method="post", made="case", hidden="othertown"
    ),
    "clinic:reaction_group": Row("county town screener observer", made="reaction_group", hidden="othertown"),
    "clinic:reaction_plan": Row("county town othertown"),
    "clinic:cards": Row(f"{_OFFICES} {_FLOOR}"),
    "clinic:card": Row(f"{_OFFICES} {_FLOOR}", made="card"),
    # opened to tick: who only looks at cases reads the one card
    "clinic:case_cards": Row(
        "screener observer", made="case", hidden="county town othertown registrar vaccinator"
    ),
    "clinic:case_card": Row("county town screener observer", made="case_card", hidden="othertown"),
    "clinic:aefi_case": Row("county town screener observer", made="case", hidden="othertown"),
    # reports; "file" is our town's, and its bytes are gone
    "reports:dashboard": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:outlook": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:cross": Row(_OFFICES),
    "reports:cross_file": Row(_OFFICES),
    "reports:wall": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:funnel": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:phases": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:phase_names": Row(f"{_OFFICES} cadre01 cadre02 othercadre", ok=404),
    "reports:funnel_file": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:funnel_names": Row(f"{_OFFICES} cadre01 cadre02 othercadre", ok=404),
    "reports:names": Row(f"{_OFFICES} cadre01 cadre02 othercadre", ok=404),  # asked without a figure
    "papers:page": Row(f"{_OFFICES} cadre01 cadre02 school othercadre"),
    "papers:file": Row(f"{_OFFICES} cadre01 cadre02 school othercadre", ok=404),  # asked without a form
    "reports:reactions": Row(_OFFICES),
    "reports:reactions_file": Row(_OFFICES),
    "reports:refused": Row(_OFFICES, ok=404),  # asked without a figure
    "reports:catalogue": Row(f"{_OFFICES} cadre01 cadre02 school othercadre"),
    "reports:targets": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:withdraw": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:daily": Row(_OFFICES),
    "reports:produce": Row(_OFFICES, ok=302, method="post"),
    "reports:daily_close": Row("town othertown", ok=302, method="post"),
    "reports:progress": Row(_OFFICES),
    "reports:progress_plan": Row(_OFFICES),
    "reports:progress_hours": Row(_OFFICES),
    "reports:push_day_end": Row("county town", ok=302, method="post", made="push_day", hidden="othertown"),
    "reports:filed": Row("county town", made="filed", hidden="othertown"),
    "reports:filed_file": Row("county town", made="filed", hidden="othertown"),
    "reports:filed_names": Row(_OFFICES, ok=404, made="filed"),  # asked without a figure
    # nothing is published: a village has no workbook yet
    "reports:weekly": Row(f"{_OFFICES} cadre01 cadre02 othercadre"),
    "reports:weekly_file": Row(_OFFICES, hidden="cadre01 cadre02 othercadre"),
    "reports:weekly_publish": Row(_OFFICES, ok=404, method="post"),  # posted without a key
    # "bulletin" is our town's: the county reads it
    "reports:bulletins": Row(_OFFICES),
    "reports:bulletin": Row("county town", made="bulletin", hidden="othertown"),
    "reports:bulletin_file": Row("county town", made="bulletin", hidden="othertown"),
    "reports:bulletin_words": Row("town", made="bulletin", hidden="othertown"),
    "reports:bulletin_renew": Row("town", made="bulletin", hidden="othertown"),
    # the book is our town's: the county reads it. Without a town in the address everybody stands in the own one
    "reports:duty": Row(_OFFICES),
    "reports:duty_day": Row(_OFFICES, made="duty_day"),
    "reports:duty_rota": Row("town othertown"),
    "reports:hear": Row("town othertown"),
    "reports:hearing": Row("county town", made="hearing", hidden="othertown"),
    "reports:hearing_correct": Row("town", made="hearing", hidden="othertown"),
    "reports:meeting_add": Row("town othertown"),
    "reports:meeting": Row("county town", made="meeting", hidden="othertown"),
    "reports:meeting_correct": Row("town", made="meeting", hidden="othertown"),
    "reports:follow_up_add": Row("town", made="meeting", hidden="othertown"),
    "reports:follow_up": Row("county town", made="follow_up", hidden="othertown"),
    "reports:schedules": Row(_OFFICES),
    "reports:schedule": Row("town", made="schedule", hidden="county othertown"),
    "reports:schedule_end": Row("town", ok=302, method="post", made="schedule", hidden="county othertown"),
    "reports:schedule_again": Row(
        "town", ok=302, method="post", made="schedule_run", hidden="county othertown"
    ),
    "reports:files": Row(f"{_OFFICES} cadre01 cadre02 school othercadre"),
    "reports:download": Row(f"{_OFFICES} cadre01 cadre02 school othercadre", ok=404, made="file"),
    "reports:sheet": Row(f"{_OFFICES} cadre01 cadre02 othercadre", made="sheet_kind"),
    "reports:sheet_names": Row(
        f"{_OFFICES} cadre01 cadre02 othercadre", ok=404, made="sheet_kind"
    ),  # without a number
    "reports:roster_names": Row(
        f"{_OFFICES} cadre01 cadre02 othercadre", ok=404, made="sheet_kind"
    ),  # not a report about rosters
    "reports:shops": Row(f"{_OFFICES} cadre01 cadre02 othercadre", ok=404, made="sheet_kind"),
    "reports:sheet_produce": Row(
        f"{_OFFICES} cadre01 cadre02 othercadre", ok=302, method="post", made="sheet_kind"
    ),
    # stock; "level" and "movement" are of our site
    "inventory:stock": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:movements": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:register": Row(f"{_OFFICES} {_FLOOR} stock"),
    "stock:figures": Row(f"{_OFFICES} {_FLOOR} stock"),
    "stock:ledger": Row(f"{_OFFICES} {_FLOOR} stock"),
    "closing:list": Row(f"{_OFFICES} {_FLOOR} stock"),
    "closing:day": Row(f"county town {_FLOOR} stock", hidden="othertown", made="stock_day"),
    "closing:leftovers": Row("stock", ok=409, method="post", made="stock_day"),  # nothing is open
    "closing:doses": Row("", hidden=f"{_OFFICES} {_FLOOR} stock", made="stock_day"),  # without a lot
    "closing:sheet": Row(f"county town {_FLOOR} stock", hidden="othertown", made="close"),
    "closing:sign": Row(f"town {_FLOOR} stock", ok=302, hidden="othertown", method="post", made="close"),
    "closing:withdraw": Row("stock", ok=302, method="post", made="close"),
    "takes:list": Row(f"{_OFFICES} {_FLOOR} stock"),
    "takes:start": Row("stock"),
    "takes:take": Row(f"county town {_FLOOR} stock", hidden="othertown", made="take"),
    "takes:sign": Row(f"town {_FLOOR} stock", ok=409, hidden="othertown", method="post", made="take"),
    "takes:reopen": Row("stock", ok=409, method="post", made="take"),  # nobody has signed yet
    "takes:cancel": Row("stock", ok=302, method="post", made="take"),
    "inventory:receive": Row("stock"),
    "inventory:waste": Row("stock", made="level"),
    "inventory:hold": Row("stock", made="level"),
    "inventory:release": Row("stock", made="level"),
    # plans; "allocation" is our township's, of our site
    "planning:plans": Row(f"{_OFFICES} stock"),
    "planning:new": Row(_OFFICES),
    "planning:plan": Row("county town stock", made="allocation", hidden="othertown"),
    "planning:approve": Row("county town", ok=302, method="post", made="allocation", hidden="othertown"),
    "planning:send": Row("county town stock", ok=302, method="post", made="allocation", hidden="othertown"),
    "planning:drop": Row("county town", ok=302, method="post", made="allocation", hidden="othertown"),
    "planning:paper": Row("county town stock", made="allocation", hidden="othertown"),
    "planning:file": Row("county town stock", made="allocation", hidden="othertown"),
    "inventory:documents": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:document": Row(f"county town {_FLOOR} stock", made="paper", hidden="othertown"),
    "inventory:send": Row("stock"),
    "inventory:arrive": Row("stock", made="coming"),
    "inventory:call_back": Row("stock", made="sent"),
    "inventory:undo": Row("stock", made="paper"),
    "inventory:confirm": Row(f"town {_FLOOR} stock", made="plan", hidden="othertown"),
    "inventory:hold_all": Row("stock"),
    "inventory:dispose": Row("stock"),
    "inventory:recalls": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:recall": Row(_OFFICES),
    "inventory:lift_recall": Row("county town", made="recall", hidden="othertown"),
    # a push to use vaccine up; "clear_out" is our township's
    "clearout:list": Row(f"{_OFFICES} {_FLOOR} cadre01 cadre02 othercadre stock"),
    "clearout:begin": Row(_OFFICES),
    "clearout:page": Row(
        f"county town {_FLOOR} cadre01 cadre02 stock", made="clear_out", hidden="othertown othercadre"
    ),
    "clearout:people": Row("county town cadre01 cadre02", made="clear_out", hidden="othertown othercadre"),
    "clearout:count": Row("stock", made="clear_out_site"),
    "clearout:end": Row("county town", ok=302, method="post", made="clear_out", hidden="othertown"),
    "clearout:paper": Row(
        f"county town {_FLOOR} cadre01 cadre02 stock", made="clear_out", hidden="othertown othercadre"
    ),
    "inventory:supplies": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:supply_ledger": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:supply_file": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:supply_receive": Row("stock"),
    "inventory:supply_use": Row("stock"),
    "inventory:supply_hand_over": Row("stock", made="supply"),
    "inventory:supply_waste": Row("stock", made="supply"),
    "inventory:supply_count": Row("stock", made="supply"),
    "inventory:supply_reverse": Row("stock", made="supply_move"),
    # cold chain: the device stands at our site; whoever reads thermometers works there
    "inventory:cold": Row(f"{_OFFICES} {_FLOOR} stock"),
    "inventory:cold_places": Row("stock"),
    "inventory:cold_device_add": Row("stock"),
    "inventory:cold_device": Row("stock", made="device"),
    "inventory:cold_import": Row(f"{_FLOOR} stock", made="device"),
    "inventory:cold_correct": Row(f"{_FLOOR} stock", made="reading"),
    "inventory:cold_month": Row(f"county town {_FLOOR} stock", made="device", hidden="othertown"),
    "inventory:cold_sheet": Row(f"county town {_FLOOR} stock", made="device", hidden="othertown"),
    "inventory:cold_file": Row(f"county town {_FLOOR} stock", made="logger_file", hidden="othertown"),
    "inventory:cold_excursion": Row(f"county town {_FLOOR} stock", made="excursion", hidden="othertown"),
    # tracing; "receipt" and "span" are of our site, "traced" is its lot
    "inventory:codes": Row("stock", made="receipt"),
    "inventory:codes_withdraw": Row("stock", made="span"),
    "trace:search": Row(f"{_OFFICES} {_FLOOR} stock"),
    "trace:lot": Row(f"county town {_FLOOR} stock", made="traced", hidden="othertown"),
    "trace:people": Row("town registrar", made="traced", hidden="othertown"),
    "trace:paper": Row("town registrar", made="traced", hidden="othertown"),
    "trace:file": Row("town registrar", made="traced", hidden="othertown"),
}

EXEMPT: dict[str, str] = {
    "healthz": "Answers 200 to a machine that asks whether the process lives; holds nothing.",
    "metrics": "Answers Prometheus on this machine or with the token (tests/vaxcampaign/test_metrics.py); counts only.",
    "readyz": "Answers a machine whether database and broker are there; holds nothing else.",
}
