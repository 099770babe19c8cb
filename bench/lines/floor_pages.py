"""P7: the pages of the floor on a day with five busy sites, and the proof that all the doses left sound books."""

from collections import defaultdict
from itertools import cycle, islice

from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from bench.floor_house import CLIENTS, House, note
from bench.measure import Line
from clinic.choices import Stage
from clinic.models import Dose
from clinic.services.verify import floor_problems
from core import audit_proof
from inventory.choices import MovementKind
from inventory.models import StockMovement
from inventory.services.verify import ledger_problems
from residents.models import VaccinationRecord
from residents.services.enrolments import drift


def pages(house: House) -> Line:
    """Floor, card of a person, visit, board and roll call at every site, by eight clients and by one."""
    size = f"{len(house.days)} sites × {house.setup.per_site} people"
    line = Line("P7", "postgresql", f"pages of the floor, {size}", "pages/s", {})
    desks = [steps for day in house.days for steps in _pages_of(day, house.setup.per_site).values()]
    for clients in (CLIENTS, 1):
        times, errors = defaultdict(list), []
        jobs = [_job(house, desks[n::clients]) for n in range(clients)]
        count = sum(len(job["steps"]) for job in jobs)
        name = f"{clients} client{'s' * (clients > 1)}"
        line.figures[name] = [house.play("bench.browser", jobs, times, errors, count)]
        note(line, times, errors, f"{name} · ")
    _prove(line)
    return line


def _job(house: House, desks: list[list[dict]]) -> dict:
    steps = [step for steps in desks for step in steps]
    return house.job({step["user"] for step in steps}, steps)


def _pages_of(day, per_site: int) -> dict[str, list[dict]]:
    """By user name, the pages that this one opens again and again."""
    desk, doctor, nurse, observer = (
        day.staff[role][0].username
        for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER)
    )
    floor, times = reverse("clinic:floor"), max(2, per_site // 50)
    found = defaultdict(list)

    def add(name: str, user: str, paths: list[str]) -> None:
        for path in islice(cycle(paths), times):
            found[user].append({"do": "get", "name": name, "user": user, "path": path})

    add("floor", desk, [floor])
    add("person found", desk, [f"{floor}?person={person.uid}" for person in day.at("")])
    add("roll call", desk, [reverse("appointments:roll", args=[day.session.uid])])
    add("floor", doctor, [floor])
    for stage, user, name in (
        (Stage.CHECKED_IN, doctor, "visit: screening"),
        (Stage.PASSED, desk, "visit: consent"),
        (Stage.CONSENTED, nurse, "visit: needle"),
    ):
        add(name, user, [reverse("clinic:visit", args=[person.visit]) for person in day.at(stage)])
    add("board", observer, [reverse("clinic:board")])
    return found


def _prove(line: Line) -> None:
    """After all of it: the ledger, the people and the audit trail agree."""
    today = timezone.localdate()
    problems = [*ledger_problems(), *floor_problems()]
    line.holds("level = Σ movements, verify_ledger clean", not problems)
    uses = StockMovement.objects.filter(kind=MovementKind.USE).count()
    doses, records = Dose.objects.counted().count(), VaccinationRecord.objects.counted().count()
    line.holds(f"doses on people {records} = doses {doses} = used {uses}", uses == doses == records)
    line.holds("no enrolment drifted from its facts", not list(drift(today=today)))
    line.holds("the audit chains hold", not list(audit_proof.verify()))
    line.notes += problems[:3]
