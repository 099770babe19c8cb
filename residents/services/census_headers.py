"""Headers that the form does not have: what an office says they mean, remembered for its township."""

from collections.abc import Mapping

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from places.choices import Level
from places.models import Place
from residents.choices import ImportState
from residents.fields import BY_KEY, plain_title
from residents.models import CensusImport, HeaderMemory


def town_of(place: Place) -> Place:
    """The township whose memory counts for an import into ``place``."""
    return place.parent if place.level == Level.VILLAGE else place


def meanings(place: Place) -> dict[str, str]:
    """Header → field key ("" = pass over it) as remembered for the township of ``place``."""
    known = HeaderMemory.objects.filter(town=town_of(place)).values_list("header", "field")
    return {header: key for header, key in known if not key or key in BY_KEY}


@deed()
def remember(*, town: Place, title: str, field: str, actor) -> HeaderMemory:
    """From now on ``title`` means ``field`` (a key of residents.fields; "" = pass over it) in every file of ``town``.

    Raises RuleBroken FIELD_UNKNOWN, HEADER_EMPTY.
    """
    header = plain_title(title)[:120]
    if not header:
        raise RuleBroken("HEADER_EMPTY", "表头是空的,不能记住。")
    if field and field not in BY_KEY:
        raise RuleBroken("FIELD_UNKNOWN", "没有这一项,请从列表中选择。")
    old = HeaderMemory.objects.filter(town=town, header=header).first()
    if old and old.field == field:
        return old
    kept, _ = HeaderMemory.objects.update_or_create(
        town=town, header=header, defaults={"title": title[:120], "field": field, "set_by": actor}
    )
    data = {"header": title[:120], "field": field, "before": old.field if old else None}
    audit.record("census.header_remembered", actor=actor, target=kept, place_code=town.code, data=data)
    return kept


@deed()
def forget(*, memory: HeaderMemory, actor) -> None:
    """Ask again the next time a file has this header."""
    audit.record(
        "census.header_forgotten",
        actor=actor,
        target=memory,
        place_code=memory.town.code,
        data={"header": memory.title, "field": memory.field},
    )
    HeaderMemory.objects.filter(pk=memory.pk).delete()


@deed()
def answer(
    census: CensusImport, *, columns: Mapping[str, str | None], sheets: Mapping[str, str | None], actor
) -> None:
    """Take what the user says about the open questions of ``census``; the file has to be checked again then.

    ``columns``: header → field key, "" (pass over it) or None (ask again); remembered for the township. ``sheets``: sheet →
    village code, "" (leave it out) or None. Raises RuleBroken NOT_ASKED, FIELD_TWICE, FIELD_UNKNOWN, VILLAGE_OUTSIDE.
    """
    asked = {column["header"]: column for column in census.questions.get("columns", [])}
    chosen = [key for header, key in columns.items() if key and header in asked]
    if twice := next((key for key in chosen if chosen.count(key) > 1), None):
        title = BY_KEY[twice].full_title if twice in BY_KEY else twice
        raise RuleBroken("FIELD_TWICE", f"有两列都选了“{title}”,同一项只能选一列。")
    open_states = (ImportState.CHECKED, ImportState.FAILED)
    mine = CensusImport.objects.filter(pk=census.pk, state__in=open_states).exclude(stored_as="")
    town, known = town_of(census.place), set(census.questions.get("sheets", []))
    said = {sheet: code for sheet, code in sheets.items() if sheet in known and code is not None}
    inside = Place.objects.current().under(town).villages()
    if census.place.level == Level.VILLAGE:
        inside = inside.filter(pk=census.place_id)
    codes = {code for code in said.values() if code}
    if codes - set(inside.filter(code__in=codes).values_list("code", flat=True)):
        raise RuleBroken("VILLAGE_OUTSIDE", f"只能选择{census.place}范围内的村(社区)。")
    for header, column in asked.items():
        _keep(town, column, columns.get(header, column["field"]), actor)
    dropped = {sheet for sheet in known if sheets.get(sheet, "") is None}
    kept = {sheet: code for sheet, code in census.sheets.items() if sheet not in dropped}
    if not mine.update(state=ImportState.CHECKING, sheets={**kept, **said}, message=""):
        raise RuleBroken("NOT_ASKED", "这次导入已经导入或已经放弃,不能再改。需要时请重新上传文件。")
    census.refresh_from_db()
    data = {"sheets": said, "columns": len(asked), "at": timezone.now().isoformat()}
    audit.record("census.answered", actor=actor, target=census, place_code=census.place.code, data=data)


def _keep(town: Place, column: Mapping, field: str | None, actor) -> None:
    if field is not None:
        remember(town=town, title=column["title"], field=field, actor=actor)
    elif old := HeaderMemory.objects.filter(town=town, header=column["header"]).first():
        forget(memory=old, actor=actor)
