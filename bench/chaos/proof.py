"""What must hold after all of it: every acknowledged deed is there once, and the books agree."""

import time
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from appointments.models import Booking
from bench.chaos.desks import Exporter, Importer
from clinic.models import Dose, Screening, Visit
from clinic.services.books import book_problems
from core import audit_proof, jobs
from core.choices import JobState
from core.models import Job
from inventory.choices import MovementKind
from inventory.models import StockDocument, StockLevel, StockMovement
from reports.services import rollup_parts, rollups
from residents.models import Consent, Resident, ResidentIdentifier, VaccinationRecord
from residents.services.enrolments import drift

KEYED = {
    "check-in": Visit,
    "screening": Screening,
    "consent": Consent,
    "dose": Dose,
    "booking": Booking,
    "stock document": StockDocument,
}


def problems(stage, hands) -> Iterator[str]:
    """One sentence for each thing that is wrong; nothing is the only good answer."""
    yield from lost_or_doubled(stage, hands)
    yield from books()
    yield from (line for hand in hands for line in hand.trouble)
    for job in _open_jobs():
        yield f"job {job.pk} {job.kind} is {job.state} and nobody says what to do"


def _open_jobs() -> list[Job]:
    """Long work that is neither over nor says what to do, after the minute in which the timetable settles what died."""
    until = time.monotonic() + 60
    while True:
        jobs.settle_interrupted()
        found = list(
            Job.objects.filter(state__in=(JobState.RUNNING, JobState.WAITING)).exclude(created_by=None)
        )
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.5)


def lost_or_doubled(stage, hands) -> Iterator[str]:
    """Each acknowledged key has its one row, and nobody has anything twice."""
    for kind, model in KEYED.items():
        keys = [key for hand in hands for key in hand.acknowledged.get(kind, [])]
        found = model.objects.filter(key__in=keys).count()
        if found != len(keys):
            yield f"{kind}: {len(keys)} acknowledged, {found} there"
    twice = VaccinationRecord.objects.counted().values("resident").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"resident {row['resident']} has {row['n']} doses" for row in twice)
    twice = Booking.objects.active().values("enrolment").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"enrolment {row['enrolment']} has {row['n']} bookings" for row in twice)
    papers = [key for hand in hands for key in hand.acknowledged.get("stock document", [])]
    made = StockDocument.objects.filter(by__username=stage.keeper).count()
    if made != len(papers):
        yield f"stock documents: {len(papers)} signed, {made} there"
    importer = next(hand for hand in hands if isinstance(hand, Importer))
    hashes = [ResidentIdentifier.hash_of("01", number) for number in importer.numbers]
    there = ResidentIdentifier.objects.filter(number_hash__in=hashes).count()
    people = Resident.objects.count() - stage.people_before
    if there != len(hashes) or people < len(hashes):
        yield f"imports: {len(hashes)} people in acknowledged files, {there} numbers and {people} people there"


def books() -> Iterator[str]:
    """What ``verify_ledger``, ``verify_audit`` and ``rebuild_enrolments --dry-run`` look at, and the stored counts."""
    yield from book_problems()
    yield from audit_proof.verify()
    yield from (
        f"enrolment {row.pk} drifted: {changed}" for row, changed in drift(today=timezone.localdate())
    )
    rollups.fill_dirty(now=timezone.now())
    if written := rollup_parts.nightly(now=timezone.now()):
        yield f"roll-ups: {written} stored rows were not what the facts say"


def figures(hands) -> dict[str, int]:
    """How many deeds of each kind were acknowledged."""
    found: dict[str, int] = {}
    for hand in hands:
        for kind, keys in hand.acknowledged.items():
            found[kind] = found.get(kind, 0) + len(keys)
    found["work started again"] = sum(hand.resumed for hand in hands if isinstance(hand, Importer | Exporter))
    return found


def stock_is_all_there(stage) -> bool:
    """The hot lot: what was there, less every dose and every broken vial."""
    level = StockLevel.objects.get(pk=stage.level.pk)
    moved = StockMovement.objects.filter(site=level.site, lot=level.lot)
    return (
        level.vials == sum(moved.values_list("vials", flat=True))
        and moved.filter(kind=MovementKind.USE).exists()
    )
