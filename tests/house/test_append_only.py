"""What a migration has made append-only still is: SQLite loses a table's triggers when a later migration rebuilds it."""

import re
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_every_append_only_table_has_its_triggers():
    sources = [path.read_text() for path in ROOT.glob("*/migrations/0*.py")]
    tables = {name for text in sources for name in re.findall(r'append_only\("(\w+)"\)', text)}
    postgres = connection.vendor == "postgresql"
    kinds = ("append_only",) if postgres else ("no_update", "no_delete")
    catalogue = "pg_trigger" if postgres else "sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'tgname' if postgres else 'name'} FROM {catalogue}")
        there = {name for (name,) in cursor.fetchall()}
    assert len(tables) > 10
    assert {f"{table}_{kind}" for table in tables for kind in kinds} <= there
