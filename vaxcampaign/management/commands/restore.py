"""``manage.py restore FILE [--replace] [--despite-problems]``"""

import json
from datetime import date
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from core.backups import restoring
from core.commands import BadCall, OurCommand
from residents.services import enrolments

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
            file, replace=replace, despite=despite_problems, repair=repair, check=problems, now=timezone.now()
        )
        sentence = "已恢复 {made_at} 的备份:{rows} 行,{files} 个文件;".format(**done)
        sentence += "台账、审计链、登记状态核对无误,证件号码可以解密。所有人需要重新登录。"
        if done["problems"]:
            sentence = "\n".join(["已按要求换上有问题的备份,请尽快处理:", *done["problems"]])
        sentence += _words_of(done["repaired"])
        if done["is_left"]:
            sentence += "(先前有一次恢复中途断开,残留已清除。)"
        return not done["problems"], sentence, done


def repair(made_on: date) -> dict[str, object]:
    """Bring the enrolments of the data that is connected, a backup of the day ``made_on``, to what the facts say today.

    Returns how many were ``wrong`` on the day of the backup already (nobody ought to find any), how many were written, and
    in which columns: time moves what an enrolment says (birthdays, ended holds), so most of a long gap is no fault.
    """
    wrong = sum(1 for _ in enrolments.drift(today=made_on))
    _, said = _run("rebuild_enrolments")
    return {"wrong": wrong, "written": said["repaired"], "columns": said["columns"]}


def _words_of(repaired: dict) -> str:
    if not repaired["written"]:
        return ""
    said = f"\n登记状态按事实更新了 {repaired['written']} 条({'、'.join(sorted(repaired['columns']))})"
    if repaired["wrong"]:
        return said + f",其中 {repaired['wrong']} 条在备份那天就与事实不符,请告知系统维护人员查明原因。"
    return said + ",都是备份以后日期变化引起的。"


def problems() -> list[str]:
    """What ``verify_ledger``, ``verify_audit`` and ``rebuild_enrolments --dry-run`` find in the data that is connected."""
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
