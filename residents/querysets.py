"""Reads of the register. Everything a page shows starts from ``visible_to``."""

from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.text import clean
from places.querysets import any_code_range
from residents import finding

_COUNTY_DIGITS, _VILLAGE_DIGITS = 6, 12


def resident_scope(user, action: str | None, prefix: str = "") -> Q:
    """Residents of the user's villages, and those on the rosters of the user's organisations.

    ``prefix`` is the path to Resident from the queried model ("" or "resident__").
    """
    scope = user.scope(action)
    return any_code_range(f"{prefix}village_code", scope.prefixes) | _on_rosters(scope, prefix)


def _on_rosters(scope, prefix: str = "") -> Q:
    if not scope.organisations:
        return Q()
    # The roster that is shown first stands on the row itself; the others are looked up.
    entries = apps.get_model("residents", "RosterEntry").objects.filter(
        organisation__in=scope.organisations, until__isnull=True
    )
    mine = Q(**{f"{prefix}organisation__in": scope.organisations})
    return mine | Q(**{f"{prefix}pk__in": entries.values("resident")})


def find_prefixes(user) -> frozenset[str]:
    """The beginnings of the codes of the villages whose people ``user`` may look up."""
    return user.scope("residents.view").prefixes | user.scope("residents.find").town_prefixes


def reaches(user, action: str, resident) -> bool:
    """``in_reach`` for one person at hand; asks the database only for a user with rosters."""
    scope = user.scope(action)
    return (
        any(resident.village_code.startswith(prefix) for prefix in scope.prefixes | scope.town_prefixes)
        or resident.organisation_id in scope.organisations
        or (
            bool(scope.organisations)
            and resident.roster_entries.filter(
                organisation__in=scope.organisations, until__isnull=True
            ).exists()
        )
    )


class ResidentQuerySet(QuerySet):
    """Reads of Resident."""

    def live(self):
        """On the register today."""
        return self.filter(removed_on__isnull=True)

    def on_roster_of(self, organisation):
        """People of one organisation (or its id), also those whose first roster is another one's."""
        entries = apps.get_model("residents", "RosterEntry").objects.filter(
            organisation=organisation, until__isnull=True
        )
        return self.filter(Q(organisation=organisation) | Q(pk__in=entries.values("resident")))

    def visible_to(self, user, action: str = "residents.view"):
        """Inside the places and organisations where the user has ``action``."""
        return self.filter(resident_scope(user, action))

    def findable_by(self, user, *, text_leads: bool = False):
        """Whom the clinic floor may look up: anybody of the site's township, besides the user's own.

        ``text_leads``: what is searched beside it names fewer people than the reach does, so its index is to be used.
        """
        people, column = self, "village_code"
        if text_leads:
            people, column = self.alias(beside_code=finding.Beside("village_code")), "beside_code"
        return people.filter(
            any_code_range(column, find_prefixes(user)) | _on_rosters(user.scope("residents.view"))
        )

    def findable_in(self, prefixes: frozenset[str], scope):
        """``findable_by`` whoever has these ``find_prefixes``, and ``scope`` for seeing a register."""
        return self.filter(any_code_range("village_code", prefixes) | _on_rosters(scope))

    def in_reach(self, user, action: str):
        """Whom the user may do ``action`` to: as ``visible_to``, and for people of a site anybody of its township."""
        return self.filter(
            resident_scope(user, action) | any_code_range("village_code", user.scope(action).town_prefixes)
        )

    def matching(self, text: str):
        """People whom ``text`` (name, pinyin, last digits or whole number of a document, phone) may mean."""
        arms = finding.arms(clean(text), self._documents())
        return self.filter(reduce(or_, (arm.means for arm in arms))) if arms else self.none()

    def found_by(self, text: str, limit: int, *, user) -> list:
        """The first ``limit`` people whom ``user`` may find, likeliest first; one short indexed query per way of meaning."""
        near = all(len(prefix) >= _VILLAGE_DIGITS for prefix in find_prefixes(user))
        found: dict[int, object] = {}
        for arm in finding.arms(clean(text), self._documents(), near=near):
            if len(found) < limit:
                people = self.alias(**arm.beside).findable_by(user, text_leads=arm.leads).filter(arm.means)
                rows = people.exclude(pk__in=found).order_by(*arm.order)[: limit - len(found)]
                found |= {row.pk: row for row in rows}
        return list(found.values())

    def with_document(self, text: str):
        """Whoever holds the document of exactly this number: what a card shown at a counter proves, wherever the person
        is registered. Nobody for a name or a part of a number."""
        arms = finding.whole_number(clean(text).replace(" ", "").upper(), self._documents())
        return self.filter(reduce(or_, (arm.means for arm in arms))) if arms else self.none()

    def _documents(self):
        return self.model._meta.get_field("identifiers").related_model._base_manager.all()


class HouseholdQuerySet(QuerySet):
    """Reads of Household."""

    def visible_to(self, user, action: str = "residents.view"):
        """Households of the villages where the user has ``action``."""
        return self.filter(any_code_range("village__code", user.scope(action).prefixes))


class EnrolmentQuerySet(QuerySet):
    """Reads of Enrolment."""

    def visible_to(self, user, action: str = "residents.view"):
        """Enrolments counted in the user's places, and those of residents visible to the user. Choose the campaign first: the
        index of the units begins with it."""
        prefixes = user.scope(action).prefixes
        counted = any_code_range("unit_code", prefixes)
        visible = resident_scope(user, action, "resident__")
        if any(len(prefix) < _VILLAGE_DIGITS for prefix in prefixes):
            return self.filter(counted | visible)
        # Of two conditions on two tables with OR between them no index is used: a village would read the whole county.
        rows = self.order_by()
        return self.filter(pk__in=rows.filter(counted).values("pk").union(rows.filter(visible).values("pk")))

    def on_target(self):
        """In the denominator: in the cohort and on the register."""
        return self.filter(is_target=True)

    def due(self, today):
        """A dose may be given today: open (or a hold that has run out) and inside the window."""
        return self.filter(Q(status="open") | Q(status="hold", hold_until__lte=today), due_from__lte=today)

    def overdue(self, today):
        """The recommended date of the next dose has passed."""
        return self.due(today).filter(due_to__lt=today)


class RosterQuerySet(QuerySet):
    """Reads of RosterEntry."""

    def current(self):
        """People who belong to the organisation today and are on the register."""
        return self.filter(until__isnull=True, resident__removed_on__isnull=True)


class ConsentQuerySet(QuerySet):
    """Reads of Consent."""

    def current(self):
        """Neither withdrawn nor invalidated."""
        return self.filter(withdrawn_at__isnull=True, invalidated_at__isnull=True)


class RecordQuerySet(QuerySet):
    """Reads of VaccinationRecord."""

    def counted(self):
        """Doses that count: not voided. The one definition every figure uses."""
        return self.filter(voided_at__isnull=True)


def _imported(user, prefix: str = "") -> Q:
    """An import is reached by today's duty, never because one once sent it in: it holds whole numbers."""
    scope = user.scope("residents.import")
    own = Q(**{f"{prefix}organisation__in": scope.organisations})
    return any_code_range(f"{prefix}place__code", scope.prefixes) | own


class CensusQuerySet(QuerySet):
    """Reads of CensusImport."""

    def visible_to(self, user):
        """Imports into the places and organisations where the user may import today, whoever sent them in."""
        return self.filter(_imported(user))


class CensusRowQuerySet(QuerySet):
    """Reads of CensusRow."""

    def open_reviews(self):
        """Rows of finished imports that contradict the register and that nobody has decided yet."""
        return self.filter(state="review", decision="", census__state="committed", resident__isnull=False)

    def visible_to(self, user):
        """Rows about people whom the user keeps, and rows of the imports of the user's places and organisations."""
        return self.filter(resident_scope(user, "residents.edit", "resident__") | _imported(user, "census__"))


class TagQuerySet(QuerySet):
    """Reads of Tag."""

    def offered_to(self, user):
        """Words in use that the user may put on people: the general ones and those of the own township or above."""
        return self.offered_in(tag_reach(user))

    def offered_in(self, prefixes):
        """Words in use at the places that begin with ``prefixes``: theirs, those of the places above, and the general ones."""
        above = {prefix[:digits].ljust(12, "0") for prefix in prefixes for digits in (2, 4, 6, 9, 12)}
        own = any_code_range("place__code", prefixes) | Q(place__code__in=above)
        return self.filter(Q(place=None) | own, is_active=True)

    def owned_by(self, user, action: str):
        """The own words that the user may rename and close: those of the places where the user has ``action``."""
        return self.filter(any_code_range("place__code", user.scope(action).prefixes))


def tag_reach(user) -> frozenset[str]:
    """The beginnings of the codes of the places whose words ``user`` may put on people."""
    towns = {role.organisation.place.code[:9] for role in user.roles() if role.organisation_id}
    return user.scope().town_prefixes | towns


class DutyQuerySet(QuerySet):
    """Reads of DutyAssignment."""

    def current(self):
        """In force."""
        return self.filter(until__isnull=True)

    def visible_to(self, user, action: str = "duties.view"):
        """Duties in the villages where the user has ``action``."""
        return self.filter(any_code_range("village_code", user.scope(action).prefixes))


class OfPeopleQuerySet(QuerySet):
    """Rows that belong to a resident."""

    def visible_to(self, user, action: str):
        """Of people in the places and organisations where the user has ``action``."""
        return self.filter(resident_scope(user, action, "resident__"))


class OutreachQuerySet(OfPeopleQuerySet):
    """Reads of Outreach."""

    def latest(self):
        """The last contact of each person only."""
        later = self.model._base_manager.filter(resident=OuterRef("resident")).order_by("-at", "-pk")
        return self.filter(pk=Subquery(later.values("pk")[:1]))


class PublicityQuerySet(QuerySet):
    """Reads of PublicityCount."""

    def counted(self):
        """Figures that stand: not replaced by a correction."""
        return self.filter(superseded_by__isnull=True)

    def visible_to(self, user, action: str = "publicity.view"):
        """Figures of the villages where the user has ``action``."""
        return self.filter(any_code_range("place__code", user.scope(action).prefixes))


class VersionQuerySet(QuerySet):
    """Reads of RegisterVersion."""

    def visible_to(self, user, action: str = "residents.view"):
        """Versions of the user's places, and of the user's organisations (also those that stand in the places)."""
        scope = user.scope(action)
        return self.filter(
            any_code_range("place__code", scope.prefixes)
            | any_code_range("organisation__place__code", scope.prefixes)
            | Q(organisation__in=scope.organisations)
        )

    def of(self, *, campaign, kind: str, place=None, organisation=None):
        """The row of versions of one unit's register, in the order in which they were frozen."""
        return self.filter(campaign=campaign, kind=kind, place=place, organisation=organisation).order_by(
            "number"
        )


class PairMarkQuerySet(QuerySet):
    """Reads of PairMark."""

    def current(self):
        """The last word about each pair."""
        return self.filter(superseded_at__isnull=True)

    def waiting_for(self, user):
        """Pairs that a village calls one person and this office has still to merge or part."""
        both = resident_scope(user, "residents.merge", "first__") | resident_scope(
            user, "residents.merge", "second__"
        )
        live = {"first__removed_on__isnull": True, "second__removed_on__isnull": True}
        return self.current().filter(both, verdict="maybe", **live)


class MergeQuerySet(QuerySet):
    """Reads of Merge."""

    def standing(self):
        """Not taken back."""
        return self.filter(undone_at__isnull=True)

    def touching(self, ids):
        """Merges that concern one of these people."""
        return self.filter(Q(kept__in=ids) | Q(absorbed__in=ids))

    def visible_to(self, user, action: str = "residents.merge"):
        """Merges in which either record lies where the user has ``action``."""
        return self.filter(
            resident_scope(user, action, "kept__") | resident_scope(user, action, "absorbed__")
        )


class MoveQuerySet(QuerySet):
    """Reads of Move."""

    def open(self):
        """Waiting for an answer."""
        return self.filter(state="open")

    def visible_to(self, user, action: str = "residents.view"):
        """Of both sides' places, and what the user has proposed."""
        prefixes = user.scope(action).prefixes
        both = any_code_range("from_place__code", prefixes) | any_code_range("to_place__code", prefixes)
        return self.filter(both | Q(proposed_by=user))

    def answerable_by(self, user):
        """Open ones that this user may answer: as the other village, or as an office above the one that is asked."""
        return self._answered_from(user.scope("moves.propose").prefixes, user.scope("moves.decide").prefixes)

    def awaiting(self, user):
        """Open ones that wait for this user: the village, or its town. The county may answer too, but is not waited for."""
        offices = user.scope("moves.decide").prefixes
        return self._answered_from(
            user.scope("moves.propose").prefixes,
            {office for office in offices if len(office) > _COUNTY_DIGITS},
        )

    def _answered_from(self, villages, offices):
        asked_to, asked_from = Q(kind="move"), Q(kind="claim")
        return self.open().filter(
            (asked_to & any_code_range("to_place__code", villages | offices))
            | (asked_from & any_code_range("from_place__code", villages | offices))
            | (Q(kind="removal") & any_code_range("from_place__code", offices))
        )


class CallQuerySet(QuerySet):
    """Reads of SubmissionCall."""

    def open(self):
        """Calls that still stand."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user):
        """Calls of the user's own places, of places above them, and of places above the user's organisations."""
        scope = user.scope("submissions.view")
        codes = scope.prefixes | {
            r.home.code for r in user.roles() if r.organisation_id in scope.organisations
        }
        above = {code[:digits].ljust(12, "0") for code in codes for digits in (2, 4, 6, 9, 12)}
        return self.filter(any_code_range("place__code", scope.prefixes) | Q(place__code__in=above))


class SubmissionQuerySet(QuerySet):
    """Reads of Submission."""

    def visible_to(self, user, action: str = "submissions.view"):
        """What the user's places and the organisations in them hand in, and the user's organisations."""
        scope = user.scope(action)
        return self.filter(
            any_code_range("place__code", scope.prefixes) | Q(organisation__in=scope.organisations)
        )

    def sent_by(self, user):
        """What the user may fill in: a village its own, a registrar the organisation's."""
        scope = user.scope("submissions.send")
        return self.filter(
            (any_code_range("place__code", scope.prefixes) & Q(organisation=None))
            | Q(organisation__in=scope.organisations)
        )


class ExportRequestQuerySet(QuerySet):
    """Reads of ExportRequest."""

    def visible_to(self, user):
        """What the user has asked for, and what others have put before those who may approve there."""
        others = any_code_range("place_code", user.scope("exports.approve").prefixes) & ~Q(state="draft")
        return self.filter(Q(by=user) | others)

    def to_decide(self, user, since):
        """Waiting for this user, asked after ``since``."""
        waiting = self.visible_to(user).filter(state="waiting", at__gte=since)
        return waiting.exclude(by=user)


class PersonRequestQuerySet(QuerySet):
    """Reads of PersonRequest."""

    def visible_to(self, user):
        """About people of the places where the user answers requests."""
        return self.filter(resident_scope(user, "requests.answer", "resident__"))

    def open_first(self):
        """Ready for a list: what waits first, then the newest."""
        rows = self.select_related("resident__village", "taken_by", "decided_by")
        return rows.annotate(is_open=Q(outcome="")).order_by("-is_open", "-taken_at", "-pk")
