"""Where doses were given and where they count, in one table: the workload of the sites against the coverage of the units
(domain §7: count doses at the site for workload and at the accounting unit for coverage; S116, neighbours helped nearby).

Every dose of the period that was given at a site of the place, or that counts in a unit of the place, stands in exactly one
cell; so both totals come out of the same cells.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from places.choices import PREFIX_DIGITS, Level
from places.models import Place, Site
from places.querysets import code_range
from reports import metrics
from reports.sums import villages_of
from residents.models import VaccinationRecord

OURS, AWAY, TOLD = "ours", "away", "told"  # a site of the place, of another place, none of this system
TOLD_WORD = "凭证补登"


@dataclass(frozen=True)
class Line:
    """One site (None: given outside this system and told), its doses by unit, and those in people counted elsewhere."""

    kind: str
    site: Site | None
    cells: list[int]
    guests: int

    @property
    def title(self) -> str:
        """The site as the head of a column says it."""
        if self.site is None:
            return TOLD_WORD
        return f"{self.site}({self.site.place})" if self.kind == AWAY else str(self.site)

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
    """``units``: the towns of a county, the villages of anything smaller; ``lines``: where the doses were given."""

    place: Place
    units: list[Place]
    lines: list[Line]

    @property
    def rows(self) -> list[tuple[Place, list[int], int]]:
        """(unit, doses by line, its coverage)."""
        found = [(unit, [line.cells[n] for line in self.lines]) for n, unit in enumerate(self.units)]
        return [(unit, cells, sum(cells)) for unit, cells in found]

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
    units = _units(place)
    width = len(units[0].prefix) if units else len(place.prefix)
    counted: dict[int | None, Counter] = {}
    ours = metrics.doses_behind(None, campaign, {place.prefix}, since=since, until=until)
    for unit, site, n in ours.order_by().values_list("unit", "dose__site").annotate(n=Count("pk")):
        counted.setdefault(site, Counter())[unit[:width]] += n
    theirs = guests_of(campaign, place, since=since, until=until)
    guests = dict(theirs.order_by().values_list("dose__site").annotate(n=Count("pk")))
    sites = Site.objects.filter(pk__in={*filter(None, counted), *guests}) | Site.objects.filter(
        code_range("place__code", place.prefix)
    )
    found = [*sites.select_related("place").order_by("place__code", "code")]
    rows = [(OURS, s) for s in found if s.place.code.startswith(place.prefix)]
    rows += [(AWAY, s) for s in found if not s.place.code.startswith(place.prefix)]
    rows += [(TOLD, None)] if None in counted else []
    return Cross(
        place,
        units,
        [
            Line(kind, site, [mine[one.prefix] for one in units], guests.get(site and site.pk, 0))
            for kind, site in rows
            for mine in [counted.get(site and site.pk, Counter())]
        ],
    )


def _units(place: Place) -> list[Place]:
    if len(place.prefix) < PREFIX_DIGITS[Level.TOWN]:
        return list(Place.objects.current().inside({place.prefix}).filter(level=Level.TOWN).order_by("code"))
    return villages_of({place.prefix})


def guests_of(
    campaign: Campaign, place: Place, *, since: date | None, until: date
) -> QuerySet[VaccinationRecord]:
    """Doses given at the sites of the place to people whom it does not count."""
    span = {"since": since, "until": until}
    ours = metrics.doses_behind(None, campaign, {place.prefix}, **span)
    worked = metrics.worked_at_sites(campaign, {place.prefix}, **span)
    return worked.exclude(pk__in=ours.order_by().values("pk"))


def sheet(found: Cross, *, campaign: Campaign, days: str, cut_off: str) -> Sheet:
    """The table as a sheet."""
    keys = [f"line{n}" for n in range(len(found.lines))]
    columns = [Column("unit", "计入哪里", width=18)]
    columns += [
        Column(key, line.title, group="在哪里接种(剂)", width=16, format="int", total="sum")
        for key, line in zip(keys, found.lines, strict=True)
    ]
    columns.append(Column("total", "合计", width=10, format="int", total="sum"))
    rows = [
        {"unit": unit.name, "total": total} | dict(zip(keys, cells, strict=True))
        for unit, cells, total in found.rows
    ]
    guests = [line.guests for line in found.lines]
    rows.append({"unit": "外地群众", "total": sum(guests)} | dict(zip(keys, guests, strict=True)))
    return Sheet(
        "对账",
        columns,
        rows,
        title=f"{found.place}{campaign}:接种点与计入单位对账表({days})",
        unit="剂",
        cut_off=cut_off,
        filled_by=str(found.place),
        freeze_columns=1,
        footer_lines=[sentence(found), "填报人:            负责人:            日期:            单位(盖章):"],
    )


def sentence(found: Cross) -> str:
    """How the two totals hang together."""
    return (
        f"接种点工作量 {found.workload:,} 剂 − 外地群众 {found.guests:,} 剂 + 在别处接种 {found.from_elsewhere:,} 剂"
        f" = 计入本地 {found.coverage:,} 剂。"
    )
