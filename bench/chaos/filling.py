"""Fills the roll-ups of every day again and again until it is killed: ``python -m bench.chaos.filling``."""

import django

django.setup()

from django.utils import timezone  # noqa: E402

from bench.chaos import marks  # noqa: E402
from campaigns.models import Campaign  # noqa: E402
from reports.services import rollups  # noqa: E402

while True:
    for campaign in Campaign.objects.select_related("place"):
        with marks.doing("roll-up"):
            rollups.fill_all(campaign=campaign, now=timezone.now())
