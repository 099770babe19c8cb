"""``manage.py import_divisions FILE.csv``"""

from dataclasses import asdict
from pathlib import Path

from django.utils import timezone

from core.commands import BadCall, OurCommand
from places.services.divisions import import_divisions, read_divisions


class Command(OurCommand):
    help = "Load a list of 12-digit division codes (CSV: code,name,level). Idempotent; closes revoked codes."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def work(self, *, file: Path, **options):
        if not file.is_file():
            raise BadCall(f"文件不存在: {file}")
        counts = import_divisions(read_divisions(file), actor=None, today=timezone.localdate())
        sentence = (
            f"共 {counts.rows} 行:新增 {counts.created},更新 {counts.updated},未变 {counts.unchanged},"
            f"撤销 {counts.closed},有问题 {len(counts.problems)}。"
        )
        return not counts.problems, "\n".join([sentence, *counts.problems]), asdict(counts)
