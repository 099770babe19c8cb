"""A deadline, without a database."""

from datetime import datetime, timedelta

import pytest

from planning.pace import Pace

NOW = datetime(2026, 3, 2, 18, 0)


@pytest.mark.parametrize(
    ("left", "last_hour", "hours", "per_hour", "over", "ends"),
    [
        (120, 20, 4, 30, 40, 24),  # too slow: forty are left at ten
        (80, 20, 4, 20, 0, 22),
        (81, 0, 4, 21, 81, None),  # nobody gives any
        (30, 10, 0.5, 30, 25, 21),  # less than an hour counts as one
        (0, 0, 4, 0, 0, 18),
        (5, 50, -1, None, 5, 18.1),  # the deadline has passed
    ],
)
def test_how_fast_it_must_go(left, last_hour, hours, per_hour, over, ends):
    pace = Pace(left, last_hour, NOW, NOW + timedelta(hours=hours))
    assert (pace.per_hour, pace.over) == (per_hour, over)
    assert pace.ends_at == (ends and datetime(2026, 3, 2) + timedelta(hours=ends))
