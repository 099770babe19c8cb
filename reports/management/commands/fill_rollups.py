"""``manage.py fill_rollups [--since DATE] [--all]``"""

from datetime import date

from django.utils import timezone

from campaigns.models import Campaign
from core.commands import OurCommand
from reports.services import population, rollups


class Command(OurCommand):
    help = (
        "Refill the days whose facts changed; with --since or --all, every finished day since then or ever."
    )

    def add_arguments(self, parser):
        parser.add_argument("--since", type=date.fromisoformat)
        parser.add_argument("--all", action="store_true")

    def work(self, *, since: date | None, all: bool, **options):
        now = timezone.now()
        pairs = rollups.fill_dirty(now=now)
        rows = 0
        if since or all:
            for campaign in Campaign.objects.select_related("place"):
                rows += rollups.fill_all(campaign=campaign, now=now, since=since)
                rows += population.fill(campaign=campaign, now=now)
        return True, f"更新 {pairs} 个村日,重写 {rows} 行汇总。", {"pairs": pairs, "rows": rows}
