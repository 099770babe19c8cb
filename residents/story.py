"""What the register itself knows of a person's story, for the one timeline (``core.timeline``)."""

from collections.abc import Iterator

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from core.models import AuditEvent
from core.timeline import Event
from residents.choices import MoveKind, MoveState, RecordSource, Removal
from residents.models import (
    Consent,
    Hold,
    Merge,
    Outreach,
    Resident,
    VaccinationRecord,
)
from residents.services.edits import field_label

# What the register's part of the story is told from, fetched once.
_HISTORY = (
    Prefetch("records", VaccinationRecord.objects.select_related("vaccine", "voided_by")),
    "enrolments",
    Prefetch("enrolments__holds", Hold.objects.select_related("by", "lifted_by")),
    Prefetch("enrolments__consents", Consent.objects.select_related("recorded_by")),
    Prefetch("outreaches", Outreach.objects.select_related("by")),
)
# What the audit trail tells of rides: action → word.
_LIFTS = {
    "lift.requested": "申请接送",
    "lift.arranged": "安排接送",
    "lift.finished": "已接送",
    "lift.cancelled": "取消接送",
}
_DEEDS = (
    *_LIFTS,
    "resident.added",
    "resident.edited",
    "resident.document_added",
    "resident.removed",
    "resident.restored",
    "resident.imported",
    "counting.settled",
    "move.proposed",
    *(f"move.{state}" for state in MoveState.values),
)


def events(resident: Resident) -> list[Event]:
    """Registered, edited, removed, doses, holds, consents, visits, rides, merges; eight queries whatever the length."""
    prefetch_related_objects([resident], *_HISTORY)
    return [
        *_deeds(resident),
        *_doses(resident),
        *_holds(resident),
        *_consents(resident),
        *_merges(resident),
        *_outreaches(resident),
    ]


def _deeds(resident: Resident) -> Iterator[Event]:
    rows = AuditEvent.objects.filter(subject=str(resident.uid), action__in=_DEEDS).select_related("actor")
    registered = False
    for row in rows.order_by("at", "id"):
        registered |= row.action in ("resident.added", "resident.imported")
        word, text = _told(row)
        page = reverse("residents:move", args=[row.data["uid"]]) if row.action.startswith("move.") else ""
        yield Event(row.at, word, f"{text}{_by(row.actor)}", page, "residents.view")
    if not registered:  # a bulk import is one audit row, not one per person
        yield Event(resident.created_at, "登记", f"列入名册{_by(resident.created_by)}")


def _told(row: AuditEvent) -> tuple[str, str]:
    data = row.data
    if row.action in _LIFTS:
        words = (data.get(key) for key in ("on", "driver", "plate", "reason"))
        return _LIFTS[row.action], " ".join(filter(None, words))
    if row.action == "resident.edited":
        changes = data.get("changes", {})
        return "修改资料", ";".join(
            f"{field_label(name)} 由“{old or '空'}”改为“{new or '空'}”"
            for name, (old, new) in changes.items()
        )
    if row.action == "resident.removed":
        note = f",{data['note']}" if data.get("note") else ""
        return "移出名册", f"{Removal(data['removal']).label},{data['on']}{note}"
    if row.action == "resident.restored":
        return "恢复到名册", data.get("reason", "")
    if row.action == "counting.settled":
        return _settled(data), data["reason"]
    if row.action.startswith("move."):
        note = f",{data['note']}" if data["note"] else ""
        return _move_word(row.action, data["kind"]), f"{data['told']}{note}"
    if row.action == "resident.document_added":
        return "添加证件", data.get("document", "")
    return "登记", "列入名册"


def _settled(data: dict) -> str:
    if data["by_rule"]:
        return "改回按规则计入"
    return f"裁定计入 {data['name']}" if data["unit"] else "裁定不计入"


def _move_word(action: str, kind: str) -> str:
    state = action.removeprefix("move.")
    word = MoveKind(kind).label
    return f"提出{word}" if state == "proposed" else f"{word}{MoveState(state).label}"


def _doses(resident: Resident) -> Iterator[Event]:
    for row in resident.records.all():
        place = row.given_at_place or row.get_source_display()
        doubt = "" if row.is_verified else ",存疑待核实"
        source = "" if row.source == RecordSource.HERE else f"({row.get_source_display()}{doubt})"
        yield Event(row.given_on, f"第{row.dose_number}剂", f"{row.vaccine},{place}{source}")
        if row.verified_at:
            yield Event(row.verified_at, "核实", f"{row.given_on} 的接种属实:{row.proof}")
        if row.voided_at:
            text = f"{row.given_on} 的接种记录作废:{row.void_reason}{_by(row.voided_by)}"
            yield Event(row.voided_at, "作废", text)


def _holds(resident: Resident) -> Iterator[Event]:
    rows = [hold for enrolment in resident.enrolments.all() for hold in enrolment.holds.all()]
    for row in rows:
        until = f",至{row.until}" if row.until else ""
        yield Event(row.at, row.get_kind_display(), f"{row.reason}{until}{_by(row.by)}")
        if row.lifted_at:
            word = f"解除{row.get_kind_display()}"
            yield Event(row.lifted_at, word, f"{row.lift_reason}{_by(row.lifted_by)}")


def _consents(resident: Resident) -> Iterator[Event]:
    rows = [consent for enrolment in resident.enrolments.all() for consent in enrolment.consents.all()]
    for row in rows:
        word = "同意接种" if row.given else "不同意接种"
        who = f"{row.signer_name}({row.get_relation_display()})"
        yield Event(
            row.signed_at,
            word,
            f"第{row.dose_number}剂,{who},{row.get_channel_display()}{_by(row.recorded_by)}",
        )
        if row.withdrawn_at:
            yield Event(row.withdrawn_at, "撤回同意", row.end_reason)


def _merges(resident: Resident) -> Iterator[Event]:
    rows = Merge.objects.touching([resident.pk]).select_related(
        "kept__village", "absorbed__village", "by", "undone_by"
    )
    for row in rows:
        is_kept = row.kept_id == resident.pk
        other = row.absorbed.village if is_kept else row.kept.village
        text = f"{other}的一份重复档案并入" if is_kept else f"并入{other}的档案"
        page = row.get_absolute_url()
        yield Event(row.at, "合并档案", f"{text}:{row.reason}{_by(row.by)}", page, "residents.merge")
        if row.undone_at:
            yield Event(
                row.undone_at, "撤销合并", f"与{other}的档案分开:{row.undo_reason}{_by(row.undone_by)}"
            )


def _outreaches(resident: Resident) -> Iterator[Event]:
    for row in resident.outreaches.all():
        more = [row.next_step, row.note, row.next_on and f"{row.next_on} 再联系"]
        text = ";".join(filter(None, [row.outcome_word, *more]))
        yield Event(row.at, f"{row.get_kind_display()}走访", f"{text}{_by(row.by)}")


def _by(user) -> str:
    return f" — {user}" if user else ""
