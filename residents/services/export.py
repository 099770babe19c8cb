"""The list as a workbook: exactly the people and columns that the page shows."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit, replica
from core.handing_out import taken_by
from core.jobs import Progress
from core.xlsx import Column, stream
from places.models import Place
from places.querysets import code_range
from residents import listing
from residents.fields import BY_KEY, FIELDS
from residents.models import Resident, VaccinationRecord

_CHUNK = 1000
COVID = "COVID"


def _known(key: str, *, listed_as: str = "", hidden: bool = False, format: str = "text") -> Column:
    """A column of the list that the census form has too, under the same title."""
    field = BY_KEY[key]
    title = f"{field.title}(部分隐藏)" if hidden else field.title
    return Column(listed_as or key, title, width=field.width, format=format)


COLUMNS = [
    _known("name"),
    _known("number", hidden=True),
    _known("sex"),
    _known("age", format="int"),
    _known("village"),
    _known("group_no", listed_as="group"),
    _known("residence"),
    _known("phone", hidden=True),
    Column("status", "接种状态", width=20),
    Column("due", "可种日期", width=12, format="date"),
    _known("not_vaccinated_reason", listed_as="reason"),
]
# The census form itself: what is exported so goes back in by an import and changes nothing.
FORM = [Column(field.key, field.full_title, width=field.width, format=field.format) for field in FIELDS]


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
    admit: Callable[[int], None],
) -> int:
    """Write the list of ``user`` to ``path`` (.xlsx); returns how many people it holds. The export is recorded.

    ``admit`` is told how many people before anything is written, and may raise (``export_gate.admit``).
    """
    people = listed(user, campaign, criteria, sort, today)
    total = people.count()
    admit(total)
    said = _said(user, "居民名单")
    count = replica.read(
        lambda: stream(path, COLUMNS, _lines(people, today, total, progress), name="居民名单", **said)
    )
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


def _said(user: User, name: str) -> dict[str, str]:
    """What stands above each printed page: what it is, of when, and who has it."""
    now, home = timezone.now(), user.main_role.home
    heading = (
        f"{home}{name}    填报单位:{home}    截止时间:{timezone.localtime(now):%Y-%m-%d %H:%M}    单位:人"
    )
    return {"heading": heading, "taken": taken_by(user, now)}


def export_register(
    *,
    user: User,
    campaign: Campaign | None,
    village: Place | None,
    purpose: str,
    path: Path,
    progress: Progress,
    admit: Callable[[int], None],
) -> int:
    """Write the live people of ``user`` (of ``village`` only, if given) in the layout of the census form, numbers in full.

    Returns how many; who took them and for what is recorded. An import of the file changes nothing. ``admit`` as above.
    """
    people = Resident.objects.visible_to(user, "residents.export").live()
    if village is not None:
        people = people.filter(code_range("village_code", village.prefix))
    total = people.count()
    admit(total)
    said = _said(user, "摸排登记表")
    count = replica.read(
        lambda: stream(path, FORM, form_lines(people, campaign, total, progress), name="摸排登记表", **said)
    )
    audit.record(
        "residents.exported_full",
        actor=user,
        place_code=village.code if village else "",
        data={"people": count, "purpose": purpose[:200]},
    )
    return count


def form_lines(
    people, campaign: Campaign | None, total: int, progress: Progress | None = None
) -> Iterator[dict[str, object]]:
    """The cells of each person by field key: doses of the campaign's disease only, none that were voided."""
    disease = campaign.disease if campaign else COVID
    doses = VaccinationRecord.objects.counted().filter(disease=disease).select_related("vaccine")
    people = people.select_related("village", "household", "organisation").prefetch_related(
        "identifiers", "priority_groups", Prefetch("records", doses)
    )
    for done, resident in enumerate(
        people.order_by("village_code", "pk").iterator(chunk_size=_CHUNK), start=1
    ):
        if progress and (done % _CHUNK == 0 or done == total):
            progress.step(done, total, f"已写入 {done} 人")
        yield {field.key: field.show(resident) for field in FIELDS}
