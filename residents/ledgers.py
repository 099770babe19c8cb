"""Counts of the register by village: key groups (清单台账), and party members, officials and their families."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from campaigns.models import Campaign, PriorityGroup
from core.xlsx import Column, Sheet
from places.models import Place
from residents.models import Enrolment, Resident
from residents.services.tags import OFFICIAL, PARTY

_SIGNS = "填报人:            负责人:            日期:            单位(盖章):"


@dataclass(frozen=True)
class Cell:
    """People and those of them with at least one dose."""

    people: int = 0
    done: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.people + other.people, self.done + other.done)


@dataclass(frozen=True)
class Table:
    """Villages × columns; ``columns`` are (key for the register's filter, words)."""

    columns: Sequence[tuple[str, str]]
    rows: list[tuple[Place, list[Cell]]]

    @property
    def totals(self) -> list[Cell]:
        """The sum of each column. A person in two groups counts in both; the columns are not added up."""
        return [sum((cells[n] for _, cells in self.rows), Cell()) for n in range(len(self.columns))]


def _villages(user: User) -> list[Place]:
    return list(Place.objects.current().villages().inside(user.scope("residents.view").prefixes))


def _done(campaign: Campaign | None) -> Q:
    given = Enrolment.objects.filter(resident=OuterRef("pk"), campaign=campaign, doses_done__gte=1)
    return Q(Exists(given))


def key_groups(user: User, campaign: Campaign | None) -> Table:
    """People of the live register by village and key group of the campaign, and how many began their course."""
    groups = PriorityGroup.objects.in_use([campaign] if campaign else [])
    people = Resident.objects.visible_to(user).live().filter(priority_groups__in=groups).order_by()
    counted = people.values_list("village", "priority_groups").annotate(
        people=Count("pk"), done=Count("pk", _done(campaign))
    )
    cells = {(village, group): Cell(*numbers) for village, group, *numbers in counted}
    columns = [(str(group.pk), str(group)) for group in groups]
    rows = [
        (place, [cells.get((place.pk, group.pk), Cell()) for group in groups]) for place in _villages(user)
    ]
    return Table(columns, rows)


def party(user: User, campaign: Campaign | None) -> Table:
    """党员, 村两委, and the other members of their households, by village: people and vaccinated (S72)."""
    mine = Resident.objects.visible_to(user).live().order_by()
    tagged = Resident.objects.live().filter(tags__code__in=(PARTY, OFFICIAL))
    family = mine.filter(household__in=tagged.exclude(household=None).values("household")).exclude(
        pk__in=tagged.values("pk")
    )
    sets = [mine.filter(tags__code=PARTY), mine.filter(tags__code=OFFICIAL), family]
    counts = [
        {
            village: Cell(*numbers)
            for village, *numbers in people.values_list("village").annotate(
                people=Count("pk"), done=Count("pk", _done(campaign))
            )
        }
        for people in sets
    ]
    rows = [(place, [found.get(place.pk, Cell()) for found in counts]) for place in _villages(user)]
    return Table([(PARTY, "党员"), (OFFICIAL, "村两委"), ("family", "他们的家属")], rows)


def sheet(table: Table, name: str, *, where: str, campaign: Campaign | None, now: datetime) -> Sheet:
    """``table`` as a sheet: two columns, 人数 and 已接种, per group."""
    columns = [Column("village", "村(社区)", width=18)]
    for number, (_, words) in enumerate(table.columns):
        columns.append(Column(f"p{number}", "人数", group=words, width=9, format="int", total="sum"))
        columns.append(Column(f"d{number}", "已接种", group=words, width=9, format="int", total="sum"))
    rows = []
    for place, cells in table.rows:
        row: dict[str, object] = {"village": place.name}
        for number, cell in enumerate(cells):
            row |= {f"p{number}": cell.people, f"d{number}": cell.done}
        rows.append(row)
    title = f"{where}{name}"
    cut_off = f"{now:%Y-%m-%d %H:%M}"
    heads = {"unit": "人", "cut_off": cut_off, "filled_by": where, "footer_lines": [_SIGNS]}
    return Sheet(name, columns, rows, title=title, **heads)
