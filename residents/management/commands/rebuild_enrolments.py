"""``manage.py rebuild_enrolments [--dry-run]``"""

from django.utils import timezone

from core.commands import OurCommand
from residents.services import enrolments


class Command(OurCommand):
    help = (
        "Recompute every enrolment from its facts; report (and unless --dry-run repair) the rows that differ."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def work(self, *, dry_run: bool, **options):
        today = timezone.localdate()
        found: dict[int, list[int]] = {}
        columns: dict[str, int] = {}
        campaigns = {}
        for row, changed in enrolments.drift(today=today):
            campaigns[row.campaign_id] = row.campaign
            found.setdefault(row.campaign_id, []).append(row.pk)
            for name in changed:
                columns[name] = columns.get(name, 0) + 1
        total = sum(map(len, found.values()))
        if not dry_run:
            for campaign_id, ids in found.items():
                for start in range(0, len(ids), enrolments.CHUNK):
                    chunk = ids[start : start + enrolments.CHUNK]
                    enrolments.refresh(chunk, campaign=campaigns[campaign_id], today=today)
        data = {"differing": total, "columns": columns, "repaired": 0 if dry_run else total}
        return not total, f"不一致 {total} 条{'' if dry_run else ',已按事实更正'}。{columns or ''}", data
