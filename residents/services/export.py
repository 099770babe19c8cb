"""The list as a workbook: exactly the people and columns that the page shows."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.jobs import Progress
from core.xlsx import Column, stream
from residents import listing
from residents.models import Resident

COLUMNS = [
    Column("name", "姓名", width=12),
    Column("number", "证件号码(部分隐藏)", width=22),
    Column("sex", "性别", width=6),
    Column("age", "年龄", width=6, format="int"),
    Column("village", "村(社区)", width=16),
    Column("group", "组", width=8),
    Column("residence", "人员类别", width=18),
    Column("phone", "联系电话(部分隐藏)", width=16),
    Column("status", "接种状态", width=20),
    Column("due", "可种日期", width=12, format="date"),
    Column("reason", "未接种原因", width=16),
]
_CHUNK = 1000


def listed(user: User, campaign: Campaign | None, criteria: Mapping[str, str], sort: str, today: date):
    """The residents on the list of ``user`` for these filters, in order, for one action: seeing them."""
    mine = listing.with_current(Resident.objects.visible_to(user), campaign)
    return listing.ordered(listing.narrow(mine, criteria, today), sort)


def export_list(
    *,
    user: User,
    campaign: Campaign | None,
    criteria: Mapping[str, str],
    sort: str,
    today: date,
    path: Path,
    progress: Progress,
) -> int:
    """Write the list of ``user`` to ``path`` (.xlsx); returns how many people it holds. The export is recorded."""
    people = listed(user, campaign, criteria, sort, today)
    total = people.count()
    count = stream(path, COLUMNS, _lines(people, today, total, progress), name="居民名单")
    audit.record(
        "residents.exported",
        actor=user,
        place_code=criteria.get("village", ""),
        # What was typed into the text filter names people; that there was such a filter is enough.
        data={"people": count, "filters": {k: "…" if k == "q" else v for k, v in criteria.items()}},
    )
    return count


def _lines(people, today: date, total: int, progress: Progress) -> Iterator[dict]:
    for done, resident in enumerate(people.iterator(chunk_size=_CHUNK), start=1):
        if done % _CHUNK == 0 or done == total:
            progress.step(done, total, f"已写入 {done} 人")
        yield listing.line(resident, today)
