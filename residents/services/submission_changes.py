"""What happened on a register since it was handed in: the frozen version against the people of today."""

from dataclasses import dataclass

from residents.choices import INFLOW, SubmissionKind
from residents.models import RegisterMember, RegisterVersion, Resident, Submission
from residents.services.versions import COMPARED, COPIED, Difference, compare, on_register


@dataclass(frozen=True)
class Line:
    """A person who entered, left or changed; ``words`` says what."""

    resident: Resident
    words: str = ""


@dataclass(frozen=True)
class Changes:
    """Since ``version``: names, in the order of the register."""

    version: RegisterVersion
    entered: list[Line]
    left: list[Line]
    changed: list[Line]

    @property
    def is_empty(self) -> bool:
        return not (self.entered or self.left or self.changed)

    @property
    def parts(self) -> list[tuple[str, list[Line]]]:
        """(word, people) in the order of the page."""
        return [("新增", self.entered), ("减少", self.left), ("变更", self.changed)]

    @property
    def words(self) -> str:
        """新增 3,减少 1,变更 5."""
        return f"新增 {len(self.entered)},减少 {len(self.left)},变更 {len(self.changed)}"


def since(submission: Submission) -> Changes | None:
    """The live register against the version handed in last; None before the first hand-in. Three queries."""
    version = submission.version
    if version is None:
        return None
    keys = list(COPIED)
    was = {row[0]: dict(zip(keys, row, strict=True)) for row in version.members.values_list(*keys)}
    live = on_register(
        submission.call.campaign,
        None if submission.organisation else submission.place,
        submission.organisation,
    )
    now = {row[0]: dict(zip(keys, row, strict=True)) for row in live.values_list(*COPIED.values())}
    was = {pk: row for pk, row in was.items() if belongs(submission, row["residence"])}
    now = {pk: row for pk, row in now.items() if belongs(submission, row["residence"])}
    both = {
        pk: "、".join(word for field, word in COMPARED.items() if was[pk][field] != now[pk][field])
        for pk in was.keys() & now.keys()
    }
    differing = {pk: words for pk, words in both.items() if words}
    people = Resident.objects.in_bulk((was.keys() ^ now.keys()) | differing.keys())
    ordered = sorted(people.values(), key=lambda person: (person.village_code, person.group_no, person.name))
    return Changes(
        version,
        entered=[Line(p) for p in ordered if p.pk not in was],
        left=[Line(p, p.get_removal_display()) for p in ordered if p.pk not in now],
        changed=[Line(p, differing[p.pk]) for p in ordered if p.pk in differing],
    )


def against_former(submission: Submission) -> Changes | None:
    """The version handed in against the one that was accepted or handed in before it; None for the first."""
    if submission.version is None:
        return None
    earlier = (
        submission.steps.filter(version__isnull=False).exclude(version=submission.version).values("version")
    )
    former = RegisterVersion.objects.filter(pk__in=earlier).order_by("frozen_at").last() or submission.base
    if former is None:
        return None
    found: Difference = compare(former, submission.version)

    def mine(member: RegisterMember) -> bool:
        return belongs(submission, member.residence)

    return Changes(
        former,
        entered=[Line(row.resident) for row in found.entered if mine(row)],
        left=[Line(row.resident, row.resident.get_removal_display()) for row in found.left if mine(row)],
        changed=[Line(row.resident, row.words) for row in found.changed if mine(row.after)],
    )


def belongs(submission: Submission, residence: str) -> bool:
    """Of a village's register, the form of residents takes everybody but the incoming, the other form only them."""
    if submission.call.kind == SubmissionKind.RESIDENT:
        return residence not in INFLOW
    return residence in INFLOW if submission.call.kind == SubmissionKind.INFLOW else True
