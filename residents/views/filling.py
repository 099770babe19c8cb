"""Filling in what is handed in: the lines of a plan, the people of a second census one by one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from core import audit
from core.errors import RuleBroken
from core.text import whole_number
from places.models import Site
from residents.choices import RecheckAnswer
from residents.forms.submissions import COHORTS, PlanFormSet
from residents.models import Enrolment, Recheck
from residents.services import submissions as deeds
from residents.views.submissions import SubmissionMixin
from residents.wording import status_word

PER_PAGE = 50


class PlanView(SubmissionMixin, TemplateView):
    """The lines of a vaccination plan, all on one page."""

    action = "submissions.send"
    template_name = "residents/submission_plan.html"

    def formset(self, data=None):
        row = self.submission
        sites = Site.objects.active().inside({row.place.code[:9]}).exclude(kind="store")
        fields = ("from_on", "to_on", "cohort", "dose_number", "people", "site", "note")
        lines = [
            {name: getattr(line, name) for name in fields} for line in row.plan_rows.select_related("site")
        ]
        return PlanFormSet(data, initial=lines, form_kwargs={"sites": sites})

    def get_context_data(self, **kwargs):
        kwargs.setdefault("formset", self.formset())
        return super().get_context_data(submission=self.submission, cohorts=COHORTS, **kwargs)

    def post(self, request, uid):
        formset = self.formset(request.POST)
        if not formset.is_valid():
            return self.render_to_response(self.get_context_data(formset=formset), status=422)
        lines = [
            {key: value for key, value in form.cleaned_data.items() if key != "DELETE"}
            for form in formset
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        try:
            number = deeds.save_plan(actor=request.user, submission=self.submission, rows=lines)
        except RuleBroken as error:
            context = self.get_context_data(formset=formset, refusal=error.message)
            return self.render_to_response(context, status=422)
        messages.success(request, f"计划已保存,共 {number} 行。核对后请点“上报”。")
        return HttpResponseRedirect(self.submission.get_absolute_url())


class RecheckView(SubmissionMixin, TemplateView):
    """The people of the first register with what is known today; 情况不变 or 有变化 for each."""

    action = "submissions.send"
    template_name = "residents/submission_recheck.html"

    def get_context_data(self, **kwargs):
        row = self.submission
        members = row.base.members.order_by("group_no", "resident__name", "pk") if row.base else []
        answered = row.rechecks.values("resident")
        open_only = self.request.GET.get("all") != "1"
        if row.base and open_only:
            members = members.exclude(resident__in=answered)
        page = Paginator(self._with_facts(members) if row.base else [], PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        said = {r.resident_id: r for r in Recheck.objects.filter(submission=row)} if row.base else {}
        audit.record("submission.viewed", actor=self.request.user, target=row, place_code=row.place.code)
        today, typed = timezone.localdate(), kwargs.pop("typed", {})
        return super().get_context_data(
            submission=row,
            page=page,
            people=[
                self._line(member, said.get(member.resident_id), typed.get(member.resident_id), today)
                for member in page
            ],
            total=row.base.counts["people"] if row.base else 0,
            done=len(said),
            open_only=open_only,
            answers=RecheckAnswer.choices,
            **kwargs,
        )

    def _with_facts(self, members):
        mine = Enrolment.objects.filter(campaign=self.submission.call.campaign).select_related("last_product")
        return members.select_related("resident__village").prefetch_related(
            Prefetch("resident__enrolments", mine, to_attr="mine")
        )

    def _line(self, member, said, typed, today) -> dict:
        person = member.resident
        answer, note = typed or ((said.answer, said.note) if said else ("", ""))
        enrolment = next(iter(person.mine), None)
        moved = person.removed_on or not person.village_code.startswith(self.submission.place.prefix)
        return {
            "member": member,
            "person": person,
            "answer": answer,
            "note": note,
            "status": status_word(enrolment, today) if not person.removed_on else None,
            "doses": enrolment.doses_done if enrolment else 0,
            "first": enrolment.first_dose_on if enrolment else None,
            "moved": moved,
        }

    def post(self, request, uid):
        answers = {
            whose: (value, request.POST.get(f"note_{whose}", ""))
            for name, value in request.POST.items()
            if name.startswith("answer_")
            and (whose := whole_number(name.removeprefix("answer_"))) is not None
            and value in RecheckAnswer.values
        }
        try:
            number = deeds.recheck(
                actor=request.user, submission=self.submission, answers=answers, now=timezone.now()
            )
        except RuleBroken as error:
            context = self.get_context_data(refusal=error.message, typed=answers)
            return self.render_to_response(context, status=422)
        messages.success(request, f"已保存 {number} 人的核对结果。")
        return HttpResponseRedirect(reverse("residents:submission_recheck", args=[uid]))
