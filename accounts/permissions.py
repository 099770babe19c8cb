"""One table: role → actions. Deny by default; a role is always somewhere, so an action also needs the right scope."""

from accounts.choices import Role

# Actions are named "<room>.<deed>". "view" opens lists and pages; the rest are deeds.
_OFFICE = {
    "accounts.view",
    "accounts.manage",
    "accounts.lock",
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
    "requests.answer",  # of people about their own data
    "exports.approve",  # the second person's word for lists of many people
    "papers.print",
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
    "sessions.prepare",
    "rosters.view",
    "phones.view",  # whole telephone numbers on lists that are there to ring people from
    "bookings.make",
    "stock.view",
    "cold.decide",
    "allocation.view",
    "allocation.manage",
    "allocation.send",
    "clearout.view",
    "clearout.manage",
    "stock.recall",
    "stock.countersign",  # the second hand of the stock room: see _FLOOR
    "recall.list",  # everybody who got a lot, with telephone numbers
    "reports.view",
    "reports.download",
    "reports.schedule",  # have reports made at a time of the day
    "sheets.view",
    "bulletins.write",
    "duty_book.view",  # who leads on which day, what leaders heard, meetings and what they asked for
    "duty_book.write",
    "progress.file",  # hand in progress and daily reports, which are frozen then
    "progress.plan",  # name push days and the hours of reports
    "targets.assign",
    "guests.view",
    "aefi.view",
    "aefi.oversee",
    "cards.view",
    "certificates.issue",
    "certificates.revoke",
    "duties.view",
    "duties.assign",
    "outreach.log",
    "lifts.manage",
    "publicity.view",
    "publicity.record",
    "doses.verify",
    "corrections.propose",
    "corrections.confirm",
    "conditions.view",
    "tags.manage",
}
_FLOOR = {
    "certificates.issue",
    "clinic.view",
    "corrections.propose",
    "directory.view",
    "sessions.view",
    "rosters.view",
    "residents.find",
    "stock.view",
    "clearout.view",
    "cold.record",
    "stock.countersign",  # under a close, a stock-take, a disposal: whoever was there, and the office of the town
    "board.view",
    "cards.view",
}

ACTIONS: dict[str, frozenset[str]] = {
    Role.COUNTY: frozenset(
        {
            "accounts.view",
            "accounts.manage",
            "accounts.lock",
            "places.view",
            "places.manage",
            "campaigns.view",
            "campaigns.manage",
            "directory.view",
            "directory.edit",
            "submissions.view",
            "submissions.ask",
            "residents.view",
            "exports.approve",
            "papers.print",
            "moves.decide",
            "counting.settle",
            "members.view",
            "sessions.view",
            "rosters.view",
            "stock.view",
            "allocation.view",
            "allocation.manage",
            "allocation.send",
            "clearout.view",
            "clearout.manage",
            "stock.recall",
            "reports.view",
            "reports.download",
            "reports.schedule",
            "sheets.view",
            "bulletins.write",
            "duty_book.view",
            "progress.plan",
            "targets.assign",
            "guests.view",
            "aefi.view",
            "aefi.oversee",
            "cards.view",
            "duties.view",
            "publicity.view",
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
            "papers.print",
            "conditions.view",
            "moves.propose",
            "consents.record",
            "clearout.view",
            "sessions.view",
            "rosters.view",
            "phones.view",
            "bookings.make",
            "guests.view",
            "reports.view",
            "targets.assign",
            "sheets.view",
            "duties.view",
            "duties.assign",
            "outreach.log",
            "lifts.manage",
            "publicity.view",
            "publicity.record",
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
            "sheets.view",
            "sheets.own",  # the catalogue is a room of its own
            "papers.print",
            "members.reconcile",
            "consents.record",
            "sessions.view",
            "rosters.view",
            "phones.view",
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
            "phones.view",
            "bookings.make",
        }
    ),
    Role.REGISTRAR: frozenset(
        _FLOOR
        | {
            "phones.view",
            "recall.list",
            "members.check",
            "members.reconcile",
            "visits.check_in",
            "guests.view",
            "sessions.prepare",
            "consents.record",
            "residents.edit",
            "residents.reveal",
            "visits.observe",
            "doses.verify",
        }
    ),
    Role.SCREENER: frozenset(
        _FLOOR
        | {
            "corrections.confirm",
            "visits.screen",
            "visits.check_in",
            "sessions.prepare",
            "doses.verify",
            "conditions.view",
            "conditions.judge",
            "consents.record",
            "aefi.view",
            "aefi.report",
            "visits.observe",
        }
    ),
    Role.VACCINATOR: frozenset(
        _FLOOR
        | {
            "doses.record",
            "corrections.confirm",
            "consents.record",
            "visits.observe",
        }
    ),
    Role.OBSERVER: frozenset(_FLOOR | {"visits.observe", "aefi.view", "aefi.report"}),
    Role.STOCK: frozenset(
        {
            "directory.view",
            "allocation.view",
            "allocation.send",
            "clearout.view",
            "stock.view",
            "stock.manage",
            "stock.countersign",
            "sessions.view",
            "cold.record",
            "cold.decide",
        }
    ),
    # The three below see nobody of the register (三员分立).
    Role.SYSADMIN: frozenset(
        {
            "accounts.view",
            "accounts.manage",
            "accounts.lock",
            "accounts.devices",  # put a lost second factor back to nothing
            "places.view",
            "places.manage",
            "system.manage",
        }
    ),
    Role.SECADMIN: frozenset({"accounts.view", "accounts.lock", "security.guard"}),
    Role.AUDITOR: frozenset({"audit.view"}),
}


def roles_with(action: str) -> frozenset[str]:
    """The roles whose table row includes ``action``."""
    return frozenset(role for role, actions in ACTIONS.items() if action in actions)
