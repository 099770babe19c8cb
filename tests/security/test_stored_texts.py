"""A script, a formula and a template, typed into every text there is: no page runs them, no file computes them."""

import csv
import io
import re
from contextlib import suppress

import openpyxl
import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from core.crypto import EncryptedTextField
from tests.access_matrix import ROWS
from tests.house.test_url_guard import things  # noqa: F401

pytestmark = pytest.mark.django_db
ROOMS = (
    "places",
    "campaigns",
    "inventory",
    "residents",
    "appointments",
    "clinic",
    "reports",
    "planning",
    "accounts",
)
ATTACK = "=1<i x=\"'>{{8}}"  # a formula, a tag, the ends of an attribute, a template
_RUNS = re.compile(rb"""=1<i x|i x="'|i x=[^{}]{1,20}8""")
# What the content policy would have to be loosened for, in the pages as they are sent.
_INLINE = re.compile(
    rb"""<[^>]+\sstyle=|<style[\s>]|<script(?![^>]*(?:\ssrc=|application/json))|<[^>]+\son(?:click|load|error|submit)="""
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": settings.PERMISSIONS_POLICY,
}
# Texts that are read by programs, not typed by people: codes, digests, addresses of files, kinds.
_MACHINE = re.compile(
    r"code|sha256|hash|digest|stored_as|secret|password|mark|username|number|file_name|content_type|stamp|masked|"
    r"identity|key|state|initials|pinyin|trace|kid|pem|public|header|_type|uid|order|page|grade|cells|people|text"
)


def _typed(model) -> list[models.Field]:
    plain = [f for f in model._meta.concrete_fields if type(f) in (models.CharField, models.TextField)]
    wide = [f for f in plain if not f.choices and not f.unique and (f.max_length or 99) >= len(ATTACK)]
    return [f for f in wide if not isinstance(f, EncryptedTextField) and not _MACHINE.search(f.name)]


def _append_only_off() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")  # comes back with the roll-back of the test


@pytest.fixture
def poisoned(things):  # noqa: F811
    """Every row of every room says it in every text that people type; how many columns there were."""
    _append_only_off()
    count = 0
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            count += sum(_put(model, field) for field in _typed(model))
    return count


def _put(model, field) -> bool:
    """All rows say it; where no two may be alike the first one; False where a rule of the table forbids it."""
    rows = model._base_manager.all()
    first = rows.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True)[:1]))
    for some in (rows, first):
        with suppress(IntegrityError), transaction.atomic():
            return bool(some.update(**{field.attname: ATTACK}))
    return False


def _formulas(content: bytes) -> list[str]:
    """Cells of a workbook that would be computed, except the sums and rates that we write ourselves."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for line in sheet.iter_rows() for cell in line)
    return [str(cell.value) for cell in cells if cell.data_type == "f" and "<i" in str(cell.value)]


def test_no_page_runs_it_no_file_computes_it_and_every_page_is_guarded(
    poisoned,
    things,  # noqa: F811
    cast,
    client_as,
    campaign,
):
    assert poisoned > 60
    seen, pages, files, found, asked = 0, 0, 0, [], set()
    for role in ("town", "cadre01", "school", "registrar", "stock", "screener", "sysadmin"):
        client = client_as(getattr(cast, role))
        for name, row in ROWS.items():
            if row.method != "get" or role not in row.may.split() or name in asked:
                continue
            asked.add(name)
            answer = client.get(reverse(name, args=things[row.made]))
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            kind = answer.headers.get("Content-Type", "")
            if kind.startswith("text/html"):
                pages += 1
                seen += b"&lt;i x=" in content
                bad = [*_RUNS.finditer(content), *_INLINE.finditer(content)]
                found += [(role, name, match.group()) for match in bad]
                found += [(name, key) for key, value in HEADERS.items() if answer.headers[key] != value]
                policy = answer.headers["Content-Security-Policy"]
                found += [(name, policy)] * ("default-src 'self'" not in policy or "unsafe" in policy)
            elif "spreadsheetml" in kind:
                files += 1
                found += [(role, name, cell) for cell in _formulas(content)]
            elif kind.startswith("text/csv"):
                files += 1
                lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
                found += [
                    (role, name, cell) for line in lines for cell in line if cell.startswith(("=", "+", "@"))
                ]
    assert found == []
    assert (pages > 100, seen > 40, files > 5) == (True, True, True), (pages, seen, files)
