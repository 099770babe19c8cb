"""Which examples the tests draw that try anything in any order, and how many.

Two runs of one commit draw the same ones: what passed before it landed does not fail by luck after it. Others are
looked for on purpose, twenty times as many, with another seed each time:

    pytest --hypothesis-profile=search --hypothesis-seed=7 --timeout=3600 tests/residents/test_register_machine.py
"""

from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# No test is judged by the clock of a busy machine, nor by how often a machine's rule had nothing to do.
_UNTIMED = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("same", derandomize=True, max_examples=100, **_UNTIMED)
settings.register_profile("search", derandomize=False, max_examples=2000, print_blob=True, **_UNTIMED)
settings.load_profile("same")


def draw_the_same() -> None:
    """Hypothesis also draws numbers and words that it reads in whatever modules are loaded when a test begins; which
    they are depends on the tests before it, and on every line we change. Unless we search, it reads none."""
    if settings.get_current_profile_name() == "same":
        providers._get_local_constants = providers.Constants


def examples(number: int) -> int:
    """``number`` of examples on SQLite, a third on PostgreSQL; more in a search.

    Which order breaks a rule of ours does not depend on the engine; the second one only has to take every statement.
    """
    number = number * settings.default.max_examples // 100
    return number if connection.vendor == "sqlite" else -(-number // 3)
