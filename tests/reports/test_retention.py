"""What is kept no longer goes, what the law keeps stays, and a dry run removes nothing."""

import json
import os
from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.core.management import call_command
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent
from appointments.models import Booking, ClinicSession
from core import files
from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.models import Lot
from reports.services import retention
from residents.models import CensusImport, CensusRow, Resident, RowCells, VaccinationRecord
from residents.services import census_files
from residents.services.census_undo import undo
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(town, campaign, site, cast, today, now, settings, tmp_path):
    """Of each kind one that is old and one that is not."""
    settings.MEDIA_ROOT = tmp_path / "files"
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.observed()
    for age in (400, 300):
        session = make_session(campaign, site, today + timedelta(days=age // 100))
        make_booking(make_enrolled(town.village, campaign, today), session.slots.first())
        ClinicSession.objects.filter(pk=session.pk).update(on=today - timedelta(days=age))
        census = CensusImport.objects.create(
            place=town.village,
            file_name="摸排.xlsx",
            file_sha256="0" * 64,
            state="committed",
            stored_as=f"census/{age}",
        )
        census_files.keep(census, b"x")
        long_ago = now - timedelta(days=age - 200)
        CensusImport.objects.filter(pk=census.pk).update(created_at=long_ago, committed_at=long_ago)
        CensusRow.objects.create(census=census, number=2, position=1, state="create", is_done=True)
        RowCells.objects.create(census=census, number=0, text="[{}]")
        log = AccessLog.objects.create(username="cadre01", session_hash="")
        AccessLog.objects.filter(pk=log.pk).update(attempt_time=now - timedelta(days=age + 50))
        SecurityEvent.objects.create(kind=SecurityKind.WRONG, at=now - timedelta(days=age + 50))
    stray = files.keep_sealed(b"x", "proofs", context="dose_proof")
    os.utime(files.kept(stray.stored_as), (now.timestamp() - 3 * 86_400,) * 2)
    return visit


@pytest.fixture
def now():
    return timezone.now()


EXPECTED = {"census_copies": 1, "bookings": 1, "login_rows": 2, "stray_files": 1, "records_over": 0}


def test_what_is_over_goes_and_the_rest_stays(ground, cast, capsys, now, today):
    call_command("apply_retention", dry_run=True, json=True)
    assert EXPECTED.items() <= json.loads(capsys.readouterr().out).items()
    assert (Booking.objects.count(), CensusRow.objects.count(), AccessLog.objects.count()) == (2, 2, 2)
    call_command("apply_retention")
    assert "副本 1 份" in capsys.readouterr().out
    assert RowCells.objects.count() == 1
    assert (Booking.objects.count(), CensusRow.objects.count(), AccessLog.objects.count()) == (1, 1, 1)
    assert SecurityEvent.objects.filter(kind=SecurityKind.WRONG).count() == 1
    old, young = CensusImport.objects.order_by("created_at")
    assert (old.stored_as, young.stored_as, files.kept(young.stored_as).is_file()) == ("", "census/300", True)
    with pytest.raises(RuleBroken, match="保存期限"):
        undo(old, actor=cast.cadre01, now=now, today=today)
    assert AuditEvent.objects.get(action="retention.applied").data["bookings"] == 1
    again = retention.apply(now=now)
    assert not any(again.as_dict().values())


def test_what_the_law_keeps_is_only_counted(ground, now, today):
    Lot.objects.update(expires_on=today - timedelta(days=5 * 366 + 40))
    before = VaccinationRecord.objects.count(), Resident.objects.count()
    assert retention.apply(now=now).records_over == 1
    assert (VaccinationRecord.objects.count(), Resident.objects.count()) == before


def test_a_row_that_waits_for_a_decision_keeps_its_import(ground, now):
    row = CensusRow.objects.order_by("census__created_at").first()
    CensusRow.objects.filter(pk=row.pk).update(state="review", resident=Resident.objects.first())
    assert retention.apply(now=now).census_copies == 0
    assert CensusRow.objects.count() == 2
