"""The suite works at midday: at whatever hour it is started, no half hour of a test reaches into another day.

What happens at midnight, on the last of December or on the 29th of February has tests of its own, with the hour as an
argument. Browser tests keep the machine's clock, which the browser has too.
"""

import time_machine
from django.utils import timezone

_EARLIEST, _LATEST = 6, 18  # between these hours nothing has to be done


def work_at_midday() -> None:
    """From now on it is noon of today, and the clock goes on from there; today stays today."""
    now = timezone.localtime()
    if not _EARLIEST <= now.hour < _LATEST:
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        time_machine.travel(noon.timestamp(), tick=True).start()
