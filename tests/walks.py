"""How long the tests walk that play deeds in any order."""

from django.db import connection


def examples(number: int) -> int:
    """``number`` of examples on SQLite, a third on PostgreSQL.

    Which order breaks a rule of ours does not depend on the engine; the second one only has to take every statement.
    """
    return number if connection.vendor == "sqlite" else -(-number // 3)
