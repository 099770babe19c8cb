"""How long what is kept (domain: 疫苗管理法, 网络安全法, 个人信息保护法): what the night removes, and what it never does.

Vaccination records, consents and reactions are kept until five years after the expiry of the lot at least. Nothing of ours
deletes them; how many have passed that day is told, for whoever decides about the archive.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.services.retention import old_login_rows, remove_old_login_rows
from clinic.services.retention import old_bookings, remove_old_bookings
from core import audit, files
from inventory.models import Lot
from reports.models import ReportFile
from reports.services import files as produced
from residents.models import CensusImport, DoseProof, HoldProof, VaccinationRecord
from residents.services.retention import old_copies, remove_old_copies

KEEP_PRODUCED_DAYS = 30  # files of jobs; filed reports are kept
RECORD_YEARS = 5  # after the expiry of the lot
_STRAY_AFTER = timedelta(days=2)  # a file is written before the row that names it


@dataclass(frozen=True)
class Retained:
    """How many of each were (or would be) removed; ``records_over`` only counts."""

    census_copies: int
    bookings: int
    login_rows: int
    produced_folders: int
    lists_of_people: int
    stray_files: int
    records_over: int

    def as_dict(self) -> dict[str, int]:
        """For a job or a command."""
        return asdict(self)


def apply(*, now: datetime, dry_run: bool = False) -> Retained:
    """Remove what is kept no longer, each room its own, in small transactions; with ``dry_run`` only count."""
    today = timezone.localdate(now)
    strays = stray_files(now)
    if dry_run:
        return Retained(
            census_copies=old_copies(now).count(),
            bookings=old_bookings(today).count(),
            login_rows=sum(rows.count() for rows in old_login_rows(now)),
            produced_folders=len(files.old_folders(older_than_days=KEEP_PRODUCED_DAYS)),
            lists_of_people=produced.old_lists(now).count(),
            stray_files=len(strays),
            records_over=records_over(today).count(),
        )
    for path in strays:
        path.unlink(missing_ok=True)
    done = Retained(
        census_copies=remove_old_copies(now=now),
        bookings=remove_old_bookings(today=today),
        login_rows=remove_old_login_rows(now=now),
        produced_folders=files.purge(older_than_days=KEEP_PRODUCED_DAYS),
        lists_of_people=produced.remove_old(now=now),
        stray_files=len(strays),
        records_over=records_over(today).count(),
    )
    audit.record("retention.applied", actor=None, data=done.as_dict())
    return done


def records_over(today: date):
    """Records whose lot expired more than ``RECORD_YEARS`` ago."""
    until = today.replace(year=today.year - RECORD_YEARS, day=min(today.day, 28))
    same = Lot.objects.filter(presentation__vaccine=OuterRef("vaccine"), lot_no=OuterRef("lot_no"))
    recent = same.filter(expires_on__gte=until)
    old = Lot.objects.filter(expires_on__lt=until).values(
        "lot_no"
    )  # none of them for years: then nothing else is asked
    return VaccinationRecord.objects.filter(Exists(same), ~Exists(recent), lot_no__in=old)


def stray_files(now: datetime) -> list[Path]:
    """Sealed files that no row names: whoever wrote them was killed before the row, or a row was taken back."""
    named = {
        *ReportFile.objects.filter(removed_at=None).values_list("stored_as", flat=True),
        *CensusImport.objects.exclude(stored_as="").values_list("stored_as", flat=True),
        *DoseProof.objects.values_list("stored_as", flat=True),
        *HoldProof.objects.values_list("stored_as", flat=True),
    }
    before = (now - _STRAY_AFTER).timestamp()
    return [
        path
        for folder in settings.SEALED_FILES
        for path in sorted(files.kept(folder).glob("*"))
        if path.is_file() and f"{folder}/{path.name}" not in named and path.stat().st_mtime < before
    ]
