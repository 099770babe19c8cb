"""Who cares for a person, who drives the person, whose roster lists the person and which register claims the person, when
two records are merged: one of each, not two."""

from django.utils import timezone

from residents.choices import LiftState, MoveState
from residents.models import Charge, LiftRequest, Move, RosterEntry
from residents.services.merge_log import MergeLog
from residents.services.merge_rooms import Pair, Room

CHARGES = "residents.Charge.resident"
LIFTS = "residents.LiftRequest.resident"
ROSTERS = "residents.RosterEntry.resident"
MOVES = "residents.Move.resident"


class ChargeRoom(Room):
    """One group head at a time: the survivor's stays."""

    def join(self, pair: Pair, log: MergeLog) -> None:
        is_open = Charge.objects.filter(until__isnull=True).select_related("duty__holder")
        mine = is_open.filter(resident=pair.kept).first()
        for charge in is_open.filter(resident=pair.absorbed) if mine else ():
            log.change(charge, until=timezone.localdate(pair.now))
            log.words.append(f"包保人以保留档案的{mine.duty.name}为准,{charge.duty.name}的包保到今天为止")


class LiftRoom(Room):
    """One ride a day: the survivor's stays."""

    def join(self, pair: Pair, log: MergeLog) -> None:
        wanted = LiftRequest.objects.exclude(state=LiftState.CANCELLED)
        days = set(wanted.filter(resident=pair.kept).values_list("on", flat=True))
        for lift in wanted.filter(resident=pair.absorbed, on__in=days).order_by("pk"):
            log.change(lift, state=LiftState.CANCELLED, end_reason="合并重复档案:当天已有一次接送")
            log.words.append(f"取消 {lift.on} 重复的接送")


class RosterRoom(Room):
    """Once on a roster: the survivor's entry stays."""

    def join(self, pair: Pair, log: MergeLog) -> None:
        today = timezone.localdate(pair.now)
        current = RosterEntry.objects.filter(until__isnull=True).select_related("organisation")
        mine = set(current.filter(resident=pair.kept).values_list("organisation_id", flat=True))
        for entry in current.filter(resident=pair.absorbed, organisation__in=mine).order_by("pk"):
            log.change(entry, until=max(entry.since, today), end_reason="合并重复档案:同一人在名册上列了两次")
            log.words.append(f"{entry.organisation}的名册上保留一条,重复的一条到今天为止")


class MoveRoom(Room):
    """One open proposal at a time, about the register on which the survivor really is: its own before the other's."""

    def join(self, pair: Pair, log: MergeLog) -> None:
        village, standing = pair.kept.village_id, False
        for person in (pair.kept, pair.absorbed):
            for move in Move.objects.open().filter(resident=person).select_related("from_place", "to_place"):
                if not standing and move.from_place_id == village and move.to_place_id != village:
                    standing = True
                    continue
                log.change(
                    move,
                    state=MoveState.WITHDRAWN,
                    answered_by_id=pair.actor.pk if pair.actor else None,
                    answered_at=pair.now,
                    answer_note="合并重复档案:以保留的档案为准,这一条不再办理",
                )
                log.words.append(f"等待答复的迁移({move.told})不再办理")

    def why_not_restored(self, row: Move) -> str:
        """A proposal made since the merge stays: one person has one open at most."""
        newer = Move.objects.open().filter(resident=row.resident_id).exclude(pk=row.pk)
        return f"迁移({row.told}):现在另有一条等待答复" if newer.exists() else ""
