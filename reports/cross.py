"""Where doses were given and where they count, in one table: the workload of the sites against the coverage of the units
(domain §7: count doses at the site for workload and at the accounting unit for coverage; S116, neighbours helped nearby).

Every dose of the period that was given at a site of the place, or that counts in a unit of the place, stands in exactly one
cell; so both totals come out of the same cells.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from places.choices import PREFIX_DIGITS, Level
from places.models import Place, Site
from places.querysets import code_range
from reports import metrics
from reports.sums import villages_of
from residents.models import VaccinationRecord

OURS, AWAY, TOLD = "ours", "away", "told"
KINDS = {OURS: "本地接种点", AWAY: "外地接种点", TOLD: "凭证补登(不在本系统接种)"}


@dataclass(frozen=True)
class Line:
    """One site (None: given outside this system and told), its doses by column, and those in people counted elsewhere."""

    kind: str
    site: Site | None
    cells: list[int]
    guests: int

    @property
    def counted(self) -> int:
        """Doses in people whom the place counts."""
        return sum(self.cells)

    @property
    def total(self) -> int:
        """All doses of the line: of a site of the place, its workload."""
        return self.counted + self.guests


@dataclass(frozen=True)
class Cross:
    """``columns``: the towns of a county, the villages of anything smaller. ``totals``: the coverage of each."""

    place: Place
    columns: list[Place]
    lines: list[Line]

    @property
    def totals(self) -> list[int]:
        """Doses by column, wherever they were given."""
        return [sum(cells) for cells in zip(*(line.cells for line in self.lines), strict=True)]

    @property
    def coverage(self) -> int:
        """Doses in people whom the place counts."""
        return sum(line.counted for line in self.lines)

    @property
    def workload(self) -> int:
        """Doses given at the sites of the place."""
        return sum(line.total for line in self.lines if line.kind == OURS)

    @property
    def guests(self) -> int:
        """Of the workload, doses in people who are counted elsewhere or nowhere."""
        return sum(line.guests for line in self.lines)

    @property
    def from_elsewhere(self) -> int:
        """Of the coverage, doses that were not given at a site of the place."""
        return sum(line.counted for line in self.lines if line.kind != OURS)


def cross(campaign: Campaign, place: Place, *, since: date | None, until: date) -> Cross:
    """The table of ``place`` for doses given from ``since`` (None: ever) to ``until``, in four queries."""
    columns = _columns(place)
    width = len(columns[0].prefix) if columns else len(place.prefix)
    counted: dict[int | None, Counter] = {}
    ours = metrics.doses_behind(None, campaign, {place.prefix}, since=since, until=until)
    for unit, site, n in ours.order_by().values_list("unit", "dose__site").annotate(n=Count("pk")):
        counted.setdefault(site, Counter())[unit[:width]] += n
    guests = dict(_guests(campaign, place, ours, since, until))
    sites = Site.objects.filter(pk__in={*filter(None, counted), *guests}) | Site.objects.filter(
        code_range("place__code", place.prefix)
    )
    found = [*sites.select_related("place").order_by("place__code", "code")]
    rows = [(OURS, s) for s in found if s.place.code.startswith(place.prefix)]
    rows += [(AWAY, s) for s in found if not s.place.code.startswith(place.prefix)]
    rows += [(TOLD, None)] if None in counted else []
    return Cross(
        place,
        columns,
        [
            Line(kind, site, [mine[one.prefix] for one in columns], guests.get(site and site.pk, 0))
            for kind, site in rows
            for mine in [counted.get(site and site.pk, Counter())]
        ],
    )


def _columns(place: Place) -> list[Place]:
    if len(place.prefix) < PREFIX_DIGITS[Level.TOWN]:
        return list(Place.objects.current().inside({place.prefix}).filter(level=Level.TOWN).order_by("code"))
    return villages_of({place.prefix})


def _guests(campaign: Campaign, place: Place, ours, since: date | None, until: date):
    """(site, doses) given at the sites of the place to people whom it does not count."""
    rows = VaccinationRecord.objects.counted().filter(
        code_range("dose__site__place__code", place.prefix),
        disease=campaign.disease,
        season=campaign.season,
        given_on__lte=until,
    )
    if since is not None:
        rows = rows.filter(given_on__gte=since)
    rows = rows.exclude(pk__in=ours.order_by().values("pk"))
    return rows.order_by().values_list("dose__site").annotate(n=Count("pk"))


def sheet(found: Cross, *, campaign: Campaign, days: str, cut_off: str) -> Sheet:
    """The table as a sheet."""
    columns = [Column("site", "在哪里接种", width=26), Column("kind", "", width=16)]
    columns += [
        Column(one.code, one.name, group="计入哪里(剂)", width=9, format="int", total="sum")
        for one in found.columns
    ]
    columns += [
        Column("counted", "计入本地", width=9, format="int", total="sum"),
        Column(
            "guests", "外地群众", width=9, format="int", total="sum", note="在本地接种点接种、不计入本地的人"
        ),
        Column("total", "合计", width=9, format="int", total="sum"),
    ]
    rows = [
        {"site": str(line.site or "其他地方"), "kind": KINDS[line.kind]}
        | {one.code: n for one, n in zip(found.columns, line.cells, strict=True)}
        | {"counted": line.counted, "guests": line.guests, "total": line.total}
        for line in found.lines
    ]
    return Sheet(
        "对账",
        columns,
        rows,
        title=f"{campaign} {found.place} 接种点与计入单位对账表({days})",
        unit="剂",
        cut_off=cut_off,
        filled_by=str(found.place),
        freeze_columns=1,
        footer_lines=[sentence(found)],
    )


def sentence(found: Cross) -> str:
    """How the two totals hang together."""
    return (
        f"接种点工作量 {found.workload:,} 剂 − 外地群众 {found.guests:,} 剂 + 在别处接种 {found.from_elsewhere:,} 剂"
        f" = 计入本地 {found.coverage:,} 剂。"
    )
