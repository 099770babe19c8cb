"""Rows of census files that contradict the register: old and new side by side, and the deeds that settle them."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import ListView, View

from core.errors import NotAllowed, RuleBroken
from core.idnumbers import mask
from core.names import normalise
from core.text import clean, whole_number
from core.views import ActionRequiredMixin
from residents.choices import Decision
from residents.models import CensusRow, Resident
from residents.services.census_cells import cells_of
from residents.services.census_review import ELSEWHERE, conflicts_of, decide, is_likeness
from residents.services.census_verdicts import column_title

_WORDS = {
    Decision.APPLIED: "已按名单改好",
    Decision.DISCARDED: "名册保持不变",
    Decision.TWINS: "已登记为两个人",
}


class ReviewsView(ActionRequiredMixin, ListView):
    """Open reviews of the user's people and imports; ?census= narrows them to one file."""

    action = "residents.import"
    template_name = "residents/reviews.html"
    paginate_by = 20

    def get_queryset(self):
        rows = CensusRow.objects.open_reviews().visible_to(self.request.user)
        if (chosen := whole_number(self.request.GET.get("census"))) is not None:
            rows = rows.filter(census=chosen)
        return rows.select_related("census", "resident__village").order_by("pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["page_obj"].object_list
        kept = Resident.objects.visible_to(self.request.user, "residents.edit")
        mine = set(kept.filter(pk__in=[row.resident_id for row in rows]).values_list("pk", flat=True))
        may_claim = self.request.user.can("moves.propose")
        cells = cells_of(rows)
        lines = [_line(row, cells[row.pk], row.resident_id in mine, may_claim) for row in rows]
        chosen = whole_number(self.request.GET.get("census"))
        return context | {"lines": lines, "chosen": "" if chosen is None else chosen}


class ReviewView(ActionRequiredMixin, View):
    """POST ``decision``: one row is settled. Comes back to the list."""

    action = "residents.import"
    http_method_names = ["post"]

    def post(self, request, pk):
        rows = CensusRow.objects.visible_to(request.user).exclude(resident=None)
        row = get_object_or_404(rows.select_related("census__place", "resident"), pk=pk)
        decision = request.POST.get("decision", "")
        said = cells_of([row])[row.pk]
        name = _said_name(said)  # not the register's: whoever sends in a number would be told whose it is
        try:
            if decision not in Decision.values:
                raise RuleBroken("DECISION", "请选择怎么处理。")
            now = timezone.now()
            decide(row, decision=decision, actor=request.user, now=now, today=timezone.localdate(now))
        except (RuleBroken, NotAllowed) as error:
            messages.error(request, f"{name}:{error.message}")
        else:
            messages.success(request, f"{name}:{_WORDS[Decision(decision)]}。")
        back = reverse("residents:reviews")
        chosen = whole_number(request.POST.get("census"))
        return HttpResponseRedirect(back if chosen is None else f"{back}?census={chosen}")


def _said_name(cells: dict[str, str]) -> str:
    return normalise(cells.get("name", ""))


def _line(row: CensusRow, cells: dict[str, str], is_mine: bool, may_claim: bool) -> dict:
    """A row for the screen. What the register says is shown to those who keep the person."""
    conflicts = conflicts_of(row)
    twin = is_likeness(row)
    stop = "" if is_mine else "此人不归您登记,由其所在的村(社区)或镇办处理。"
    return {
        "row": row,
        "name": _said_name(cells),
        "number": mask(clean(cells.get("number", ""))),
        "person": row.resident if is_mine else None,
        "is_likeness": twin,
        "differences": [
            {
                "title": column_title(field),
                "ours": ours if is_mine else "不显示",
                "theirs": f"{theirs}(与名册不同)" if ours == theirs else theirs,
            }
            for field, ours, theirs in conflicts
        ],
        "stop": stop or next((ELSEWHERE[field] for field, *_ in conflicts if field in ELSEWHERE), ""),
        "may_twin": is_mine and twin,
        "may_claim": may_claim and any(field == "village" for field, *_ in conflicts),
    }
