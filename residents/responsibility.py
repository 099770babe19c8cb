"""Who answers for a person: 三级包干 read from the duties, for the person page, lists and reports alike.

One truth: the group head of the person, else the cadre of the group or grid, else the leader of the village. What the
census file named (``Resident.responsible_name``) is said only where no duty reaches.
"""

from collections.abc import Iterable

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.kept import Hole, Kept
from residents.choices import DutyLevel
from residents.models import Charge, DutyAssignment, Resident

_FEW = 500  # people whose charges are asked for one by one; above, those of their villages are


def _duties() -> QuerySet:
    return DutyAssignment.objects.current().select_related("holder", "village")


_OF_ONE = Kept(lambda: _duties().filter(village=Hole("village")))


class DutyBook:
    """The duties in force around some people; three queries at most, whatever their number."""

    def __init__(self, residents: Iterable[Resident]):
        people = {resident.pk: resident.village_id for resident in residents}
        villages = set(people.values())
        duties = (
            _OF_ONE(village=villages.pop()) if len(villages) == 1 else _duties().filter(village__in=villages)
        )
        self._leaders: dict[int, DutyAssignment] = {}
        self._groups: dict[tuple[int, str], DutyAssignment] = {}
        self._grids: dict[tuple[int, str], DutyAssignment] = {}
        heads: dict[int, DutyAssignment] = {}
        for duty in duties:
            if duty.level == DutyLevel.LEADER:
                self._leaders[duty.village_id] = duty
            elif duty.level == DutyLevel.HEAD:
                heads[duty.pk] = duty
            else:
                self._put_cadre(duty)
        charges = Charge.objects.filter(until=None, duty__in=heads) if heads else Charge.objects.none()
        if len(people) <= _FEW:
            charges = charges.filter(resident__in=people)
        # Who has moved to another village is no longer in the care of the old one's head.
        self._heads = {
            resident: heads[duty]
            for resident, duty in charges.values_list("resident_id", "duty_id")
            if people.get(resident) == heads[duty].village_id
        }

    def _put_cadre(self, duty: DutyAssignment) -> None:
        if duty.group_no:
            self._groups[duty.village_id, duty.group_no] = duty
        if duty.grid:
            self._grids[duty.village_id, duty.grid] = duty

    def head(self, resident: Resident) -> DutyAssignment | None:
        """小组长."""
        return self._heads.get(resident.pk)

    def cadre(self, resident: Resident) -> DutyAssignment | None:
        """包组干部, else 包网格干部."""
        village = resident.village_id
        return self._groups.get((village, resident.group_no)) or self._grids.get((village, resident.grid))

    def leader(self, resident: Resident) -> DutyAssignment | None:
        """包村领导."""
        return self._leaders.get(resident.village_id)

    def whom_to_call(self, resident: Resident) -> list[DutyAssignment]:
        """Nearest first: head, cadre, leader; whoever is missing is left out."""
        return [duty for duty in (self.head(resident), self.cadre(resident), self.leader(resident)) if duty]

    def name(self, resident: Resident) -> str:
        """The one who answers for ``resident``, or what the census said, or ""."""
        nearest = next(iter(self.whom_to_call(resident)), None)
        return nearest.name if nearest else resident.responsible_name


def answering(path: str = "") -> Coalesce:
    """The id of the duty that answers for the person of a row, as ``DutyBook`` finds it; for lists that are counted and
    filtered by it. ``path`` leads from the row to the resident ("" or "resident__")."""
    here = DutyAssignment.objects.current().filter(village=OuterRef(f"{path}village"))
    cadres = here.filter(level=DutyLevel.CADRE)
    head = Charge.objects.filter(
        until=None,
        resident=OuterRef(f"{path}pk"),
        duty__until=None,
        duty__level=DutyLevel.HEAD,
        duty__village=OuterRef(f"{path}village"),
    )
    group = cadres.exclude(group_no="").filter(group_no=OuterRef(f"{path}group_no")).order_by("-grid", "-pk")
    grid = cadres.exclude(grid="").filter(grid=OuterRef(f"{path}grid")).order_by("-group_no", "-pk")
    leader = here.filter(level=DutyLevel.LEADER)
    return Coalesce(
        Subquery(head.values("duty")[:1]),
        Subquery(group.values("pk")[:1]),
        Subquery(grid.values("pk")[:1]),
        Subquery(leader.values("pk")[:1]),
        output_field=BigIntegerField(),
    )
