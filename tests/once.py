"""What asks no database is proved once: on SQLite.

With ``--only-database``, as ``make test`` runs the suite the second time, a test that does not reach a database is left
out. Nobody has to name it, and nobody can name one by mistake that does.
"""

from django.test import TransactionTestCase

_FIXTURES = {
    "db",
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


def reaches_database(item) -> bool:
    """Whether pytest-django lets this test use a database."""
    if item.get_closest_marker("django_db") or not _FIXTURES.isdisjoint(item.fixturenames):
        return True
    return item.cls is not None and issubclass(item.cls, TransactionTestCase)
