"""The amount of one transaction follows how long the last one held others up, within its bounds."""

import time

from core.pace import Pace


def test_less_on_a_busy_machine_more_on_a_quiet_one():
    pace = Pace(start=200, least=50, most=400, seconds=0.2)
    assert pace.size == 200
    pace.took(200, since=time.monotonic() + 1)  # no time at all
    assert pace.size == 400
    pace.took(400, since=time.monotonic() - 1000)
    assert pace.size == 50
    pace.took(1_000_000, since=time.monotonic() - 1000)  # 0.2 s would do for 200, were the clock exact
    assert 150 < pace.size <= 200
