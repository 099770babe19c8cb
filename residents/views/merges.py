"""合并 two records of one person, and 撤销合并."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.timezone import now

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.views import ServiceFormView, add_rule_error
from residents.forms import MergeForm, UnmergeForm
from residents.models import Merge, Resident
from residents.services import merging, unmerging
from residents.services.merge_fields import differences


class MergeView(ServiceFormView):
    """Both records side by side, every differing value chosen, what will happen, the reason.

    What will happen is found by doing it and taking it back, so it is asked for when the page stands (and again with each
    choice), not with the page.
    """

    action = "residents.merge"
    form_class = MergeForm
    template_name = "residents/merge.html"
    success_message = "已合并。"

    @cached_property
    def people(self) -> tuple[Resident, Resident]:
        """(survivor, absorbed), both in the user's township."""
        uids = self.kwargs["kept"], self.kwargs["absorbed"]
        mine = Resident.objects.visible_to(self.request.user, self.action).filter(uid__in=uids)
        found = {
            row.uid: row
            for row in mine.select_related("village").prefetch_related(
                "identifiers", "priority_groups", "tags"
            )
        }
        if uids[0] == uids[1] or len(found) != 2:
            raise Http404
        return found[uids[0]], found[uids[1]]

    def get(self, request, *args, **kwargs):
        kept, absorbed = self.people
        for person, other in ((kept, absorbed), (absorbed, kept)):
            if person.merged_into_id == other.pk:  # reached by "back" after the deed
                return HttpResponseRedirect(other.get_absolute_url())
        with deed():
            for person in self.people:
                audit.viewed(person, by=request.user, page="merge")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "differences": differences(*self.people)}

    def get_template_names(self):
        return ["residents/_merge_outcome.html" if self.request.htmx else self.template_name]

    def get_context_data(self, **kwargs):
        kept, absorbed = self.people
        return super().get_context_data(kept=kept, absorbed=absorbed, people=self.people, **kwargs)

    def post(self, request, *args, **kwargs):
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.is_valid()  # the reason may wait
        return self.render_to_response(self.get_context_data(form=form, **self._preview(form)))

    def _preview(self, form) -> dict:
        """What the chosen values would do, or why the merge is refused."""
        kept, absorbed = self.people
        given = {"kept": kept, "absorbed": absorbed, "choices": form.choices}
        try:
            return {"outcome": merging.preview(**given, actor=self.request.user, now=now())}
        except RuleBroken as error:
            return {"refusal": error.message}

    def perform(self, form):
        kept, absorbed = self.people
        return merging.merge(
            kept=kept,
            absorbed=absorbed,
            choices=form.choices,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            key=form.cleaned_data["key"],
            now=now(),
        )


class MergeDetailView(ServiceFormView):
    """What a merge did, and its undoing."""

    action = "residents.merge"
    form_class = UnmergeForm
    template_name = "residents/merge_detail.html"

    @cached_property
    def merge(self) -> Merge:
        mine = Merge.objects.visible_to(self.request.user)
        rows = mine.select_related("kept__village", "absorbed__village", "by", "undone_by")
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.merge.kept

    def get_context_data(self, **kwargs):
        return super().get_context_data(merge=self.merge, **kwargs)

    def form_valid(self, form):
        try:
            unmerging.unmerge(
                merge=self.merge,
                actor=self.request.user,
                reason=form.cleaned_data["reason"],
                now=now(),
            )
        except RuleBroken as error:
            add_rule_error(form, error)
            return self.form_invalid(form)
        return HttpResponseRedirect(self.merge.get_absolute_url())
