"""Every page that takes a file refuses what is broken or hostile, keeps nothing of it, and says so in the security log."""

import io
import zipfile

import openpyxl
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import SecurityEvent
from residents.models import CensusImport, DoseProof
from tests.house.test_url_guard import things  # noqa: F401
from tests.security.test_hostile_workbooks import FAR, sheet, workbook

pytestmark = pytest.mark.django_db


def _with(name: str, content: bytes) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["姓名", "身份证号"])
    book.save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


HOSTILE = {
    "a macro": ("名单.xlsm", _with("xl/vbaProject.bin", b"macro")),
    "a macro behind another name": ("名单.xlsx", _with("xl/vbaProject.bin", b"macro")),
    "an old macro sheet": ("名单.xlsx", _with("xl/macrosheets/sheet1.xml", b"<a/>")),
    "a bomb": ("名单.xlsx", _with("xl/media/a.png", b"\0" * 40_000_000)),
    "an entity from outside": (
        "名单.xlsx",
        workbook('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sheet("")),
    ),
    "a far cell": ("名单.xlsx", workbook(sheet(FAR["as Excel writes it"]))),
    "half a file": ("名单.xlsx", _with("x", b"")[:900]),
    "a page": ("名单.csv", b"<html><script>alert(1)</script>"),
    "a program": ("名单.xls", b"MZ\x90\x00" + b"\0" * 200),
    "a picture with a page in it": ("名单.xlsx", b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>"),
}
PAGES = {
    "residents:reconcile_list": ("school", "organisation", "file"),
    "inventory:cold_import": ("stock", "device", "file"),
}

CENSUS = {"residents:import": ("cadre01", "", "file")}
PAPERS = {
    "residents:proof_add": ("town", "doubt", "upload"),
    "residents:hold_proof_add": ("screener", "hold", "upload"),
}


@pytest.fixture
def send(things, cast, client_as, town):  # noqa: F811
    cache.clear()

    def send(name, file, content):
        role, made, field = (PAGES | PAPERS | CENSUS)[name]
        form = {field: SimpleUploadedFile(file, content), "place": town.village.pk}
        return client_as(getattr(cast, role)).post(reverse(name, args=things[made]), form)

    return send


def _files() -> list[str]:
    root = settings.MEDIA_ROOT
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_hostile_workbook_is_refused_and_told(send):
    before = _files()
    for name in PAGES:
        for what, (file, content) in HOSTILE.items():
            SecurityEvent.objects.all().delete()
            answer = send(name, file, content)
            assert answer.status_code == 422, (name, what)
            assert [event.page for event in SecurityEvent.objects.all()] == [name], what
    assert _files() == before


def test_a_proof_is_a_picture_or_a_paper(send):
    before, proofs = _files(), DoseProof.objects.count()
    pages = {"x.jpg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.pdf": b"MZ\x90"}
    large = {"x.png": b"\x89PNG\r\n\x1a\n" + b"0" * (5 * 1024 * 1024 + 1)}
    for name in PAPERS:
        for file, content in (pages | large).items():
            assert send(name, file, content).status_code == 422, file
        assert SecurityEvent.objects.filter(page=name).count() == 3
    assert (_files(), DoseProof.objects.count()) == (before, proofs)


def test_a_hostile_census_leaves_nothing_behind(send, django_capture_on_commit_callbacks):
    """The file is looked through by a job; the page says at once that this one is checked, then why it failed."""
    before = _files()
    for what, (file, content) in HOSTILE.items():
        file = file.replace(".xlsm", ".xlsx")  # whose ending alone is refused
        with django_capture_on_commit_callbacks(execute=True):
            assert send("residents:import", file, content).status_code in (302, 422), what
        census = CensusImport.objects.latest("pk")
        assert census.state in ("failed", "checked") and not census.rows.exists(), what
        assert SecurityEvent.objects.latest("pk").page == "residents:import", what
    assert SecurityEvent.objects.count() == len(HOSTILE)
    assert _files() == before
