"""Where the numbers of a sheet lead that is drawn on a page: to the names, cases, sessions, movements that they count."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse

from core.xlsx import Sheet
from reports.choices import ReportKind
from reports.paper_page import Paper
from reports.services.standings import METRIC_OF
from reports.views.sheet_asked import SheetMixin
from residents.services.roster_reads import SUMMARY_OF
from residents.services.stickers import STAFF_OF

Row = Mapping[str, object]
NOTHING = ("", "0")


def linked(drawn: Paper, view: SheetMixin) -> list[list[tuple[str, str, str]]]:
    """The cells of ``drawn`` as (text, class, address); zeros and what counts nothing have no address."""
    find = _FINDERS.get(view.sheet_kind.kind)
    sources = [*drawn.sheet.rows, None]  # the last line is the sum
    keys = [column.key for column in drawn.sheet.columns]
    return [
        [
            (text, look, find(view, drawn.sheet, key, source) if find and text not in NOTHING else "")
            for key, (text, look) in zip(keys, cells, strict=True)
        ]
        for cells, source in zip(drawn.rows, sources, strict=False)
    ]


def _to(name: str, **asked: object) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"


def _progress(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
    rows: Sequence[Row] = sheet.rows
    if key not in ("today", "done") or not rows:
        return ""
    starts = {one["starts_on"] for one in rows} if row is None else {row["starts_on"]}
    asked = {
        "place": view.place.code if row is None else row["code"],
        "metric": METRIC_OF[rows[0]["kind"]].code,
    }
    asked["day"] = view.order.day.isoformat()
    if key == "done":
        if len(starts) > 1:
            return ""  # each line counts from a day of its own
        asked |= {"since": starts.pop().isoformat()} if any(starts) else {"span": "ever"}
    return _to("reports:names", **asked)


def _school(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
    if key not in SUMMARY_OF:
        return ""
    of_class = {} if row is None else {name: row[name] for name in ("organisation", "class_no")}
    of_class |= {} if row is None else {"grade": row["grade"] or ""}
    return view.link("reports:roster_names", column=key, **of_class)


def _shops(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
    if sheet.name == "商户明细":
        return view.link("reports:roster_names", column=key, **_shop(row)) if key in STAFF_OF else ""
    kind, _, what = key.rpartition("_")
    if what not in ("shops", "shown"):
        return ""
    more = {} if row is None else {"place": row["code"]}
    return view.link("reports:shops", type=kind, **more, **({"shown": 1} if what == "shown" else {}))


def _shop(row: Row | None) -> dict:
    return {} if row is None else {"organisation": row["pk"]}


def _cases(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
    if sheet.name == "个案":
        return reverse("clinic:aefi_case", args=[row["uid"]]) if key == "no" and row else ""
    if key not in ("cases", "serious"):
        return ""
    asked = {"campaign": view.campaign.code, "place": view.place.code}
    asked |= {"reported_until": view.order.day.isoformat()} | ({"first_class": row["code"]} if row else {})
    return _to("clinic:aefi", **asked, **({"is_serious": "yes"} if key == "serious" else {}))


def _stock(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
    if key not in ("vials", "opened", "doses"):
        return ""
    if row is None:
        return _to("inventory:stock", place=view.place.code)
    return _to("inventory:movements", site=row["site_pk"], lot=row["lot_pk"])


def _whole_row(*keys: str) -> Callable[[SheetMixin, Sheet, str, Row | None], str]:
    def find(view: SheetMixin, sheet: Sheet, key: str, row: Row | None) -> str:
        return row["address"] if row and key in keys else ""

    return find


_FINDERS = {
    ReportKind.PROGRESS: _progress,
    ReportKind.SCHOOL: _school,
    ReportKind.STICKERS: _shops,
    ReportKind.AEFI: _cases,
    ReportKind.STOCK: _stock,
    ReportKind.WEEK_PLAN: _whole_row("places", "booked", "free"),
    ReportKind.PLAN: _whole_row("people"),
}
