"""Append-only tables: the database itself refuses UPDATE and DELETE, on both engines, whoever asks."""

from django.db import migrations


def append_only(*tables: str) -> migrations.RunPython:
    """A migration operation that makes ``tables`` append-only."""

    def forwards(apps, schema_editor):
        for table in tables:
            for statement in _refusing(table, schema_editor.connection.vendor):
                schema_editor.execute(statement)

    def backwards(apps, schema_editor):
        for table in tables:
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP FUNCTION {table}_append_only() CASCADE")
            else:
                for verb in ("update", "delete"):
                    schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")

    return migrations.RunPython(forwards, backwards)


def _refusing(table: str, vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    # TRUNCATE is refused by privileges in production; test runners need it to clean up.
    return [
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23514'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]
