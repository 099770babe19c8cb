"""安心便签 counted by village and type of shop, and shop by shop with the reason: for the page, its workbook and the report."""

from collections.abc import Sequence

from core.xlsx import Column, Sheet
from places.choices import OrganisationKind, ShopType
from residents.models import Sticker
from residents.services import stickers
from residents.stickers import Staff, verdict

ALL, UNTYPED = "all", "none"
_TYPES = [*ShopType.choices, (UNTYPED, "没有填类型")]
_NUMBERS = ("shops", "shown")


def by_village(organisations) -> list[dict]:
    """A line per village: {place, code, cells: {type: {shops, shown}}}; the last cell "all" is the sum. ``organisations``: a query."""
    lines: dict[str, dict] = {}
    for row in stickers.counts(organisations):
        empty = {key: dict.fromkeys(_NUMBERS, 0) for key, _ in [*_TYPES, (ALL, "")]}
        head = {"place": row["place_name"], "code": row["place_code"], "cells": empty}
        line = lines.setdefault(row["place_code"], head)
        for key in (row["shop_type"] or UNTYPED, ALL):
            for name in _NUMBERS:
                line["cells"][key][name] += row[name]
    return list(lines.values())


def types_of(villages: Sequence[dict]) -> list[tuple[str, str]]:
    """The kinds of shops; those without one only where there are such."""
    untyped = any(line["cells"][UNTYPED]["shops"] for line in villages)
    return _TYPES if untyped else _TYPES[:-1]


def shop_lines(organisations) -> list[dict]:
    """Every shop: {shop, shown: its sticker or None, staff, why: why it may not show one, last: the newest sticker}."""
    shops = organisations.filter(kind=OrganisationKind.SHOP, is_active=True).select_related("place")
    shops = list(shops.order_by("place__code", "shop_type", "name"))
    logs: dict[int, list[Sticker]] = {}
    for row in Sticker.objects.filter(organisation__in=shops):
        logs.setdefault(row.organisation_id, []).append(row)
    found, lines = stickers.staff_of(shops), []
    for shop in shops:
        log = logs.get(shop.pk, [])
        shown = next((row for row in log if row.revoked_on is None), None)
        staff: Staff = found[shop.pk][1]
        why = verdict(staff, shown=shown is not None)
        lines.append(
            {"shop": shop, "shown": shown, "staff": staff, "why": why, "last": next(iter(log), None)}
        )
    return lines


def counts_sheet(villages: Sequence[dict], title: str, **heads) -> Sheet:
    """Stickers by village and type of shop: shops / given."""
    columns = [Column("place", "村(社区)", width=18)]
    types = [*types_of(villages), (ALL, "合计")]
    for key, word in types:
        columns.append(Column(f"{key}_shops", "商户", group=word, width=8, format="int", total="sum"))
        columns.append(Column(f"{key}_shown", "已发", group=word, width=8, format="int", total="sum"))
    rows = [
        {"place": line["place"], "code": line["code"]}
        | {f"{key}_{name}": line["cells"][key][name] for key, _ in types for name in _NUMBERS}
        for line in villages
    ]
    return Sheet("安心便签", columns, rows, title=title, unit="家", **heads)


_SHOPS = [
    Column("place", "村(社区)", width=16),
    Column("shop", "商户", width=24),
    Column("type", "类型", width=12),
    Column("people", "在岗员工", width=9, format="int", total="sum"),
    Column("done", "已完成接种", width=10, format="int", total="sum"),
    Column("excused", "禁忌或不属目标", width=12, format="int", total="sum"),
    Column("missing", "未完成", width=8, format="int", total="sum"),
    Column("since", "便签发放日期", width=13, format="date"),
    Column("why", "没有便签的原因", width=30),
]


def shops_sheet(lines: Sequence[dict], title: str, **heads) -> Sheet:
    """Shop by shop: staff in numbers, since when it shows a sticker, or why it does not. No names of people."""
    rows = [
        {
            "place": line["shop"].place.name,
            "shop": line["shop"].name,
            "type": line["shop"].get_shop_type_display() or "没有填",
            "people": line["staff"].people,
            "done": line["staff"].done,
            "excused": line["staff"].excused,
            "missing": line["staff"].missing,
            "since": line["shown"].granted_on if line["shown"] and not line["why"] else None,
            "why": line["why"],
            "pk": line["shop"].pk,
        }
        for line in lines
    ]
    return Sheet("商户明细", _SHOPS, rows, title=title, unit="家、人", freeze_columns=2, **heads)
