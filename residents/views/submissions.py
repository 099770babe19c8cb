"""Handing in registers and plans: the board of the office, the own ones of a sender, one submission with its course."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.views import ActionRequiredMixin
from places.models import Organisation, Place
from residents.models import Submission, SubmissionCall
from residents.services import handed_in
from residents.services import submissions as deeds
from residents.services.submission_changes import against_former, since
from residents.services.submission_checks import findings
from residents.submission_board import calls_for, is_of, rows_for, state_pair, summaries
from residents.submission_figures import figures, frozen


class BoardView(ActionRequiredMixin, TemplateView):
    """For the office: senders × calls. For a village, school or employer: what it owes, by when."""

    action = "submissions.view"
    template_name = "residents/submissions.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.localtime()
        scope = user.scope(self.action)
        calls = calls_for(user, Campaign.objects.current_for(self.request))
        towns, town, prefixes = self._towns(scope.prefixes)
        rows = rows_for(user, calls, prefixes=prefixes, organisations=scope.organisations, now=now)
        sender = user.scope("submissions.send")
        mine = [cell for row in rows for cell in row.cells if cell and is_of(cell, sender)]
        return super().get_context_data(
            is_office=user.can("submissions.ask"),
            own_calls={c.pk for c in calls if user.scope("submissions.ask").covers(c.place.code)},
            calls=calls,
            rows=rows,
            summaries=summaries(calls, rows, now),
            mine=mine,
            towns=towns,
            town=town,
            now=now,
            **kwargs,
        )

    def _towns(self, prefixes) -> tuple[list[Place], Place | None, frozenset[str]]:
        """A county looks at one township at a time: all of them, the one that is shown, its prefix."""
        if not any(len(prefix) < 9 for prefix in prefixes):
            return [], None, prefixes
        towns = list(Place.objects.current().inside(prefixes).filter(level="town").order_by("code"))
        chosen = next((t for t in towns if t.code == self.request.GET.get("town")), None)
        asked = chosen or self._first_asked(towns)
        return towns, asked, frozenset({asked.prefix}) if asked else prefixes

    def _first_asked(self, towns: list[Place]) -> Place | None:
        codes = SubmissionCall.objects.open().values_list("place__code", flat=True)
        asked = {code[:9] for code in codes}
        return next((town for town in towns if town.prefix in asked), towns[0] if towns else None)


class OpenView(ActionRequiredMixin, View):
    """POST call and place (or organisation): begin to fill in, or go on."""

    action = "submissions.send"
    http_method_names = ["post"]

    def post(self, request):
        call = self._one(SubmissionCall.objects.visible_to(request.user), uid=request.POST.get("call", ""))
        scope, post = request.user.scope(self.action), request.POST
        if number := post.get("organisation"):
            sender = self._one(Organisation.objects.filter(pk__in=scope.organisations), pk=number)
        else:
            sender = self._one(Place.objects.inside(scope.prefixes), code=post.get("place", ""))
        try:
            row = deeds.draft(actor=request.user, call=call, sender=sender)
        except RuleBroken as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(reverse("residents:submissions"))
        return HttpResponseRedirect(row.get_absolute_url())

    def _one(self, rows, **key):
        """404 also for a value that is no key at all."""
        try:
            return get_object_or_404(rows, **key)
        except (ValueError, ValidationError) as error:
            raise Http404 from error


class SubmissionMixin(ActionRequiredMixin):
    """One submission the user may see (404 otherwise)."""

    action = "submissions.view"

    @cached_property
    def submission(self) -> Submission:
        rows = Submission.objects.visible_to(self.request.user, self.action)
        if self.action == "submissions.send":
            rows = Submission.objects.sent_by(self.request.user)
        related = ("call__campaign", "call__place", "place", "organisation__place", "version", "base")
        return get_object_or_404(rows.select_related(*related), uid=self.kwargs["uid"])


class SubmissionView(SubmissionMixin, TemplateView):
    """What is handed in, what should be mended first, what changed since, and the course of it. Prints on A4."""

    template_name = "residents/submission.html"

    def get_context_data(self, **kwargs):
        row, user, now = self.submission, self.request.user, timezone.localtime()
        audit.record(
            "submission.viewed",
            actor=user,
            target=row,
            place_code=row.place.code,
            data={"kind": row.call.kind},
        )
        steps = list(row.steps.select_related("by"))
        sent = handed_in.last_step(steps)
        found = [] if row.is_plan else findings(row, timezone.localdate(now))
        scope = user.scope("submissions.send")
        of_mine = (
            row.organisation_id in scope.organisations
            if row.organisation_id
            else scope.covers(row.place.code)
        )
        return super().get_context_data(
            submission=row,
            state=state_pair(row, row.call, now),
            figures=None if row.is_plan or row.version else figures(row),
            frozen=frozen(row, sent),
            wrong=[one for one in found if one.number],
            checked=len(found),
            plan=row.plan_rows.select_related("site") if row.is_plan and row.is_open else None,
            plan_sent=handed_in.plan_lines(row, sent),
            left=max(0, row.base.counts["people"] - row.rechecks.count()) if row.base else 0,
            changed=row.rechecks.filter(answer="changed").select_related("resident") if row.base else [],
            since=since(row),
            former=against_former(row) if user.can("submissions.decide") else None,
            steps=steps,
            may_fill=row.is_open and of_mine and not row.call.closed_at,
            may_decide=row.is_waiting and user.scope("submissions.decide").covers(row.place.code),
            now=now,
            is_over=now > row.call.due_at,
            **kwargs,
        )


class SubmissionDeedView(SubmissionView):
    """A deed on the page of the submission; a refusal shows there, with what was typed."""

    http_method_names = ["post"]
    done = ""

    def post(self, request, uid):
        typed = request.POST.get("words", "")
        try:
            self.perform(typed)
        except RuleBroken as error:
            context = self.get_context_data(refusal=error.message, typed=typed)
            return self.render_to_response(context, status=422)
        messages.success(request, self.done)
        return HttpResponseRedirect(self.submission.get_absolute_url())


class SubmitView(SubmissionDeedView):
    """The sender hands in."""

    action = "submissions.send"
    done = "已上报,等待镇办接收。"

    def perform(self, words: str) -> None:
        deeds.submit(actor=self.request.user, submission=self.submission, remark=words, now=timezone.now())


class AcceptView(SubmissionDeedView):
    """The office takes it."""

    action = "submissions.decide"
    done = "已接收。名册保存为固定的一版,以后的改动不会改变它。"

    def perform(self, words: str) -> None:
        deeds.accept(actor=self.request.user, submission=self.submission, comment=words, now=timezone.now())


class ReturnView(SubmissionDeedView):
    """The office sends it back."""

    action = "submissions.decide"
    done = "已退回,上报单位会在工作台看到。"

    def perform(self, words: str) -> None:
        deeds.give_back(
            actor=self.request.user, submission=self.submission, comment=words, now=timezone.now()
        )
