"""The rows of a merge: who owns what afterwards, as ``residents.merge_map`` says."""

from datetime import date

from django.db.models import Max

from campaigns.models import Campaign
from core.locks import lock
from residents.merge_map import KEEP, ON_MERGE
from residents.models import Enrolment, Resident, ResidentIdentifier
from residents.services import enrolments
from residents.services.merge_doses import LABEL as DOSES
from residents.services.merge_fields import document_rank
from residents.services.merge_log import MergeLog, key_of
from residents.services.merge_rooms import Pair

_APART = {
    DOSES,
    "residents.Enrolment.resident",
}  # doses: merge_doses; enrolments: every campaign keeps one of each


def moving_keys() -> list[str]:
    """The foreign keys whose rows follow the person, in a fixed order."""
    return [label for label, (how, _) in ON_MERGE.items() if how != KEEP and label not in _APART]


def locked_pairs(
    kept: Resident, absorbed: Resident, *, actor, today: date, log: MergeLog
) -> tuple[tuple[Enrolment, Enrolment], ...]:
    """Lock every enrolment of both and pair them by campaign; the survivor is enrolled where only the other was."""
    rows = Enrolment.objects.filter(resident__in=[kept, absorbed])
    lock(Enrolment, rows.values_list("pk", flat=True))
    theirs = rows.filter(resident=absorbed).values_list("campaign", flat=True)
    mine = rows.filter(resident=kept).values_list("campaign", flat=True)
    for campaign in Campaign.objects.filter(pk__in=set(theirs) - set(mine)).order_by("pk"):
        enrolments.enrol(residents=[kept], campaign=campaign, actor=actor, today=today)
        log.made += list(rows.filter(resident=kept, campaign=campaign).values_list("pk", flat=True))
    lock(Enrolment, log.made)
    by_campaign: dict[int, dict[int, Enrolment]] = {}
    for row in rows.all().order_by("campaign"):
        by_campaign.setdefault(row.campaign_id, {})[row.resident_id] = row
    both = [row for row in by_campaign.values() if len(row) == 2]
    return tuple((row[kept.pk], row[absorbed.pk]) for row in both)


def move_rows(pair: Pair, log: MergeLog) -> None:
    """Point every row of the absorbed record to the survivor. Where the survivor has an equal row, the other stays."""
    moved: dict[str, int] = {}
    stayed: dict[str, int] = {}
    for label in moving_keys():
        model, name = key_of(label)
        word = str(model._meta.verbose_name)
        for old, new in owners(label, pair):
            gone, left = log.move(label, model._base_manager.filter(**{name: old}), new)
            moved[word] = moved.get(word, 0) + len(gone)
            stayed[word] = stayed.get(word, 0) + len(left)
    if told := "、".join(f"{word} {count} 条" for word, count in moved.items() if count):
        log.words.append(f"移到保留的档案:{told}")
    if told := "、".join(f"{word} {count} 条" for word, count in stayed.items() if count):
        log.words.append(f"两份档案都有、不再重复移动:{told}")


def owners(label: str, pair: Pair) -> list[tuple[int, int]]:
    """(absorbed's id, survivor's id) of the rows that ``label`` points to: the two people, or their enrolments."""
    model, name = key_of(label)
    if model._meta.get_field(name).related_model is Enrolment:
        return [(absorbed.pk, kept.pk) for kept, absorbed in pair.enrolments]
    return [(pair.absorbed.pk, pair.kept.pk)]


def last_rows() -> dict[str, int]:
    """The highest id of every table that follows a person: what is higher later, came after the merge."""
    return {
        label: key_of(label)[0]._base_manager.aggregate(last=Max("pk"))["last"] or 0
        for label in [DOSES, *moving_keys()]
    }


def choose_primary(kept: Resident, log: MergeLog) -> None:
    """One document stands on lists: the one that proves most, among equals the survivor's own."""
    came = {pk for label, _, pk, _, _ in log.moved if label == ResidentIdentifier._meta.label}
    documents = list(ResidentIdentifier.objects.filter(resident=kept).order_by("pk"))
    ranked = sorted(documents, key=lambda d: (document_rank(d), d.pk in came, not d.is_primary, d.pk))
    for document in documents:
        log.change(document, is_primary=document == ranked[0])
