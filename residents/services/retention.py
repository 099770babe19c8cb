"""Copies of people's data that the register does not need any more."""

from datetime import datetime, timedelta

from django.db.models import Q

from core import audit
from core.locks import breathe, deed
from residents.choices import ImportState
from residents.models import CensusImport, CensusRow, RowCells
from residents.services import census_files

KEEP_COPIES_DAYS = 180  # as long an import may be looked into and taken back
_CHUNK = 1000
_OVER = (
    ImportState.COMMITTED,
    ImportState.UNDONE,
    ImportState.FAILED,
    ImportState.DISCARDED,
    ImportState.CHECKED,
)


def old_copies(now: datetime):
    """Imports whose rows repeat what the register holds, or were never put in; none that somebody still has to decide about."""
    before = now - timedelta(days=KEEP_COPIES_DAYS)
    is_old = Q(created_at__lt=before) & (Q(committed_at=None) | Q(committed_at__lt=before))
    waiting = CensusRow.objects.open_reviews().values("census")
    has_copy = ~Q(stored_as="")
    for model in (CensusRow, RowCells):
        has_copy |= Q(pk__in=model.objects.values("census"))
    return (
        CensusImport.objects.filter(is_old, has_copy, state__in=_OVER).exclude(pk__in=waiting).order_by("pk")
    )


def remove_old_copies(*, now: datetime) -> int:
    """Remove the rows and files of ``old_copies``: who sent what when, and the counts, stay. Returns how many imports."""
    imports = list(old_copies(now).select_related("place"))
    for census in imports:
        census_files.forget(census)
        with deed():
            census.understood.all().delete()
        while keys := list(census.rows.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
            with deed():
                CensusRow.objects.filter(pk__in=keys).delete()
            breathe()
        with deed():
            census.cells.all().delete()  # last: a row is never without what it says
        given_up = CensusImport.objects.filter(pk=census.pk, state=ImportState.CHECKED)
        given_up.update(state=ImportState.DISCARDED)
        audit.record("census.copy_removed", actor=None, target=census, place_code=census.place.code)
    return len(imports)
