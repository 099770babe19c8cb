"""疫苗出入库台账: the ledger of each site and lot as sheets, opening balance + lines = closing balance (domain §6)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum
from django.utils.timezone import localtime

from core.errors import RuleBroken
from core.xlsx import Column, Sheet
from inventory.models import Lot, StockLevel, StockMovement
from inventory.register import Line, register_lines
from places.models import Site

MOST_ROWS = 20_000  # movements in one file
SIGNED = "疫苗管理员:                复核人:                日期:        年    月    日"

# The legal columns (疫苗储存和运输管理规范 2017, annex), then the balance in vials and in doses. A sheet is one lot, so what
# is the same on every line stands in its head (see ``_facts``), and the lines can be read on A4.
COLUMNS = [
    Column("at", "日期时间", width=17),
    Column("kind", "出入库类型", width=16),
    Column("counterparty", "来源/去向单位", width=22),
    Column("carrier", "配送单位", width=17),
    Column("document", "本单位单号", width=23),
    Column("paper", "对方单号", width=18),
    Column("came", "收入", group="数量(支)", width=8, format="int", total="sum"),
    Column("went", "发出", group="数量(支)", width=8, format="int", total="sum"),
    Column("opened", "已开启(剂)", width=12, format="int", total="sum"),
    Column("vials", "整支", group="结存", width=8, format="int"),
    Column("open_left", "已开启(剂)", group="结存", width=12, format="int"),
    Column("doses", "合计(剂)", group="结存", width=10, format="int"),
    Column("celsius", "运输温度(℃)", width=13, format="general"),
    Column("hand", "经手人", width=12),
    Column("other_hand", "对方经手人", width=12),
    Column("note", "备注", width=30),
]
SUMMARY = [
    Column("site", "接种点", width=22),
    Column("vaccine", "疫苗名称", width=48),
    Column("lot", "批号", width=14),
    Column("per_vial", "规格(剂/支)", width=9, format="int"),
    Column("expires", "有效期至", width=12, format="date"),
    Column("opening", "期初", group="支", width=9, format="int", total="sum"),
    Column("came", "收入", group="支", width=9, format="int", total="sum"),
    Column("went", "发出", group="支", width=9, format="int", total="sum"),
    Column("closing", "期末", group="支", width=9, format="int", total="sum"),
    Column("opening_doses", "期初", group="剂(含已开启)", width=9, format="int", total="sum"),
    Column("closing_doses", "期末", group="剂(含已开启)", width=9, format="int", total="sum"),
]


_OF_LINE = ("site", "lot__presentation__vaccine", "by", "document__site", "document__second_by")


@dataclass(frozen=True)
class Asked:
    """Which sites and days (both counted); a ``vaccine`` (id) or a part of the lot number narrow it."""

    sites: Sequence[Site]
    since: date
    until: date
    vaccine: int | None = None
    lot_no: str = ""


@dataclass
class Account:
    """One lot at one site: balance before the first day as (vials, open doses), and the lines."""

    site: Site
    lot: Lot
    opening: tuple[int, int]
    lines: list[Line]

    @property
    def closing(self) -> tuple[int, int]:
        """Vials and open doses after the last line."""
        last = self.lines[-1:]
        return (last[0].balance_vials, last[0].balance_open) if last else self.opening

    def doses(self, balance: tuple[int, int]) -> int:
        """A balance in doses."""
        return balance[0] * self.lot.presentation.doses_per_vial + balance[1]

    @property
    def came(self) -> int:
        """Vials that came in."""
        return sum(max(line.vials, 0) for line in self.lines)

    @property
    def went(self) -> int:
        """Vials that went out."""
        return sum(max(-line.vials, 0) for line in self.lines)


def ledger_sheets(asked: Asked) -> list[Sheet]:
    """A summary, then one sheet for each site and lot that had a balance or a movement.

    Raises RuleBroken TOO_MUCH for more than ``MOST_ROWS`` movements.
    """
    found = accounts(asked)
    where = "、".join(site.name for site in asked.sites)
    heads = {"unit": "支(已开启的按剂)", "cut_off": f"{asked.since} 至 {asked.until}", "filled_by": where}
    return [_summary(found, heads), *(_sheet(account, heads) for account in found)]


def accounts(asked: Asked) -> list[Account]:
    """The ledger by site and lot: opening balance, lines, closing balance."""
    mine = _narrowed(StockMovement.objects.filter(site__in=asked.sites), asked)
    rows = mine.filter(on__range=(asked.since, asked.until)).order_by("pk")
    if rows.count() > MOST_ROWS:
        raise RuleBroken(
            "TOO_MUCH", f"这段时间的记录超过 {MOST_ROWS:,} 笔。请缩短日期,或选一个接种点、一种疫苗再下载。"
        )
    before = {
        (site, lot): (vials, doses)
        for site, lot, vials, doses in mine.filter(on__lt=asked.since)
        .order_by()
        .values_list("site", "lot")
        .annotate(Sum("vials"), Sum("open_doses"))
    }
    lines = defaultdict(list)
    for line in register_lines(rows.select_related(*_OF_LINE)):
        lines[line.first.site_id, line.first.lot_id].append(line)
    levels = _narrowed(StockLevel.objects.filter(site__in=asked.sites), asked)
    levels = levels.select_related("site", "lot__presentation__vaccine").order_by("site__code", "lot__lot_no")
    found = []
    for level in levels:
        pair = level.site_id, level.lot_id
        opening = before.get(pair, (0, 0))
        if any(opening) or lines[pair]:
            found.append(Account(level.site, level.lot, opening, lines[pair]))
    return found


def _narrowed(rows: QuerySet, asked: Asked) -> QuerySet:
    if asked.vaccine:
        rows = rows.filter(lot__presentation__vaccine=asked.vaccine)
    return rows.filter(lot__lot_no__icontains=asked.lot_no) if asked.lot_no else rows


def _summary(found: Sequence[Account], heads: dict) -> Sheet:
    rows = [
        {
            "site": one.site.name,
            "vaccine": str(one.lot.presentation.vaccine),
            "lot": one.lot.lot_no,
            "per_vial": one.lot.presentation.doses_per_vial,
            "expires": one.lot.expires_on,
            "opening": one.opening[0],
            "came": one.came,
            "went": one.went,
            "closing": one.closing[0],
            "opening_doses": one.doses(one.opening),
            "closing_doses": one.doses(one.closing),
        }
        for one in found
    ]
    words = "期初 + 收入 − 发出 = 期末;期末是截止日的账面结存,与库存页一致。"
    return Sheet("汇总", SUMMARY, rows, title="疫苗出入库台账汇总", footer_lines=[words, SIGNED], **heads)


def _sheet(account: Account, heads: dict) -> Sheet:
    rows = [{"kind": "期初结存", **_balance(account, account.opening)}]
    rows += [_cells(account, line) for line in account.lines]
    (opening, opened), (closing, left) = account.opening, account.closing
    words = (
        f"期初 {opening} 支 {opened} 剂,收入 {account.came} 支,发出 {account.went} 支,期末 {closing} 支 {left} 剂"
        f"(共 {account.doses(account.closing)} 剂)。同一天连续的接种合为一行。"
    )
    title = f"{account.site.name} 疫苗出入库台账"
    page = {**heads, "filled_by": account.site.name, "unit": f"{heads['unit']}    {_facts(account.lot)}"}
    return Sheet(account.lot.lot_no, COLUMNS, rows, title=title, footer_lines=[words, SIGNED], **page)


def _facts(lot: Lot) -> str:
    """The legal columns that are the same on every line of a lot."""
    vaccine = lot.presentation.vaccine
    facts = (
        ("疫苗名称", vaccine.name),
        ("生产企业", vaccine.manufacturer),
        ("属性", f"{vaccine.attribute} {vaccine.get_attribute_display()}"),
        ("剂型", f"{vaccine.dosage_form} {vaccine.get_dosage_form_display()}"),
        ("规格", f"{lot.presentation.doses_per_vial} 剂/支"),
        ("批号", lot.lot_no),
        ("有效期至", lot.expires_on),
        ("批准文号", lot.approval_no or "未提供"),
        ("批签发合格证号", lot.release_no or "未提供"),
    )
    return "    ".join(f"{word}:{value}" for word, value in facts)


def _balance(account: Account, balance: tuple[int, int]) -> dict:
    return {"vials": balance[0], "open_left": balance[1], "doses": account.doses(balance)}


def _cells(account: Account, line: Line) -> dict:
    row, paper = line.first, line.first.document
    many = f" {line.doses_given}剂" if line.doses_given else ""
    celsius = row.transport_celsius
    return {
        "at": f"{row.on:%Y-%m-%d}" if line.doses_given > 1 else f"{localtime(row.at):%Y-%m-%d %H:%M}",
        "kind": f"{row.get_kind_display()}{many}",
        "counterparty": row.counterparty,
        "carrier": paper.carrier if paper else "",
        "document": paper.no if paper else "",
        "paper": row.document_no,
        "came": max(line.vials, 0) or None,
        "went": max(-line.vials, 0) or None,
        "opened": line.open_doses or None,
        **_balance(account, (line.balance_vials, line.balance_open)),
        "celsius": float(celsius) if celsius is not None else None,
        "hand": line.by,
        "other_hand": str(paper.second_by or paper.second_name) if paper else "",
        "note": row.note,
    }
