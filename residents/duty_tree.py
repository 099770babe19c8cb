"""The township as a tree of duties: who holds which village, group and grid, how many people, and who has nobody."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from places.models import Place
from residents.choices import DutyLevel
from residents.models import Charge, DutyAssignment, Resident
from residents.words import group_order


@dataclass
class Part:
    """A group of a village: its people, its cadre, and how many of the people have a head."""

    group_no: str
    people: int
    with_head: int
    cadre: DutyAssignment | None = None

    @property
    def word(self) -> str:
        """3组, or that the register does not say."""
        return f"{self.group_no}组" if self.group_no.isdigit() else self.group_no or "没有登记组"

    @property
    def headless(self) -> int:
        """People without a head."""
        return self.people - self.with_head


@dataclass
class VillageDuties:
    """One village with everything that hangs below it."""

    place: Place
    leader: DutyAssignment | None = None
    parts: list[Part] = field(default_factory=list)
    grids: list[tuple[DutyAssignment, int]] = field(default_factory=list)
    heads: list[tuple[DutyAssignment, int]] = field(default_factory=list)
    may_lead: bool = False

    @property
    def people(self) -> int:
        return sum(part.people for part in self.parts)

    @property
    def headless(self) -> int:
        """People without a head."""
        return sum(part.headless for part in self.parts)

    @property
    def bare_parts(self) -> list[Part]:
        """Groups with people and without a cadre."""
        return [part for part in self.parts if part.group_no and part.cadre is None]


def headless(residents: QuerySet[Resident]) -> QuerySet[Resident]:
    """Those of ``residents`` whom no group head of their own village holds."""
    return residents.filter(~Exists(_held()))


def _held() -> QuerySet[Charge]:
    return Charge.objects.filter(resident=OuterRef("pk"), until=None, duty__village=OuterRef("village"))


def tree(user: User) -> list[VillageDuties]:
    """The villages of ``user``, by code; five queries whatever their number. People are those on the live register."""
    places = Place.objects.current().villages().inside(user.scope("duties.view").prefixes)
    villages = {place.pk: VillageDuties(place) for place in places}
    mine = Resident.objects.visible_to(user, "duties.view").live().filter(village__in=villages).order_by()
    with_head = Count("pk", Q(Exists(_held())))
    parts: dict[tuple[int, str], Part] = {}
    rows = mine.values_list("village", "group_no").annotate(people=Count("pk"), held=with_head)
    for village, group, people, held in sorted(rows, key=lambda row: group_order(row[1])):
        part = parts[village, group] = Part(group, people, held)
        villages[village].parts.append(part)
    in_grid = dict(_counted(mine.exclude(grid="").values_list("village", "grid").annotate(Count("pk"))))
    charged = dict(
        Charge.objects.filter(until=None, duty__village__in=villages, resident__removed_on=None)
        .filter(resident__village=F("duty__village"))
        .order_by()
        .values_list("duty")
        .annotate(Count("pk"))
    )
    duties = DutyAssignment.objects.visible_to(user).current().select_related("holder", "village")
    for duty in duties:
        village = villages.get(duty.village_id)
        if village is not None:
            _hang(village, duty, parts, in_grid, charged)
    return list(villages.values())


def _hang(village: VillageDuties, duty: DutyAssignment, parts, in_grid, charged) -> None:
    if duty.level == DutyLevel.LEADER:
        village.leader = duty
    elif duty.level == DutyLevel.HEAD:
        village.heads.append((duty, charged.get(duty.pk, 0)))
    elif duty.group_no:
        part = parts.get((village.place.pk, duty.group_no))
        if part is None:  # a group nobody is registered in (any more) still has its cadre
            part = Part(duty.group_no, 0, 0)
            village.parts.append(part)
        part.cadre = duty
    else:
        village.grids.append((duty, in_grid.get((village.place.pk, duty.grid), 0)))


def _counted(rows):
    for village, grid, people in rows:
        yield (village, grid), people


def gaps(villages: list[VillageDuties]) -> dict[str, list]:
    """Who has nobody: villages without a leader, groups without a cadre, villages with people without a head."""
    bare = defaultdict(list)
    for village in villages:
        if village.leader is None:
            bare["leader"].append(village)
        bare["cadre"] += [(village, part) for part in village.bare_parts]
        if village.headless:
            bare["head"].append(village)
    return {key: bare[key] for key in ("leader", "cadre", "head")}
