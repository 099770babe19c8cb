"""The work desk: for every role the numbers that say what must be done today, each opening its list.

It stands on the top floor because it reads every room. One provider per kind of role; each asks a handful of counting
queries, whatever the number of people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.choices import ORGANISATION_ROLES, Role
from accounts.models import User
from accounts.querysets import audit_visible_to
from accounts.services.qualifications import WARN_DAYS
from appointments import second_doses
from appointments.choices import Band, BookingState, SessionState
from appointments.models import Booking, ClinicSession, RosterSubmission
from campaigns.models import Campaign
from clinic.choices import Stage
from clinic.models import AdverseEvent, Correction, Visit
from core.choices import JobState
from core.models import AuditEvent, Job
from inventory.models import StockLevel
from places.models import Organisation, Place
from places.querysets import any_code_range
from reports import metrics
from reports.choices import TargetKind
from reports.models import Target
from reports.services import rollups
from residents import doctors, rounds, submission_board
from residents.choices import EnrolmentStatus, ImportState
from residents.models import CensusImport, CensusRow, Enrolment, Move, PairMark, RosterEntry
from residents.services import reconciling, roster_reads
from vaxcampaign.navigation import address


@dataclass(frozen=True)
class Card:
    """One number of the desk. ``kind`` is "", "due" (to be done) or "stop" (something is wrong); it only colours."""

    word: str
    number: int | str
    address: str = ""
    kind: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Moment:
    """Who asks, in which campaign, when."""

    user: User
    campaign: Campaign | None
    now: datetime

    @property
    def today(self):
        return timezone.localdate(self.now)

    @property
    def tomorrow(self):
        return self.today + timedelta(days=1)

    @property
    def cutoff(self) -> datetime | None:
        """Today's moment after which tomorrow's lists are closed (S41)."""
        if self.campaign is None:
            return None
        return timezone.make_aware(datetime.combine(self.today, self.campaign.booking_cutoff))


def cards_for(user: User, campaign: Campaign | None, now: datetime) -> list[tuple[str, list[Card]]]:
    """(role in words, cards) for each kind of work the user does today."""
    moment, groups, seen = Moment(user, campaign, now), [], set()
    for assignment in user.roles():
        provider = PROVIDERS[Role(assignment.role)]
        if provider not in seen:
            seen.add(provider)
            groups.append((str(assignment), provider(moment)))
    return groups


def open_jobs(user: User) -> list[Job]:
    """The user's jobs that are still going on."""
    return list(Job.objects.filter(created_by=user, state__in=(JobState.WAITING, JobState.RUNNING))[:10])


def _link(name: str, **query) -> str:
    where = address(name)
    return f"{where}?{urlencode(query)}" if where and query else where


def _todo(number: int, kind: str = "due") -> str:
    return kind if number else ""


def _people(moment: Moment) -> list[Card]:
    """Village, school, employer: whom to bring, whom to book, what to look through."""
    if moment.campaign is None:
        return []
    today = moment.today
    mine = Enrolment.objects.visible_to(moment.user).filter(campaign=moment.campaign)
    ahead = Booking.objects.active().filter(enrolment=OuterRef("pk"), slot__session__on__gte=today)
    week = (today, today + timedelta(days=7))
    found = _counted(
        moment,
        due=mine.due(today),
        overdue=mine.overdue(today),
        unbooked=mine.due(today).exclude(Exists(ahead)),
        tomorrow=_bookings(moment, moment.tomorrow).active(),
        lists=_lists(moment),
        hold=mine.filter(status=EnrolmentStatus.HOLD, hold_until__range=week),
        review=mine.filter(status=EnrolmentStatus.REVIEW),
        second=_seconds(moment),
        missing=_missing(moment),
        imports=CensusImport.objects.visible_to(moment.user).filter(state=ImportState.CHECKED),
        moves=Move.objects.awaiting(moment.user),
        reviews=_open_reviews(moment),
        **_guests(moment),
    )

    def card(word: str, name: str, kind: str = "due", *, where: str = "") -> Card:
        return Card(
            word, found[name], where or _link("residents:list", status=name), _todo(found[name], kind)
        )

    return [
        card("可接种", "due"),
        card("已超期", "overdue", "stop"),
        card("可接种、还没预约", "unbooked", where=_link("appointments:list")),
        _second_card(found["second"]),
        *_missing_card(found["missing"]),
        _tomorrow(moment, found["tomorrow"], found["lists"]),
        card("7 天内暂缓到期", "hold"),
        card("待核实", "review"),
        card("摸排文件待确认", "imports", where=_link("residents:import")),
        *_round(moment),
        *_owed(moment),
        _moves(found["moves"]),
        _reviews(found["reviews"]),
        *_guest_cards(found),
    ]


def _seconds(moment: Moment) -> QuerySet:
    """Who should have had the next dose, or should within a week, and has no place yet."""
    rows = second_doses.waiting(moment.user, moment.campaign, moment.today)
    pressing = second_doses.in_band(Band.OVERDUE, moment.today) | second_doses.in_band(
        Band.CLOSING, moment.today
    )
    return rows.filter(pressing, booked_on=None)


def _second_card(number: int) -> Card:
    where = _link("appointments:second")
    return Card("第2剂该催的人", number, where, _todo(number, "stop"), "逾期或 7 天内到期限,还没约")


def _missing(moment: Moment) -> QuerySet:
    """Who was expected today at an hour that has passed, and has not come (S112)."""
    over = Q(state=BookingState.BOOKED, slot__ends_at__lte=timezone.localtime(moment.now).time())
    return _bookings(moment, moment.today).filter(over | Q(state=BookingState.NO_SHOW))


def _missing_card(number: int) -> list[Card]:
    where = _link("appointments:list", when="today")
    return [Card("今天约了没来的人", number, where, "stop", "开场次,点“点名”")] if number else []


def _round(moment: Moment) -> list[Card]:
    """Whom to visit today, and whose promise has passed; for who goes from door to door."""
    if not moment.user.can("outreach.log"):
        return []
    counts = rounds.counts(moment.user, moment.campaign, moment.today)
    return [
        Card(
            "今天要走访", counts["today"], _link("residents:outreach", when="today"), _todo(counts["today"])
        ),
        Card(
            "承诺到期还没来",
            counts["promised"],
            _link("residents:outreach", when="promised"),
            _todo(counts["promised"], "stop"),
        ),
    ]


def _owed(moment: Moment) -> list[Card]:
    """Registers and plans to hand in; the hint is the nearest deadline."""
    cells = submission_board.owed_by(moment.user, moment.campaign, moment.now)
    missing = [cell for cell in cells if cell.is_missing]
    if not cells:
        return []
    late = any(cell.is_overdue for cell in missing)
    due = timezone.localtime(min((cell.call.due_at for cell in missing), default=moment.now))
    hint = f"最近的 {due:%m-%d %H:%M} 截止" if missing else ""
    kind = "stop" if late else _todo(len(missing))
    return [Card("报表还没上报", len(missing), _link("residents:submissions"), kind, hint)]


def _handed_in(moment: Moment) -> list[Card]:
    """What waits to be accepted, and who has let a deadline pass."""
    if not moment.user.can("submissions.decide"):
        return []
    found = submission_board.waiting_and_overdue(moment.user, moment.campaign, moment.now)
    if found is None:
        return []
    waiting, late = found
    where = _link("residents:submissions")
    return [
        Card("上报待接收", waiting, where, _todo(waiting)),
        Card("逾期没有上报", late, where, _todo(late, "stop")),
    ]


def _rosters(moment: Moment) -> list[Card]:
    """School and employer: who on the own rosters waits for a look, and who is not vaccinated at all."""
    own = moment.user.scope("members.own").organisations
    entries = RosterEntry.objects.current().filter(organisation__in=own)
    found = roster_reads.totals(entries, moment.campaign)
    where = address("residents:rosters")
    if len(own) == 1 and where:
        where = reverse("residents:roster", args=own)
    return [
        Card("名册待核对", found["unchecked"], f"{where}?state=unchecked", _todo(found["unchecked"])),
        Card("名册上未接种", found["none"], f"{where}?state=none", _todo(found["none"])),
    ]


def _registrar(moment: Moment) -> list[Card]:
    """The floor's own work, and what the schools' lists say otherwise (S33)."""
    mine = Organisation.objects.reached_by(moment.user, "members.check")
    number = reconciling.waiting(mine, moment.campaign)
    steps = _floor(("待预检", {Stage.CHECKED_IN}), ("待知情同意", {Stage.PASSED}))
    lists = Card("学校名单待核实", number, _link("residents:reconciliations"), _todo(number))
    return [*_shut_doors(_unopened(moment).count()), *steps(moment), lists]


def _unopened(moment: Moment):
    """Today's sessions the user prepares where nobody can be checked in yet."""
    mine = ClinicSession.objects.prepared_by(moment.user)
    return mine.filter(on=moment.today, state=SessionState.OPEN, started_at=None)


def _shut_doors(number: int) -> list[Card]:
    where = _link("appointments:list", when="today")
    return [Card("今天还没开场的场次", number, where, "stop", "先做开场检查")] if number else []


def _screener(moment: Moment) -> list[Card]:
    """The doctor's own step, and who waits for a judgement before the day (S109)."""
    cards = _floor(("等待预检", {Stage.CHECKED_IN}))(moment)
    rows = doctors.waiting(moment.user, moment.campaign, moment.today)
    steps = {step: doctors.of_step(rows, step, moment.today) for step, _ in doctors.STEPS}
    found = _counted(moment, unopened=_unopened(moment), to_confirm=_to_confirm(moment), **steps)
    asked = [
        Card(word, found[step], _link("residents:doctors", step=step), _todo(found[step]))
        for step, word in doctors.STEPS
    ]
    return [*_corrections(found["to_confirm"]), *_shut_doors(found["unopened"]), *cards, *asked]


def _organisation(moment: Moment) -> list[Card]:
    return _rosters(moment) + _people(moment)


def _counted(moment: Moment, **rows: QuerySet) -> dict[str, int]:
    """How many rows each of several queries has, asked as one query: the desk must stay quick whatever it shows."""
    numbers = {
        name: Coalesce(
            Subquery(found.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n")), Value(0)
        )
        for name, found in rows.items()
    }
    return User.objects.filter(pk=moment.user.pk).values(**numbers).get()


def _moves(number: int) -> Card:
    return Card("迁移、移出等我答复", number, _link("residents:moves", show="mine"), _todo(number))


def _open_reviews(moment: Moment):
    return CensusRow.objects.open_reviews().visible_to(moment.user)


def _reviews(number: int) -> Card:
    return Card("导入待核对", number, _link("residents:reviews"), _todo(number))


def _bookings(moment: Moment, day):
    return Booking.objects.visible_to(moment.user).filter(slot__session__on=day)


def _office(moment: Moment) -> list[Card]:
    """Town and county: progress against target, today's and tomorrow's sessions, what lags or runs short."""
    cards = _progress(moment) if moment.campaign else []
    sessions = ClinicSession.objects.visible_to(moment.user).exclude(state=SessionState.CANCELLED)
    days = dict(
        sessions.filter(on__in=(moment.today, moment.tomorrow))
        .order_by()
        .values_list("on")
        .annotate(Count("pk", distinct=True))
    )
    cards += [
        Card("今天的场次", days.get(moment.today, 0), _link("appointments:list")),
        Card("明天的场次", days.get(moment.tomorrow, 0), _link("appointments:list")),
    ]
    until = moment.today + timedelta(days=WARN_DAYS)
    untrained = User.objects.without_certificate(moment.user, today=moment.today, until=until)
    waiting = _counted(
        moment,
        untrained=User.objects.filter(pk__in=untrained.values("pk")),  # each account once
        **_village_lists(moment),
        **_reactions(moment),
        **_guests(moment),
        unopened=_unopened(moment),
        reviews=_open_reviews(moment),
        moves=Move.objects.awaiting(moment.user),
        pairs=PairMark.objects.waiting_for(moment.user),
        missing=_missing(moment),
        second=_seconds(moment) if moment.campaign else Enrolment.objects.none(),
        to_confirm=_to_confirm(moment),
    )
    cards += _corrections(waiting["to_confirm"])
    cards += [_second_card(waiting["second"]), *_missing_card(waiting["missing"])]
    cards += _shut_doors(waiting["unopened"])
    if days.get(moment.tomorrow):
        cards += _late_villages(moment, waiting)
    reactions = waiting["reactions"]
    cards.append(
        Card(
            "未结案的异常反应",
            reactions,
            _link("clinic:aefi") or _link("clinic:board"),
            _todo(reactions, "stop"),
        )
    )
    cards += _urgent(waiting)
    cards += _guest_cards(waiting)
    cards.append(_moves(waiting["moves"]))
    if moment.user.can("residents.import"):
        cards.append(_reviews(waiting["reviews"]))
    if moment.user.can("residents.merge"):
        pairs = waiting["pairs"]
        cards.append(Card("村里报的重复档案", pairs, _link("residents:duplicates"), _todo(pairs)))
    return cards + _handed_in(moment) + _stock(moment)[:2] + _certificates(waiting["untrained"])


def _reactions(moment: Moment) -> dict[str, QuerySet]:
    """Cases of reactions by what has to be done about them."""
    mine = AdverseEvent.objects.visible_to(moment.user)
    return {
        "reactions": mine.open(),
        "unseen": mine.unseen(),
        "cards": mine.card_due(),
        "late_cards": mine.card_due().filter(report_due__lt=moment.now),
        "clusters": mine.in_groups_to_judge(),
    }


def _guests(moment: Moment) -> dict[str, QuerySet]:
    """Guests of the last week (S116): others at our sites, ours at the sites of others."""
    week = {"on__gt": moment.today - timedelta(days=7)}
    return {
        "guests_here": Visit.objects.guests_here(moment.user).filter(**week),
        "guests_away": Visit.objects.guests_away(moment.user).filter(**week),
    }


def _guest_cards(counts: dict[str, int]) -> list[Card]:
    """Only while there are any: most townships have none."""
    words = {"guests_here": "外镇群众来接种(7 天)", "guests_away": "本镇(村)居民在外镇接种(7 天)"}
    return [
        Card(word, counts[name], _link("clinic:guests", show=name.removeprefix("guests_")))
        for name, word in words.items()
        if counts[name]
    ]


def _urgent(waiting: dict[str, int]) -> list[Card]:
    """What must not wait about reactions; a card only while there is something (S24, S105)."""
    where = "clinic:aefi"
    found = []
    if waiting["clusters"]:
        found.append(
            Card(
                "可能的群体性反应(例)", waiting["clusters"], _link(where, todo="group"), "stop", "请马上判断"
            )
        )
    if waiting["unseen"]:
        found.append(Card("新的异常反应,还没知悉", waiting["unseen"], _link(where, todo="unseen"), "stop"))
    if waiting["cards"]:
        late = waiting["late_cards"]
        hint = f"其中 {late} 例已超时" if late else ""
        found.append(
            Card(
                "个案卡待上报",
                waiting["cards"],
                _link(where, card_state="due"),
                "stop" if late else "due",
                hint,
            )
        )
    return found


def _observing(moment: Moment) -> list[Card]:
    """The observation nurse: who sits here, and which cases wait for their card."""
    waiting = _counted(moment, **_reactions(moment))
    found = [card for card in _urgent(waiting) if "知悉" not in card.word]
    return _floor(("留观中", {Stage.OBSERVING}))(moment) + found


def _corrections(number: int) -> list[Card]:
    """Doses somebody says were recorded wrongly: nothing moves before a second person agrees."""
    where = _link("clinic:corrections", state="proposed")
    return [Card("接种更正等我确认", number, where, "stop")] if number else []


def _to_confirm(moment: Moment):
    return Correction.objects.confirmable_by(moment.user)


def _vaccinator(moment: Moment) -> list[Card]:
    steps = _floor(("等待接种", {Stage.PASSED, Stage.CONSENTED}))
    return [*_corrections(_to_confirm(moment).count()), *steps(moment)]


def _certificates(number: int) -> list[Card]:
    """A vaccinator without a valid certificate is stopped at the needle: say so before the day begins."""
    where = _link("accounts:list", certificate="due")
    return [Card("接种员证书缺少或将到期", number, where, "stop")] if number else []


def _progress(moment: Moment) -> list[Card]:
    campaign, prefixes = moment.campaign, moment.user.scope("reports.view").prefixes
    today, sums = rollups.day_and_sums(
        campaign, prefixes, day=moment.today, now=moment.now, of=(metrics.FIRST, *metrics.DOSES)
    )
    done = sum(values.get(metrics.FIRST.code, 0) for values in sums.values())
    doses = sum(values.get(dose.code, 0) for values in today.values() for dose in metrics.DOSES)
    villages = any_code_range("place__code", prefixes) & Q(place__level="village")
    target = (
        Target.objects.current()
        .filter(villages, campaign=campaign, kind=TargetKind.FIRST)
        .aggregate(people=Sum("quantity"))["people"]
    )
    where = _link("reports:dashboard")
    rate = f"{done / target:.1%}" if target else "未下达任务"
    hint = f"{done:,} / {target:,} 人" if target else f"已完成 {done:,} 人"
    return [
        Card("首剂完成率", rate, where or _link("reports:targets"), hint=hint),
        Card("今天接种(剂)", doses, where),
    ]


def _lists(moment: Moment):
    """The lists for tomorrow that the villages and organisations of the user have handed in."""
    scope = moment.user.scope("rosters.view")
    mine = any_code_range("place__code", scope.prefixes) | Q(organisation__in=scope.organisations)
    return RosterSubmission.objects.filter(mine, session__on=moment.tomorrow)


def _is_closed(moment: Moment) -> bool:
    return moment.cutoff is not None and moment.now >= moment.cutoff


def _tomorrow(moment: Moment, booked: int, lists: int) -> Card:
    """Booking is not enough: who is not on a list that was handed in is not expected tomorrow (S41)."""
    missing = booked and not lists
    hint = "名单还没有上报" if missing else ""
    kind = ("stop" if _is_closed(moment) else "due") if missing else ""
    return Card("明天已预约", booked, _link("appointments:roster"), kind, hint)


def _village_lists(moment: Moment) -> dict[str, QuerySet]:
    """Villages that have sent no list for tomorrow, and those whose late list nobody has let in."""
    villages = Place.objects.current().villages().inside(moment.user.scope("sessions.view").prefixes)
    sent = _lists(moment).filter(organisation=None)
    held = _lists(moment).filter(is_late=True, approved_by=None)
    return {
        "listless": villages.exclude(code__in=sent.values("place__code")),
        "held": villages.filter(code__in=held.values("place__code")),
    }


def _late_villages(moment: Moment, counts: dict[str, int]) -> list[Card]:
    late, where = _is_closed(moment), _link("appointments:roster")
    word = "明天没有上报名单的村(已过截止)" if late else "明天还没上报名单的村"
    return [
        Card(word, counts["listless"], where, _todo(counts["listless"], "stop" if late else "due")),
        Card("逾期名单待批准的村", counts["held"], where, _todo(counts["held"], "stop")),
    ]


def _stock(moment: Moment) -> list[Card]:
    """Low and near expiry first, then what is expired or held."""
    levels = StockLevel.objects.visible_to(moment.user)
    figures, low = levels.summary(moment.today), levels.low_vaccines(moment.today)
    return [
        Card("库存偏低的疫苗", low, _link("inventory:stock", state="low"), _todo(low, "stop")),
        Card(
            "90 天内到期的批次",
            figures["near"],
            _link("inventory:stock", state="near"),
            _todo(figures["near"]),
        ),
        Card(
            "已过期的批次",
            figures["expired"],
            _link("inventory:stock", state="expired"),
            _todo(figures["expired"], "stop"),
        ),
        Card("隔离或召回", figures["held"], _link("inventory:stock", state="held"), _todo(figures["held"])),
        Card("可用疫苗(剂)", figures["usable_doses"], _link("inventory:stock")),
    ]


def _floor(*steps: tuple[str, set[Stage]]) -> Callable[[Moment], list[Card]]:
    """The people of a step of the floor: first who waits at my step, then the whole of today's site."""

    def cards(moment: Moment) -> list[Card]:
        visits = Visit.objects.visible_to(moment.user).filter(on=moment.today).order_by()
        at = dict(visits.values_list("stage").annotate(Count("pk")))
        expected = dict(
            _bookings(moment, moment.today)
            .order_by()
            .values_list("state")
            .annotate(Count("pk", distinct=True))
        )
        mine = []
        for word, stages in steps:
            number = sum(at.get(stage, 0) for stage in stages)
            where = _link("clinic:board") if Stage.OBSERVING in stages else _link("clinic:floor")
            mine.append(Card(word, number, where, _todo(number)))
        return [
            *mine,
            Card("今天预约、还没到", expected.get(BookingState.BOOKED, 0), _link("clinic:floor")),
            Card("今天到场", sum(at.values()), _link("clinic:floor")),
            Card("今天已离场", at.get(Stage.LEFT, 0), _link("clinic:floor")),
        ]

    return cards


def _system(moment: Moment) -> list[Card]:
    """System administrator: accounts that need care, jobs that failed."""
    accounts = User.objects.visible_to(moment.user).order_by()
    locked = accounts.filter(is_active=False).count()
    fresh = accounts.filter(is_active=True, must_change_password=True).count()
    since = moment.now - timedelta(days=7)
    failed = Job.objects.filter(state=JobState.FAILED, created_at__gte=since).count()
    return [
        Card("帐号", accounts.count(), _link("accounts:list")),
        Card("已停用", locked, _link("accounts:list", is_active="False")),
        Card("还没改初始密码", fresh, _link("accounts:list"), _todo(fresh)),
        Card("7 天内失败的后台任务", failed, kind=_todo(failed, "stop")),
    ]


def _audit(moment: Moment) -> list[Card]:
    """Auditor: what happened today, and when the chain was last proved."""
    start = timezone.make_aware(datetime.combine(moment.today, datetime.min.time()))
    events = audit_visible_to(AuditEvent.objects.filter(at__gte=start), moment.user)
    counts = events.aggregate(all=Count("pk"), views=Count("pk", Q(action="resident.viewed")))
    check = Job.objects.filter(kind="verify_audit", created_by=moment.user).order_by("-created_at").first()
    bad = bool(check and check.result.get("problems"))
    return [
        Card("今天的记录", counts["all"], _link("accounts:audit", since=moment.today)),
        Card("今天查看居民", counts["views"], _link("accounts:audit", since=moment.today, kind="resident")),
        Card(
            "最近一次核对审计链",
            timezone.localtime(check.created_at).strftime("%m-%d %H:%M") if check else "从未",
            check.get_absolute_url() if check else _link("accounts:audit"),
            "stop" if bad else "" if check else "due",
        ),
    ]


PROVIDERS: dict[Role, Callable[[Moment], list[Card]]] = {
    Role.COUNTY: _office,
    Role.TOWN: _office,
    Role.CADRE: _people,
    **dict.fromkeys(ORGANISATION_ROLES, _organisation),
    Role.REGISTRAR: _registrar,
    Role.SCREENER: _screener,
    Role.VACCINATOR: _vaccinator,
    Role.OBSERVER: _observing,
    Role.STOCK: _stock,
    Role.SYSADMIN: _system,
    Role.AUDITOR: _audit,
}
