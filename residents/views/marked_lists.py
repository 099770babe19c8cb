"""名单回传: the list of the unvaccinated goes out as a workbook and comes back with marks; taken over name by name (S33)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.timezone import now
from django.views.generic import FormView, View

from core import audit, xlsx
from core.errors import RuleBroken
from core.handing_out import people_workbook
from core.repeats import again
from core.views import add_rule_error
from residents.forms.reconciling import MarkedListForm
from residents.services import marked_lists
from residents.views.reconciling import OneSchool


class BlankListView(OneSchool, View):
    """The list to be marked."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        content = marked_lists.blank_list(**self.about, today=self.today)
        audit.record(
            "members.exported",
            actor=request.user,
            target=self.organisation,
            place_code=self.organisation.place.code,
            data={"list": "unvaccinated", "dose": self.dose},
        )
        name = xlsx.file_name(self.organisation.name, f"第{self.dose}剂未接种名单", self.today)
        return people_workbook(content, name, by=request.user)


class MarkedListView(OneSchool, FormView):
    """Send the marked list in; the answer is the comparison. Nothing is written."""

    form_class = MarkedListForm
    template_name = "residents/reconcile_list.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.about, back=self.back, **kwargs)

    def form_valid(self, form):
        try:
            found = marked_lists.compare(form.cleaned_data["file"].read(), **self.about, today=self.today)
        except RuleBroken as error:
            add_rule_error(form, error)
            return self.form_invalid(form)
        data = {"rows": len(found.rows), "differing": found.differing, "dose": self.dose}
        audit.record(
            "claim.compared",
            actor=self.request.user,
            target=self.organisation,
            place_code=self.organisation.place.code,
            data=data,
        )
        return self.render_to_response(self.get_context_data(form=form, found=found))

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class TakeView(OneSchool, View):
    """POST ``take``: the ticked rows become the word of the school."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        about, chosen = self.about, request.POST.getlist("take")
        try:
            people = again(lambda: marked_lists.take(chosen, **about, actor=request.user, now=now()))
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已采用 {people} 人的填报。与接种点记录不一致的,请逐人核实。")
        return HttpResponseRedirect(self.back)
