"""How a push stands: what lay there, what was given and lost since, what is left, by site and lot; live from the ledger."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from inventory.choices import MovementKind
from inventory.models import Lot, StockLevel, StockMovement
from places.models import Site
from planning.models import ClearOut, ClearOutCount
from planning.owed import Owed, owed
from planning.pace import Pace

LOST = (MovementKind.WASTE_CLOSED, MovementKind.WASTE_OPEN)


@dataclass
class LotLine:
    """One lot at one site, in vials and doses."""

    site: Site
    lot: Lot
    start: int = 0  # doses
    vials: int = 0
    open_doses: int = 0
    given: int = 0
    lost: int = 0
    usable: bool = True
    count: ClearOutCount | None = None

    @property
    def left(self) -> int:
        """Doses that are still there and may be given."""
        return self.vials * self.lot.presentation.doses_per_vial + self.open_doses if self.usable else 0


@dataclass
class SiteLines:
    """A site with its lots."""

    site: Site
    lots: list[LotLine] = field(default_factory=list)
    last_hour: int = 0

    @property
    def left(self) -> int:
        """Doses to give."""
        return sum(line.left for line in self.lots)

    @property
    def is_counted(self) -> bool:
        """Every lot was counted and signed."""
        return all(line.count for line in self.lots)


class Clearing:
    """``clear_out`` at ``now``; six queries."""

    def __init__(self, clear_out: ClearOut, now: datetime):
        self.clear_out, self.now = clear_out, clear_out.ended_at or now
        today = timezone.localdate(now)
        self._lines: dict[tuple[int, int], LotLine] = {}
        deep = ("site", "lot__presentation__vaccine")
        for row in clear_out.starts.select_related(*deep):
            doses = row.vials * row.lot.presentation.doses_per_vial + row.open_doses
            self._line(row).start = doses
        for level in self._levels(today).select_related(*deep):
            if level.vials or level.open_doses or (level.site_id, level.lot_id) in self._lines:
                line = self._line(level)
                line.vials, line.open_doses, line.usable = level.vials, level.open_doses, level.is_usable
        self._count_movements()
        for count in clear_out.counts.select_related("by").order_by("pk"):
            if line := self._lines.get((count.site_id, count.lot_id)):
                line.count = count
        self.sites = self._by_site()

    def _levels(self, today):
        vaccines = self.clear_out.vaccines.values("pk")
        rows = StockLevel.objects.filter(
            site__in=self.clear_out.sites.values("pk"), lot__presentation__vaccine__in=vaccines
        )
        return rows.with_usable(today).fefo()

    def _line(self, row) -> LotLine:
        return self._lines.setdefault((row.site_id, row.lot_id), LotLine(row.site, row.lot))

    def _count_movements(self) -> None:
        doses = F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses")
        sites, lots = {pair[0] for pair in self._lines}, {pair[1] for pair in self._lines}
        rows = StockMovement.objects.filter(
            site__in=sites,
            lot__in=lots,
            at__gte=self.clear_out.started_at,
            at__lte=self.now,
            reversed_by=None,
        )
        hour = Q(kind=MovementKind.USE, at__gt=self.now - timedelta(hours=1))
        found = (
            rows.order_by()
            .values_list("site", "lot")
            .annotate(
                given=Count("pk", Q(kind=MovementKind.USE)),
                lost=Sum(doses, filter=Q(kind__in=LOST)),
                hour=Count("pk", hour),
            )
        )
        self._hour: dict[int, int] = defaultdict(int)
        for site, lot, given, lost, last in found:
            if line := self._lines.get((site, lot)):
                line.given, line.lost = given, -(lost or 0)
                self._hour[site] += last

    def _by_site(self) -> list[SiteLines]:
        found: dict[int, SiteLines] = {}
        for line in self._lines.values():
            here = found.setdefault(line.site.pk, SiteLines(line.site, last_hour=self._hour[line.site.pk]))
            here.lots.append(line)
        return sorted(found.values(), key=lambda here: here.site.code)

    def total(self, name: str) -> int:
        """The sum of a figure over all lots."""
        return sum(getattr(line, name) for line in self._lines.values())

    @property
    def start(self) -> int:
        """Doses when it began."""
        return self.total("start")

    @property
    def given(self) -> int:
        """Doses given since."""
        return self.total("given")

    @property
    def lost(self) -> int:
        """Doses written off since."""
        return self.total("lost")

    @property
    def vials(self) -> int:
        """Closed vials that may be given."""
        return sum(line.vials for line in self._lines.values() if line.usable)

    @property
    def pace(self) -> Pace:
        """How fast it must go on."""
        left = self.total("left")
        return Pace(left, sum(self._hour.values()), self.now, self.clear_out.deadline_at)

    @property
    def is_counted(self) -> bool:
        """Every site has signed."""
        return all(here.is_counted for here in self.sites)

    def owed(self) -> list[tuple[str, int, Owed]]:
        """(vaccine, doses left, second doses owed) for each vaccine; two queries."""
        left: dict[int, int] = defaultdict(int)
        for line in self._lines.values():
            left[line.lot.presentation.vaccine_id] += line.left
        vaccines = list(self.clear_out.vaccines.all())
        day = timezone.localdate(self.clear_out.deadline_at)
        found = owed(self.clear_out.campaign, self.clear_out.place, vaccines, day)
        return [(one.short_name, left[one.pk], found.get(one.pk, Owed())) for one in vaccines]
