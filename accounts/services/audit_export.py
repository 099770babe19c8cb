"""A copy of the audit trail for the inspector: rows with their hashes, how far every chain goes, and the file's fingerprint."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.audit_words import action_word, target_word
from accounts.models import User
from accounts.querysets import audit_visible_to
from core import audit
from core.errors import RuleBroken
from core.handing_out import no_formula
from core.jobs import Progress
from core.models import AuditChain, AuditEvent
from core.xlsx import Column, stream

MOST = 1_000_000  # rows that a sheet of Excel holds
_CHUNK = 2000
COLUMNS = [
    Column("at", "时间", width=24),
    Column("actor", "登录名", width=14),
    Column("who", "姓名", width=12),
    Column("word", "动作", width=20),
    Column("action", "动作代码", width=24),
    Column("target", "对象", width=20),
    Column("subject", "涉及居民(编号)", width=38),
    Column("place_code", "区划代码", width=16),
    Column("data", "内容", width=50),
    Column("ip", "来源地址", width=16),
    Column("request_id", "请求编号", width=38),
    Column("chain", "链", width=12),
    Column("seq", "行号", width=10, format="int"),
    Column("previous", "前一行的校验值", width=66),
    Column("hash", "本行的校验值", width=66),
]


@dataclass(frozen=True)
class Copy:
    """A written file."""

    rows: int
    sha256: str


def export(*, path: Path, since: date, until: date, reason: str, by: User, progress: Progress) -> Copy:
    """Write what ``by`` may see of the days ``since`` … ``until`` to ``path``, .xlsx or .csv by its ending.

    Raises RuleBroken TOO_MANY.
    """
    events = AuditEvent.objects.filter(at__gte=_start(since), at__lt=_start(until + timedelta(days=1)))
    events = audit_visible_to(events, by).select_related("actor", "chain").order_by("at", "pk")
    total = events.count()
    if total > MOST:
        raise RuleBroken("TOO_MANY", f"这段时间有 {total} 行,一个表格放不下。请分几次导出。")
    rows = _lines(events, total, progress)
    if path.suffix == ".csv":
        _write_csv(path, rows)
    else:
        stream(path, COLUMNS, rows, name="审计记录")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    days = {"since": since.isoformat(), "until": until.isoformat()}
    audit.record("audit.exported", actor=by, data=days | {"rows": total, "reason": reason, "sha256": sha256})
    return Copy(total, sha256)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(events, total: int, progress: Progress) -> Iterator[dict]:
    for done, row in enumerate(events.iterator(chunk_size=_CHUNK), start=1):
        if done % _CHUNK == 0:
            progress.step(done, total, f"已写入 {done} 行")
        yield {
            "at": timezone.localtime(row.at).isoformat(timespec="milliseconds"),
            "actor": row.actor.username if row.actor else "",
            "who": row.actor.display_name if row.actor else "系统",
            "word": action_word(row.action),
            "action": row.action,
            "target": target_word(row.target),
            "subject": row.subject,
            "place_code": row.place_code,
            "data": json.dumps(row.data, ensure_ascii=False, sort_keys=True) if row.data else "",
            "ip": row.ip,
            "request_id": row.request_id,
            "chain": row.chain.key,
            "seq": row.seq,
            "previous": row.previous,
            "hash": row.hash,
        }
    for chain in AuditChain.objects.order_by("pk"):
        yield {"word": "链的末尾", "chain": chain.key, "seq": chain.length, "hash": chain.head}


def _write_csv(path: Path, rows: Iterator[dict]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow([column.title for column in COLUMNS])
        for row in rows:
            sheet.writerow([no_formula(str(row.get(column.key, ""))) for column in COLUMNS])
