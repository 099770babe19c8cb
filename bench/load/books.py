"""What must hold after the load: every dose that was posted is counted once everywhere, and the books agree."""

from collections.abc import Iterator

from django.db.models import Max, Q
from django.utils import timezone

from clinic.models import Dose, Visit
from clinic.services.verify import floor_problems
from core import audit_proof
from inventory.choices import MovementKind
from inventory.models import StockMovement
from inventory.services.verify import ledger_problems
from inventory.services.verify_supplies import supply_problems
from reports import metrics
from reports.services import rollups
from residents.models import Enrolment, Resident, VaccinationRecord
from residents.services.enrolments import drift

MOST = 20  # sentences


class Counted:
    """How many doses there were before."""

    def __init__(self, campaign):
        self.campaign, self.before, self.since = campaign, _doses(), timezone.now()
        self.last_person = Resident.objects.aggregate(last=Max("pk"))["last"]

    def problems(self, posted: int) -> Iterator[str]:
        """One sentence for each thing that is wrong after ``posted`` doses."""
        for name, now in _doses().items():
            if (more := now - self.before[name]) != posted:
                yield f"doses posted {posted}, {name} {more}"
        today, now = timezone.localdate(), timezone.now()
        shown = rollups.by_day(self.campaign, {self.campaign.place.prefix}, since=today, until=today, now=now)
        figures = sum(shown.get(today, {}).get(metric.code, 0) for metric in metrics.DOSES)
        given = VaccinationRecord.objects.counted().filter(given_on=today).count()
        if figures != given:
            yield f"doses given today {given}, on the dashboard {figures}"
        yield from (*ledger_problems(), *supply_problems(), *floor_problems())
        yield from audit_proof.verify()
        for row, changed in drift(today=today, among=self._touched()):
            yield f"enrolment {row.pk} drifted: {changed}"

    def _touched(self):
        """Everybody of whom a visit or dose was written, and newcomers; the others are as the bench has made them."""
        dosed = VaccinationRecord.objects.filter(recorded_at__gte=self.since)
        came = Visit.objects.filter(on=timezone.localdate())
        new = Q(resident__gt=self.last_person) | Q(resident__in=dosed.values("resident"))
        return Enrolment.objects.filter(new | Q(pk__in=came.values("enrolment")))


def _doses() -> dict[str, int]:
    return {
        "doses": Dose.objects.counted().count(),
        "records with a dose": VaccinationRecord.objects.counted().filter(dose__isnull=False).count(),
        "movements": StockMovement.objects.filter(kind=MovementKind.USE).count(),
    }
