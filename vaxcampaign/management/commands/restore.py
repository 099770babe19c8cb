"""``manage.py restore FILE [--replace] [--despite-problems]``"""

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from core.backups import restoring
from core.commands import BadCall, OurCommand

CHECKS = (
    ("verify_ledger", {}),
    ("verify_audit", {}),
    ("rebuild_enrolments", {"dry_run": True}),
)


class Command(OurCommand):
    help = "Put a backup in place of the database: into an empty one, or with --replace into any. Stop the system first."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="replace the data that is there")
        parser.add_argument(
            "--despite-problems",
            action="store_true",
            help="put it in place although the checks found problems",
        )

    def work(self, *, file: Path, replace: bool, despite_problems: bool, **options):
        if not file.is_file():
            raise BadCall(f"文件不存在: {file}")
        done = restoring.restore(
            file, replace=replace, despite=despite_problems, check=problems, now=timezone.now()
        )
        sentence = "已恢复 {made_at} 的备份:{rows} 行,{files} 个文件;".format(**done)
        sentence += "台账、审计链、登记状态核对无误,证件号码可以解密。所有人需要重新登录。"
        if done["problems"]:
            sentence = "\n".join(["已按要求换上有问题的备份,请尽快处理:", *done["problems"]])
        if done["is_left"]:
            sentence += "(先前有一次恢复中途断开,残留已清除。)"
        return not done["problems"], sentence, done


def problems() -> list[str]:
    """What ``verify_ledger``, ``verify_audit`` and ``rebuild_enrolments --dry-run`` find in the data that is connected.

    Time moves what an enrolment says (birthdays, ended holds): what yesterday's backup says is first brought up to today.
    """
    _run("rebuild_enrolments")
    found = []
    for name, options in CHECKS:
        is_sound, said = _run(name, **options)
        if not is_sound:
            found.append(f"{name}: {json.dumps(said, ensure_ascii=False)[:500]}")
    return found


def _run(name: str, **options) -> tuple[bool, dict]:
    out = StringIO()
    try:
        call_command(name, json=True, stdout=out, **options)
    except SystemExit:
        return False, json.loads(out.getvalue())
    return True, json.loads(out.getvalue())
