"""追溯: one box for a code or a lot; the lot's whole way; everybody who got it."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from clinic import recall_list, tracing
from core import audit
from core.errors import RuleBroken
from core.handing_out import people_workbook
from core.views import ActionRequiredMixin
from core.xlsx import file_name
from inventory import trace_story
from inventory.models import Lot, TraceSpan
from inventory.trace_rules import cleaned, is_usual

_PAGE = 100
_FOUND = 20


class SearchView(ActionRequiredMixin, TemplateView):
    """Scan a code or type a lot. What is asked is posted: a code leads to a person, so it stands in no address."""

    action = "stock.view"
    template_name = "clinic/trace_search.html"

    def post(self, request):
        asked = request.POST.get("q", "").strip()
        lots = list(self._lots().filter(lot_no__icontains=asked)[: _FOUND + 1]) if asked else []
        if len(lots) == 1:
            return redirect("trace:lot", lots[0].pk)
        context = self.get_context_data(
            asked=asked, lots=lots[:_FOUND], **({} if lots else self._code(asked))
        )
        return self.render_to_response(context)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(uncoded=trace_story.uncoded(user), **kwargs)

    def _lots(self):
        lots = trace_story.lots_of(self.request.user).select_related("presentation__vaccine")
        return lots.order_by("-expires_on", "lot_no")

    def _code(self, asked: str) -> dict:
        try:
            code = cleaned(asked)
        except RuleBroken as error:
            return {"problem": error.message}
        user = self.request.user
        span = (
            TraceSpan.objects.visible_to(user).holding(code).select_related("document__site", "lot").first()
        )
        sees = user.can(recall_list.ACTION)
        doses = list(tracing.doses_of_code(code))
        mine = set(
            recall_list.records_of(doses[0].lot, user).filter(dose__in=doses).values_list("pk", flat=True)
            if doses and sees
            else ()
        )
        if mine:
            data = {"people": len(mine), "how": "code"}
            audit.record("recall.viewed", actor=user, place_code=user.main_role.home.code, data=data)
        found = [(dose, dose.record_id in mine) for dose in doses]
        visible = span is not None or self._lots().filter(pk__in=[dose.lot_id for dose in doses]).exists()
        return {"code": code, "span": span, "doses": found if visible else [], "is_usual": is_usual(code)}


class _LotMixin(ActionRequiredMixin):
    @cached_property
    def lot(self) -> Lot:
        lots = trace_story.lots_of(self.request.user).select_related("presentation__vaccine")
        return get_object_or_404(lots, pk=self.kwargs["pk"])


class LotView(_LotMixin, TemplateView):
    """Supplier, receipts, deliveries, sites and how many people."""

    action = "stock.view"
    template_name = "clinic/trace_lot.html"

    def get_context_data(self, **kwargs):
        user, lot = self.request.user, self.lot
        lists = user.can(recall_list.ACTION)
        codes = trace_story.codes_of(lot, user)
        return super().get_context_data(
            lot=lot,
            papers=trace_story.papers_of(lot, user),
            sites=trace_story.sites_of(lot, user),
            codes=codes,
            code_count=sum(span.count for span in codes),
            lists=lists,
            people=recall_list.records_of(lot, user).count() if lists else 0,
            **kwargs,
        )


class _People(_LotMixin):
    """The names: whoever opens, prints or downloads them is written down."""

    action = recall_list.ACTION

    def note(self, people: int, how: str) -> None:
        user = self.request.user
        data = {"lot": self.lot.lot_no, "people": people, "how": how}
        audit.record(
            "recall.viewed", actor=user, target=self.lot, place_code=user.main_role.home.code, data=data
        )


class PeopleView(_People, TemplateView):
    """受种者名单, to ring from."""

    template_name = "clinic/trace_people.html"

    def get_context_data(self, **kwargs):
        people = recall_list.recipients(self.lot, self.request.user)
        self.note(len(people), "screen")
        page = Paginator(people, _PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            lot=self.lot, page=page, total=len(people), today=timezone.localdate(), **kwargs
        )


class PeoplePaperView(_People, TemplateView):
    """The whole list on A4, with a column for the call."""

    template_name = "clinic/trace_paper.html"

    def get_context_data(self, **kwargs):
        people = recall_list.recipients(self.lot, self.request.user)
        self.note(len(people), "paper")
        return super().get_context_data(
            lot=self.lot, people=people, now=timezone.now(), today=timezone.localdate(), **kwargs
        )


class PeopleFileView(_People, View):
    """The list as a workbook."""

    def get(self, request, **kwargs):
        people = recall_list.recipients(self.lot, request.user)
        self.note(len(people), "workbook")
        where = str(request.user.main_role.home)
        content = recall_list.workbook_of(people, self.lot, where=where, now=timezone.localtime())
        return people_workbook(
            content,
            file_name(where, f"批号{self.lot.lot_no}受种者名单", timezone.localdate()),
            by=request.user,
        )
