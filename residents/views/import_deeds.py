"""What may be done about one import: say what its columns and sheets are, take it back; and the memory of headers."""

from itertools import islice

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from core import jobs
from core.errors import RuleBroken
from core.text import whole_number
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from places.querysets import any_code_range
from residents.choices import ImportState
from residents.fields import CHOICES
from residents.forms.census import FullExportForm
from residents.models import HeaderMemory
from residents.services import census_headers
from residents.services.census_obstacles import written
from residents.services.census_undo import end_with_rest, how_far, obstacles
from residents.tasks import check_census, export_census, undo_census
from residents.views.import_work import ImportMixin, set_going

_SHOWN = 100
_LOOKED_AT = 5000  # people, before the page is shown
ASK_AGAIN = "?"
UNDOABLE = (ImportState.COMMITTED, ImportState.COMMITTING, ImportState.UNDOING)


class AnswerView(ImportMixin, View):
    """POST what the columns and sheets mean; the file is checked again with it."""

    http_method_names = ["post"]

    def post(self, request, uid):
        census = self.census
        if self.is_running:
            return redirect(census)
        questions = census.questions
        columns = {
            column["header"]: _said(request.POST.get(f"column-{at}"))
            for at, column in enumerate(questions.get("columns", []))
        }
        sheets = {
            sheet: _said(request.POST.get(f"sheet-{at}"))
            for at, sheet in enumerate(questions.get("sheets", []))
        }
        try:
            with transaction.atomic():
                census_headers.answer(census, columns=columns, sheets=sheets, actor=request.user)
                job = set_going(census, check_census, kind="census.check", word="检查", by=request.user)
                return redirect(job)
        except RuleBroken as error:
            messages.error(request, error.message)
            return redirect(census)


class UndoView(ImportMixin, TemplateView):
    """What taking the import back would do, and what stands in the way; POST does it."""

    template_name = "residents/import_undo.html"

    def get_context_data(self, **kwargs):
        census = self.census
        if census.state not in UNDOABLE:
            raise Http404
        undone = how_far(census) if census.state == ImportState.UNDOING else None
        # Looking at everybody of a large file takes half a minute: the work itself does it first anyway.
        waits = written(census).count() > _LOOKED_AT and "list" not in self.request.GET
        found = [] if waits else list(islice(obstacles(census), _SHOWN + 1))
        return super().get_context_data(
            census=census,
            obstacles=found[:_SHOWN],
            more=len(found) > _SHOWN,
            undone=undone,
            waits=waits,
            **kwargs,
        )

    def post(self, request, uid):
        census, user = self.census, request.user
        if census.state not in UNDOABLE or self.is_running:
            messages.warning(request, "这次导入正在处理,或者已经撤销。")
            return redirect(census)
        if request.POST.get("keep"):
            return self._keep_rest(census)
        job = set_going(census, undo_census, kind="census.undo", word="撤销导入", by=user, user_id=user.pk)
        return redirect(job)

    def _keep_rest(self, census):
        try:
            kept = end_with_rest(
                census, actor=self.request.user, now=timezone.now(), today=timezone.localdate()
            )
        except RuleBroken as error:
            messages.error(self.request, error.message)
        else:
            messages.success(self.request, f"撤销已结束,{kept} 人留在名册上。")
        return redirect(census)


class HeadersView(ActionRequiredMixin, TemplateView):
    """The headers that the township has explained so far; each can be changed or forgotten."""

    action = "residents.import"
    template_name = "residents/import_headers.html"

    @cached_property
    def towns(self):
        scope = self.request.user.scope(self.action)
        prefixes = {prefix[:9] for prefix in scope.town_prefixes}
        prefixes |= {
            role.organisation.place.code[:9] for role in self.request.user.roles() if role.organisation
        }
        return Place.objects.current().filter(any_code_range("code", prefixes), level="town")

    def get_context_data(self, **kwargs):
        known = HeaderMemory.objects.filter(town__in=self.towns).select_related("town", "set_by")
        return super().get_context_data(memories=known, fields=CHOICES, **kwargs)

    def post(self, request):
        pk = whole_number(request.POST.get("memory"))
        known = HeaderMemory.objects.filter(town__in=self.towns).select_related("town")
        memory = get_object_or_404(known, pk=pk)
        said = _said(request.POST.get("field"))
        try:
            if said is None:
                census_headers.forget(memory=memory, actor=request.user)
                messages.success(request, f"已忘记“{memory.title}”,下次会再问。")
            else:
                census_headers.remember(town=memory.town, title=memory.title, field=said, actor=request.user)
                messages.success(request, f"“{memory.title}”已改。以后的文件都按此导入。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return redirect("residents:import_headers")


class FullExportView(ServiceFormView):
    """The register in the layout of the census form, for a stated purpose."""

    action = "residents.reveal"
    form_class = FullExportForm
    template_name = "residents/export_full.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.can("residents.export"):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def perform(self, form):
        campaign, village = Campaign.objects.current_for(self.request), form.cleaned_data["village"]
        with transaction.atomic():
            return jobs.start(
                export_census,
                kind="residents.export_full",
                title="导出摸排登记表",
                by=self.request.user,
                about=reverse("residents:import"),
                user_id=self.request.user.pk,
                campaign_id=campaign.pk if campaign else None,
                village_id=village.pk if village else None,
                purpose=form.cleaned_data["purpose"],
            )


def _said(value: str | None) -> str | None:
    """A field or village; "" to pass over; None for what is left open."""
    return None if value in (None, ASK_AGAIN) else value
