"""Reads of the floor."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from clinic.choices import ON_FLOOR, CardState, CorrectionState, GroupState, Stage
from places.querysets import any_code_range
from residents.models import VaccinationRecord

_TOWN_DIGITS = 9


def _at_sites_of(user, action: str, path: str) -> Q:
    return _at_sites(user.scope(action), path)


def _at_sites(scope, path: str) -> Q:
    return any_code_range(f"{path}__place__code", scope.prefixes) | Q(**{f"{path}__in": scope.sites})


def _away(user, action: str, path: str = "") -> Q:
    """Visits of guests who belong to the user's places; ``path`` leads to Visit."""
    prefixes = user.scope(action).prefixes
    towns = {prefix for prefix in prefixes if len(prefix) <= _TOWN_DIGITS}
    villages = prefixes - towns
    in_villages = any_code_range(f"{path}guest_from__code", {code[:_TOWN_DIGITS] for code in villages})
    in_villages &= any_code_range(f"{path}enrolment__resident__village_code", villages)
    return any_code_range(f"{path}guest_from__code", towns) | in_villages


class VisitQuerySet(QuerySet):
    """Reads of Visit."""

    def visible_to(self, user, action: str = "clinic.view"):
        """Visits at the user's sites, and at the sites of the user's places."""
        return self.within(user.scope(action))

    def within(self, scope):
        """Visits at the sites of ``scope``, and at the sites of its places."""
        return self.filter(_at_sites(scope, "site"))

    def on_floor(self):
        """Neither left nor sent away."""
        return self.filter(stage__in=ON_FLOOR)

    def guests_here(self, user, action: str = "guests.view"):
        """People of other townships at the user's sites, and at the sites of the user's places (S116)."""
        return self.visible_to(user, action).filter(guest_from__isnull=False)

    def guests_away(self, user, action: str = "guests.view"):
        """People of the user's places at the sites of other townships: what their own township is told (S116)."""
        return self.filter(_away(user, action))

    def with_person(self):
        """Name, document and needs of a line of a list, in three queries."""
        return self.select_related("enrolment__resident").prefetch_related(
            "enrolment__resident__identifiers", "enrolment__resident__tags"
        )

    def with_open_reaction(self, reactions):
        """Adds ``has_reaction``: an adverse event of this visit is not closed (``reactions``: AdverseEvent rows)."""
        open_cases = reactions.filter(closed_at__isnull=True, dose__visit=OuterRef("pk"))
        return self.annotate(has_reaction=Exists(open_cases))

    def waiting(self, site, on):
        """Who is on the floor of ``site`` on a day, in the order of their numbers."""
        return self.filter(site=site, on=on).on_floor().with_person().order_by("queue_no")

    def first_of_each_stage(self, most: int):
        """At most so many of each stage, by number: a long line is not read whole to show its beginning."""
        place = Window(RowNumber(), partition_by="stage", order_by="queue_no")
        return self.annotate(place=place).filter(place__lte=most)

    def day_figures(self, site, on) -> dict[str, int]:
        """How many visits of ``site`` on a day stand at each stage; ``total`` is their sum."""
        found = self.filter(site=site, on=on).order_by().values_list("stage").annotate(Count("pk"))
        figures = dict.fromkeys(Stage.values, 0) | dict(found)
        return figures | {"total": sum(figures.values())}


class DoseQuerySet(QuerySet):
    """Reads of Dose."""

    def counted(self):
        """Not voided; the record below holds the void."""
        return self.filter(record__voided_at__isnull=True)

    def firsts_of_key_groups(self) -> int:
        """How many are first doses of people of a key group (S106)."""
        firsts = self.filter(record__dose_number=1, record__resident__priority_groups__isnull=False)
        return firsts.order_by().distinct().count()

    def visible_to(self, user, action: str = "clinic.view"):
        """Doses given at the user's sites, and at the sites of the user's places."""
        return self.filter(_at_sites_of(user, action, "site"))


class CorrectionQuerySet(QuerySet):
    """Reads of Correction."""

    def visible_to(self, user, action: str = "corrections.propose"):
        """Corrections of doses of the user's sites, and of the sites of the user's places."""
        return self.filter(_at_sites_of(user, action, "dose__site"))

    def waiting(self):
        """Proposed, and nobody has decided."""
        return self.filter(state=CorrectionState.PROPOSED)

    def of_visit(self, visit):
        """Whatever was said about the doses of ``visit``, also of one that came to it from elsewhere; oldest first."""
        mine = self.filter(Q(dose__visit=visit) | Q(replacement__visit=visit))
        return mine.select_related("proposed_by", "decided_by").order_by("proposed_at", "pk")

    def confirmable_by(self, user):
        """What waits for this very person: open, within reach, and somebody else's proposal."""
        return self.waiting().visible_to(user, "corrections.confirm").exclude(proposed_by=user)


class AdverseEventQuerySet(QuerySet):
    """Reads of AdverseEvent."""

    def visible_to(self, user, action: str = "aefi.view"):
        """Reactions to doses of the user's sites, and of the sites of the user's places."""
        return self.filter(_at_sites_of(user, action, "dose__site"))

    def known_to(self, user, action: str = "aefi.view"):
        """Besides those of ``visible_to``, the reactions of the user's own people to doses of other townships (S116): to
        read, not to work on."""
        return self.filter(_at_sites_of(user, action, "dose__site") | _away(user, action, "dose__visit__"))

    def open(self):
        """Cases not closed yet."""
        return self.filter(closed_at__isnull=True)

    def card_due(self):
        """Cases whose card is not with the county yet, closed or not."""
        return self.filter(card_state=CardState.DUE)

    def unseen(self):
        """Open cases that no office has said it knows of."""
        return self.open().filter(seen_at__isnull=True)

    def in_groups_to_judge(self):
        """Cases of groups that wait for the office's judgement."""
        return self.filter(group__state=GroupState.SUSPECTED)


class SigningKeyQuerySet(QuerySet):
    """Reads of SigningKey."""

    def trusted(self):
        """Whose signatures stand: the signing key and the retired ones."""
        return self.filter(distrusted_at__isnull=True)


def _fallen() -> Exists:
    """A dose of the certificate was voided later (by whatever deed), or turned out to be another person's."""
    mine = VaccinationRecord.objects.filter(certificates=OuterRef("pk"))
    return Exists(mine.filter(Q(voided_at__isnull=False) | ~Q(resident=OuterRef("resident"))))


class CertificateQuerySet(QuerySet):
    """Reads of Certificate."""

    def revoked(self):
        """Taken back by hand, or fallen with a dose."""
        return self.filter(Q(revoked_at__isnull=False) | _fallen())

    def standing(self):
        """Not revoked, signed by a key that is still trusted."""
        return self.filter(revoked_at__isnull=True, signing_key__distrusted_at__isnull=True).exclude(
            _fallen()
        )
