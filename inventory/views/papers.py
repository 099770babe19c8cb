"""单据: the list of what was signed and what waits for a second hand; one paper on screen and on A4 across."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.views import ActionRequiredMixin, ScopedListView
from inventory.choices import SENDING, DocumentKind
from inventory.filters import DocumentFilter
from inventory.models import StockDocument
from inventory.paper_table import DocumentTable
from inventory.papers import lines_of, moves, tags_of, verdict_of
from inventory.querysets import site_of
from inventory.services.undoing import can_be_undone

WAITING_SHOWN = 10


class DocumentListView(ScopedListView):
    """Newest first, with what must be done about some of them on top."""

    action = "stock.view"
    model = StockDocument
    table_class = DocumentTable
    filterset_class = DocumentFilter
    template_name = "inventory/documents.html"

    def get_queryset(self):
        rows = super().get_queryset().with_state().with_amounts()
        return rows.select_related("site", "other_site", "by", "reversed_by")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.request.htmx:
            return context
        user, rows = self.request.user, StockDocument.objects.select_related("site", "other_site", "by")
        waiting = rows.expected().coming_to(user) if user.can("stock.manage") else rows.none()
        return {
            **context,
            "turned": list(rows.turned_back().managed_by(user).order_by("pk")[:WAITING_SHOWN])
            if user.can("stock.manage")
            else [],
            "coming": list(waiting.order_by("pk")[:WAITING_SHOWN]),
            "unsigned": list(rows.signable_by(user).order_by("pk")[:WAITING_SHOWN]),
            "keeps": user.can("stock.manage"),
            "recalls": user.can("stock.recall"),
        }


class DocumentView(ActionRequiredMixin, TemplateView):
    """One paper: the register of §6 with the lines to sign, the papers it belongs to, and what may be done with it."""

    action = "stock.view"
    template_name = "inventory/document.html"

    @cached_property
    def document(self) -> StockDocument:
        rows = StockDocument.objects.visible_to(self.request.user).with_state()
        rows = rows.select_related(
            "site__place",
            "other_site__place",
            "by",
            "second_by",
            "answers__site",
            "reverses__site",
            "reversed_by__site",
        )
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs):
        document = self.document
        return {
            **super().get_context_data(**kwargs),
            "document": document,
            "tags": tags_of(document),
            "verdict": verdict_of(document),
            "lines": lines_of(document),
            "answers": document.answered_by.select_related("site").order_by("pk"),
            "deeds": self.deeds(),
        }

    def deeds(self) -> set[str]:
        """What the user may do with this paper now."""
        document, user = self.document, self.request.user

        def at(action: str, where: str) -> bool:
            rows = StockDocument.objects.filter(site_of(user, action, where), pk=document.pk)
            return user.can(action) and rows.exists()

        deeds = set()
        if document.left and document.kind in SENDING:
            deeds |= {"call_back"} if at("stock.manage", "site__") else set()
            deeds |= {"arrive"} if at("stock.manage", "other_site__") and document.by != user else set()
        elif can_be_undone(document) and at("stock.manage", "site__"):
            deeds.add("undo")
        came_in = moves(document) and not hasattr(document, "reversed_by")  # only what came in has codes
        if document.kind == DocumentKind.RECEIPT and came_in and at("stock.manage", "site__"):
            deeds.add("codes")
        if StockDocument.objects.signable_by(user).filter(pk=document.pk).exists():
            deeds.add("confirm")
        return deeds
