"""Visits and doses when two records of one person are merged: never while the person is on the floor."""

from clinic.models import Dose, Visit
from residents.models import Resident, VaccinationRecord
from residents.services.merge_rooms import Room

LABEL = "clinic.Visit.enrolment"


class FloorRoom(Room):
    """A nurse who works with a record must not have it changed under her hands."""

    def refusal(self, people: list[Resident]) -> str:
        here = Visit.objects.on_floor().filter(enrolment__resident__in=people).select_related("site")
        visit = here.first()
        if visit is None:
            return ""
        return (
            f"此人正在{visit.site}现场(排队号 {visit.queue_no},{visit.get_stage_display()}),"
            "请等离场后再合并或撤销合并。"
        )

    def follows(self, moved) -> set[int]:
        """A dose that was put right after the merge goes where its visit goes."""
        back = Dose.objects.filter(visit__in=moved.get(Visit, ()))
        back = back.exclude(record__in=moved.get(VaccinationRecord, ()))
        return set(back.values_list("record", flat=True))
