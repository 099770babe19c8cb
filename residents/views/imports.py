"""From an office's file to the register, in three pages: send it in, look at what it would do, put it in."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.views.generic import TemplateView as PageView
from django.views.generic import View

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.handing_out import people_workbook, workbook
from core.idnumbers import mask
from core.names import normalise
from core.text import clean
from core.views import ActionRequiredMixin, ServiceFormView
from core.xlsx import file_name
from places.choices import Level
from places.models import Place
from residents.absent import LOOKED_THROUGH
from residents.choices import ImportState, RowState
from residents.fields import CHOICES
from residents.forms import CensusForm
from residents.forms.census import own_organisation
from residents.models import CensusImport, CensusRow
from residents.services import census as service
from residents.services.census_cells import cells_of
from residents.services.census_undo import how_far as undone_so_far
from residents.services.census_workbooks import error_workbook, template
from residents.tasks import check_census, commit_census
from residents.views.import_work import ImportMixin, set_going

_PAGE = 50
# state → kind of its tag
_KINDS = {
    RowState.CREATE: "done",
    RowState.UPDATE: "done",
    RowState.UNCHANGED: "plain",
    RowState.REVIEW: "hold",
    RowState.REJECTED: "stop",
}
_CARDS = {RowState.REVIEW: "is-due", RowState.REJECTED: "is-stop"}


class ImportView(ServiceFormView):
    """Send a file in; below, what was sent in before."""

    action = "residents.import"
    form_class = CensusForm
    template_name = "residents/import.html"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def perform(self, form):
        file, user = form.cleaned_data["file"], self.request.user
        with transaction.atomic():
            census = service.take_in(
                content=file.read(),
                file_name=file.name,
                place=form.cleaned_data["place"],
                campaign=Campaign.objects.current_for(self.request),
                actor=user,
                organisation=own_organisation(user),
            )
            return set_going(census, check_census, kind="census.check", word="检查", by=user)

    def get_context_data(self, **kwargs):
        mine = CensusImport.objects.visible_to(self.request.user).select_related("place", "created_by")
        waiting = CensusRow.objects.open_reviews().filter(census=OuterRef("pk")).order_by().values("census")
        number = Subquery(waiting.annotate(number=Count("pk")).values("number"), IntegerField())
        return super().get_context_data(
            imports=mine.annotate(waiting=Coalesce(number, 0))[:30],
            may_export=self.request.user.can("residents.reveal"),
            **kwargs,
        )


class ImportDetailView(ImportMixin, PageView):
    """What the file will do (or has done), row by row, with the reasons beside."""

    template_name = "residents/import_detail.html"

    def get_context_data(self, **kwargs):
        census = self.census
        shown = self.request.GET.get("state", "")
        shown = shown if shown in RowState.values else ""
        rows = census.rows.filter(state=shown) if shown else census.rows.all()
        page = Paginator(rows.order_by("beside", "pk"), _PAGE).get_page(self.request.GET.get("page"))
        page.object_list = _lines(page.object_list)
        over = not self.is_running
        good = census.counts.get(RowState.CREATE, 0) + census.counts.get(RowState.UPDATE, 0)
        return super().get_context_data(
            census=census,
            cards=_cards(census, shown),
            shown=shown,
            page_obj=page,
            several_sheets=census.rows.order_by().values("sheet").distinct().count() > 1,
            good=good,
            may_commit=census.state == ImportState.CHECKED and (good or census.campaign_id),
            may_resume=over and census.state in (ImportState.CHECKING, ImportState.COMMITTING),
            may_discard=over
            and census.state in (ImportState.CHECKED, ImportState.CHECKING, ImportState.FAILED),
            is_running=self.is_running,
            may_undo=over
            and census.state in (ImportState.COMMITTED, ImportState.COMMITTING, ImportState.UNDOING)
            and bool(page.paginator.count or shown),
            how_far=service.how_far(census) if census.state == ImportState.COMMITTING else None,
            undone=undone_so_far(census) if census.state == ImportState.UNDOING else None,
            may_compare=over and census.state in LOOKED_THROUGH,
            waiting=census.rows.open_reviews().count() if census.state == ImportState.COMMITTED else 0,
            **_asked(census, over),
            **kwargs,
        )


class CommitView(ImportMixin, View):
    """Put the good rows in; also goes on with work that was interrupted."""

    http_method_names = ["post"]

    def post(self, request, uid):
        census, user = self.census, request.user
        if self.is_running:
            return redirect(census)
        if census.state == ImportState.CHECKING:
            return redirect(set_going(census, check_census, kind="census.check", word="检查", by=user))
        if census.state not in (ImportState.CHECKED, ImportState.COMMITTING):
            messages.warning(request, "这次导入已经完成或已经放弃。需要再导入时请重新上传文件。")
            return redirect(census)
        job = set_going(census, commit_census, kind="census.commit", word="导入", by=user, user_id=user.pk)
        return redirect(job)


class DiscardView(ImportMixin, View):
    """Give the import up; nothing of it enters the register."""

    http_method_names = ["post"]

    def post(self, request, uid):
        try:
            service.discard(self.census, actor=request.user)
        except RuleBroken as error:
            messages.error(request, error.message)
            return redirect(self.census)
        messages.success(request, f"已放弃 {self.census.file_name},名册没有变化。")
        return redirect("residents:import")


class ErrorsView(ImportMixin, View):
    """The bad rows as a workbook, to be corrected and sent in again. It holds full numbers: the download is recorded."""

    def get(self, request, uid):
        census = self.census
        rows = list(service.checked_rows(census, RowState.REJECTED))
        if not rows:
            raise Http404
        audit.record(
            "census.errors_downloaded",
            actor=request.user,
            target=census,
            place_code=census.place.code,
            data={"rows": len(rows)},
        )
        content = error_workbook(rows, where=census.place.name)
        name = file_name(census.place.name, "摸排退回改正", localdate())
        return people_workbook(content, name, by=request.user)


class TemplateView(ActionRequiredMixin, View):
    """The empty form."""

    action = "residents.import"

    def get(self, request):
        home = request.user.main_role.home
        name = home.name if home.level == "village" else ""
        return workbook(template(village_name=name), file_name(name, "摸排登记表", localdate()))


def _cards(census: CensusImport, shown: str) -> list[dict]:
    cards = [{"state": "", "word": "全部", "count": census.counts.get("rows", 0), "kind": ""}]
    for state in RowState:
        count = census.counts.get(state, 0)
        cards.append(
            {
                "state": str(state),
                "word": state.label,
                "count": count,
                "kind": _CARDS.get(state, "") if count else "",
            }
        )
    for card in cards:
        card["is_shown"] = card["state"] == shown
    return cards


def _asked(census: CensusImport, over: bool) -> dict:
    """The open questions about columns and sheets, as long as an answer can still change the check."""
    open_ = over and census.stored_as and census.state in (ImportState.CHECKED, ImportState.FAILED)
    if not open_ or not any(census.questions.values()):
        return {}
    villages = Place.objects.current().under(census.place).villages()
    if census.place.level == Level.VILLAGE:
        villages = [census.place]
    return {
        "columns": census.questions["columns"],
        "sheets": [(sheet, census.sheets.get(sheet)) for sheet in census.questions["sheets"]],
        "fields": CHOICES,
        "villages": villages,
    }


def _lines(rows) -> list[dict]:
    """Rows for the screen; those with one number are marked as belonging together."""
    rows = list(rows)
    times, cells = Counter(row.beside for row in rows), cells_of(rows)
    return [
        _line(row, cells[row.pk]) | {"is_one_of": times[row.beside] > 1 and row.beside > 0} for row in rows
    ]


def _line(row, cells: dict[str, str]) -> dict:
    """A row for the screen: the number masked, also where it is wrong."""
    return {
        "sheet": row.sheet,
        "number": row.number,
        "name": normalise(cells.get("name", "")),
        "id_number": mask(clean(cells.get("number", ""))),
        "pair": (_KINDS[row.state], row.get_state_display()),
        "problems": row.problems,
    }
