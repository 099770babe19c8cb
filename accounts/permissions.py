"""One table: role → actions. Deny by default; a role is always somewhere, so an action also needs the right scope."""

from accounts.choices import Role

# Actions are named "<room>.<deed>". "view" opens lists and pages; the rest are deeds.
_OFFICE = {
    "accounts.manage",
    "places.view",
    "places.manage",
    "campaigns.view",
    "campaigns.manage",
    "directory.view",
    "directory.edit",
    "submissions.view",
    "submissions.ask",
    "submissions.decide",
    "residents.view",
    "residents.edit",
    "residents.import",
    "residents.export",
    "residents.reveal",
    "residents.merge",
    "moves.propose",
    "moves.decide",
    "counting.settle",
    "duplicates.view",
    "members.view",
    "members.keep",
    "members.check",
    "members.reconcile",
    "consents.record",
    "sessions.view",
    "sessions.manage",
    "rosters.view",
    "bookings.make",
    "stock.view",
    "reports.view",
    "reports.download",
    "targets.assign",
    "aefi.view",
    "certificates.issue",
    "certificates.revoke",
}
_FLOOR = {
    "certificates.issue",
    "clinic.view",
    "directory.view",
    "sessions.view",
    "rosters.view",
    "residents.find",
    "stock.view",
    "board.view",
}

ACTIONS: dict[str, frozenset[str]] = {
    Role.COUNTY: frozenset(
        {
            "accounts.manage",
            "places.view",
            "places.manage",
            "campaigns.view",
            "campaigns.manage",
            "directory.view",
            "directory.edit",
            "submissions.view",
            "submissions.ask",
            "residents.view",
            "moves.decide",
            "counting.settle",
            "members.view",
            "sessions.view",
            "rosters.view",
            "stock.view",
            "reports.view",
            "reports.download",
            "targets.assign",
            "aefi.view",
        }
    ),
    Role.TOWN: frozenset(_OFFICE),
    Role.CADRE: frozenset(
        {
            "certificates.issue",
            "submissions.view",
            "submissions.send",
            "directory.view",
            "directory.edit",
            "residents.view",
            "residents.edit",
            "residents.import",
            "residents.export",
            "duplicates.view",
            "members.view",
            "members.keep",
            "residents.reveal",
            "moves.propose",
            "consents.record",
            "sessions.view",
            "rosters.view",
            "bookings.make",
            "reports.view",
        }
    ),
    Role.SCHOOL: frozenset(
        {
            "submissions.view",
            "submissions.send",
            "directory.view",
            "residents.view",
            "residents.edit",
            "residents.import",
            "residents.export",
            "members.view",
            "members.keep",
            "members.own",
            "members.reconcile",
            "consents.record",
            "sessions.view",
            "rosters.view",
            "bookings.make",
        }
    ),
    Role.EMPLOYER: frozenset(
        {
            "submissions.view",
            "submissions.send",
            "directory.view",
            "residents.view",
            "residents.edit",
            "residents.import",
            "residents.export",
            "members.view",
            "members.keep",
            "members.own",
            "consents.record",
            "sessions.view",
            "rosters.view",
            "bookings.make",
        }
    ),
    Role.REGISTRAR: frozenset(
        _FLOOR
        | {
            "members.check",
            "members.reconcile",
            "visits.check_in",
            "consents.record",
            "residents.edit",
            "residents.reveal",
            "visits.observe",
        }
    ),
    Role.SCREENER: frozenset(
        _FLOOR
        | {
            "visits.screen",
            "visits.check_in",
            "consents.record",
            "aefi.view",
            "aefi.report",
            "visits.observe",
        }
    ),
    Role.VACCINATOR: frozenset(_FLOOR | {"doses.record", "consents.record", "visits.observe"}),
    Role.OBSERVER: frozenset(_FLOOR | {"visits.observe", "aefi.view", "aefi.report"}),
    Role.STOCK: frozenset({"directory.view", "stock.view", "stock.manage", "sessions.view"}),
    Role.SYSADMIN: frozenset({"accounts.manage", "places.view", "places.manage", "system.manage"}),
    Role.AUDITOR: frozenset({"audit.view"}),
}


def roles_with(action: str) -> frozenset[str]:
    """The roles whose table row includes ``action``."""
    return frozenset(role for role, actions in ACTIONS.items() if action in actions)
