"""What a village or organisation should look at before it hands its register in. Nothing here stops it: it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from places.querysets import code_range
from residents.choices import AWAY, INFLOW, Audience, IdType, ImportState, RowState, SubmissionKind
from residents.models import (
    CensusImport,
    Consent,
    Enrolment,
    Move,
    Resident,
    ResidentIdentifier,
    RosterEntry,
    Submission,
)

NAMES = 100  # named per finding on the page; the rest is counted
_LOOKED_AT = 600


@dataclass(frozen=True)
class Finding:
    """One thing to mend: how many, and the first of them by name. ``people`` is None where rows of files are counted."""

    code: str
    word: str
    advice: str
    number: int
    people: list[Resident] | None = None


def people_of(submission: Submission) -> QuerySet:
    """The live people on the register that this submission hands in."""
    people = Resident.objects.live()
    if submission.organisation_id:
        return people.on_roster_of(submission.organisation_id)
    people = people.filter(code_range("village_code", submission.place.prefix))
    if submission.call.kind == SubmissionKind.RESIDENT:
        return people.exclude(residence__in=INFLOW)
    return people.filter(residence__in=INFLOW) if submission.call.kind == SubmissionKind.INFLOW else people


def findings(submission: Submission, today: date) -> list[Finding]:
    """Everything that was checked, also what is in order (number 0). Four queries, whatever the number of people."""
    people, wrong = people_of(submission), {check.code: check.wrong(submission) for check in _CHECKS}
    counts = people.aggregate(**{code: Count("pk", filter=which) for code, which in wrong.items()})
    flagged = people.annotate(
        **{
            f"is_{code}": Case(When(which, Value(True)), default=Value(False))
            for code, which in wrong.items()
        }
    ).filter(reduce(or_, wrong.values()))
    named = list(flagged.order_by("village_code", "group_no", "name", "pk")[:_LOOKED_AT])
    found = [
        Finding(
            check.code,
            check.word,
            check.advice,
            counts[check.code],
            [person for person in named if getattr(person, f"is_{check.code}")][:NAMES],
        )
        for check in _CHECKS
    ]
    return found + _files(submission)


@dataclass(frozen=True)
class _Check:
    code: str
    word: str
    advice: str
    wrong: Callable[[Submission], Q]


def _without_document(submission: Submission) -> Q:
    real = ResidentIdentifier.objects.filter(resident=OuterRef("pk")).exclude(id_type=IdType.NONE)
    return ~Q(Exists(real))


def _away_nowhere(submission: Submission) -> Q:
    return Q(residence__in=AWAY | INFLOW, away_place="")


def _undecided(submission: Submission) -> Q:
    """On target, without a dose, and nobody has asked whether they want it."""
    campaign = submission.call.campaign_id
    mine = Enrolment.objects.filter(resident=OuterRef("pk"), campaign=campaign, is_target=True, doses_done=0)
    asked = Consent.objects.current().filter(enrolment__resident=OuterRef("pk"), enrolment__campaign=campaign)
    return Q(Exists(mine)) & ~Q(Exists(asked)) & Q(willing__isnull=True)


def _pupil_without_guardian(submission: Submission) -> Q:
    if submission.call.audience != Audience.SCHOOLS:
        return Q(pk__in=[])
    entries = _entries(submission)
    told = Q(Exists(entries.exclude(guardian_name=""))) | ~Q(guardian_name="")
    placed = Q(Exists(entries.filter(grade__isnull=False))) | ~Q(school_class="")
    return ~(told & placed)


def _unconfirmed(submission: Submission) -> Q:
    """On the roster, but the organisation has not yet said that this is right."""
    if submission.organisation_id is None:
        return Q(pk__in=[])
    return Q(Exists(_entries(submission).filter(confirmed_at__isnull=True)))


def _entries(submission: Submission) -> QuerySet:
    return RosterEntry.objects.current().filter(
        resident=OuterRef("pk"), organisation=submission.organisation_id
    )


def _moving(submission: Submission) -> Q:
    """A move or removal of the person waits for somebody's answer."""
    return Q(Exists(Move.objects.open().filter(resident=OuterRef("pk"))))


_CHECKS = [
    _Check("document", "没有证件", "补登证件号码;确实没有的写明原因和担保人。", _without_document),
    _Check("phone", "没有电话", "补登本人或家人的电话,通知接种要用。", lambda submission: Q(phone="")),
    _Check("away", "外出或流入没写地方", "写明外出地(流出地)的省、市、县。", _away_nowhere),
    _Check("willing", "应种未种、没有问过意愿", "逐人询问是否愿意接种,登记意愿或知情同意。", _undecided),
    _Check("moving", "迁移或移出还没有答复", "到“迁移与移出”里办完,再上报。", _moving),
    _Check("roster", "名册还没有核对", "到单位名册里逐人核对,再点“确认名册”。", _unconfirmed),
    _Check("pupil", "学生缺监护人或班级", "补登监护人姓名和年级班级。", _pupil_without_guardian),
]


def _files(submission: Submission) -> list[Finding]:
    files = CensusImport.objects.filter(
        code_range("place__code", submission.place.prefix), organisation=submission.organisation_id
    )
    # A decision that leaves the register as it is settles the row, too.
    unsettled = Q(rows__state=RowState.REVIEW, rows__decision="")
    counts = files.aggregate(
        review=Count(
            "rows", unsettled & Q(state__in=(ImportState.CHECKED, ImportState.COMMITTED)), distinct=True
        ),
        files=Count("pk", Q(state=ImportState.CHECKED), distinct=True),
    )
    return [
        Finding("review", "导入文件里待核对的行", "到“导入待核对”逐行决定用哪一个。", counts["review"]),
        Finding("files", "检查过、还没确认的导入文件", "到“摸排导入”确认导入或放弃。", counts["files"]),
    ]
