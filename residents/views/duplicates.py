"""Whom the register may know twice: the list, and what somebody who knows them says of a pair."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.views.generic import TemplateView

from core import audit
from core.locks import deed
from core.views import ActionRequiredMixin, ServiceFormView
from places.querysets import any_code_range
from residents.forms import PairMarkForm
from residents.likeness import Likeness
from residents.models import Merge, PairMark, Resident
from residents.services.likely_pairs import likely_pairs
from residents.services.merge_fields import better_first, differences
from residents.services.pair_marks import mark_pair

_PAGE, _RECENT = 20, 10


@dataclass(frozen=True)
class _Row:
    """One line of the list: the two people (the better documented first), why, and where it leads."""

    likeness: Likeness
    people: tuple[Resident, Resident]
    known: frozenset[int]  # whose data the user may see; of others only a masked name and the village
    address: str


class DuplicatesView(ActionRequiredMixin, TemplateView):
    """疑似重复: the surest first. The office merges, a village says what it knows."""

    action = "duplicates.view"
    template_name = "residents/duplicates.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = likely_pairs(user)
        page = Paginator(found, _PAGE).get_page(self.request.GET.get("page"))
        may_merge = user.can("residents.merge")
        recent = Merge.objects.visible_to(user).select_related("kept__village", "absorbed__village", "by")
        return super().get_context_data(
            rows=_rows(page.object_list, user, may_merge),
            page=page,
            count=len(found),
            recent=recent.order_by("-at")[:_RECENT] if may_merge else [],
            may_merge=may_merge,
            **kwargs,
        )


def _rows(found: list[Likeness], user, may_merge: bool) -> list[_Row]:
    ids = {pk for pair in found for pk in (pair.first, pair.second)}
    people = Resident.objects.filter(pk__in=ids).select_related("village").prefetch_related("identifiers")
    by_id = {person.pk: person for person in people}
    known = frozenset(
        Resident.objects.visible_to(user, "duplicates.view").filter(pk__in=ids).values_list("pk", flat=True)
    )
    rows = []
    for pair in found:
        both = better_first(by_id[pair.first], by_id[pair.second])
        name = "merge" if may_merge and known >= {pair.first, pair.second} else "pair"
        address = reverse(f"residents:{name}", args=[person.uid for person in both])
        rows.append(_Row(pair, both, known, address))
    return rows


class PairView(ServiceFormView):
    """Two alike records side by side as far as the user may see them, and the user's judgement."""

    action = "duplicates.view"
    form_class = PairMarkForm
    template_name = "residents/pair.html"
    success_message = "已保存。"

    @cached_property
    def people(self) -> tuple[Resident, Resident]:
        """Both; at least one in the user's places, the other in the same township."""
        uids = self.kwargs["one"], self.kwargs["other"]
        prefixes = {prefix[:9] for prefix in self.request.user.scope(self.action).prefixes}
        rows = (
            Resident.objects.live()
            .filter(any_code_range("village_code", prefixes), uid__in=uids)
            .select_related("village", "organisation", "household")
            .prefetch_related("identifiers", "priority_groups", "tags")
        )
        found = {row.uid: row for row in rows}
        if uids[0] == uids[1] or len(found) != 2 or not self.known:
            raise Http404
        return found[uids[0]], found[uids[1]]

    @cached_property
    def known(self) -> frozenset[int]:
        """Ids of those whose data the user may see."""
        mine = Resident.objects.visible_to(self.request.user, self.action)
        uids = self.kwargs["one"], self.kwargs["other"]
        return frozenset(mine.filter(uid__in=uids).values_list("pk", flat=True))

    def get_form_kwargs(self):
        self.people  # noqa: B018  404 before anything else
        return {**super().get_form_kwargs(), "may_part": len(self.known) == 2}

    def get_context_data(self, **kwargs):
        one, other = self.people
        both = len(self.known) == 2
        with deed():  # both looks together
            for person in self.people if both else ():
                audit.viewed(person, by=self.request.user, page="pair")
        marks = PairMark.objects.filter(first__in=self.people, second__in=self.people)
        return super().get_context_data(
            people=self.people,
            known=self.known,
            differences=differences(one, other) if both else [],
            marks=marks.select_related("by"),
            may_merge=both and self.request.user.can("residents.merge"),
            **kwargs,
        )

    def perform(self, form):
        one, other = self.people
        data = form.cleaned_data
        mark_pair(
            one=one,
            other=other,
            verdict=data["verdict"],
            reason=data["reason"],
            actor=self.request.user,
            now=now(),
        )
        return reverse("residents:duplicates")
