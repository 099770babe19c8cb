"""What is there, and how it came and went."""

from django.utils import timezone
from django.utils.functional import cached_property
from django_filters.views import FilterView

from core.views import ActionRequiredMixin, ScopedListView
from inventory.filters import MovementFilter, StockFilter
from inventory.models import StockLevel, StockMovement
from inventory.opened import opened_vials
from inventory.querysets import site_of
from inventory.register import register_lines
from inventory.tables import MovementTable, StockTable
from places.models import Site

# What the printed register says of a movement.
LINE_FACTS = ("site", "lot__presentation__vaccine", "by", "document__site", "document__second_by")


class _SitesMixin:
    """Which sites the user sees and keeps: decides a column and the deeds of a row."""

    @cached_property
    def sites(self) -> list[Site]:
        return list(Site.objects.filter(site_of(self.request.user, "stock.view")))

    @cached_property
    def kept(self) -> set[int]:
        if not self.request.user.can("stock.manage"):
            return set()
        keeps = site_of(self.request.user, "stock.manage")
        return set(Site.objects.filter(keeps).values_list("pk", flat=True))

    def get_table_kwargs(self):
        hidden = ["site"] if len(self.sites) == 1 else []
        return {"kept": self.kept, "exclude": hidden if self.kept else [*hidden, "deeds"]}


class StockView(_SitesMixin, ScopedListView):
    """Stock by site and lot, in vials and doses."""

    action = "stock.view"
    model = StockLevel
    table_class = StockTable
    filterset_class = StockFilter
    template_name = "inventory/stock.html"

    def get_queryset(self):
        rows = super().get_queryset().with_doses().with_vaccine_doses(timezone.localdate()).fefo()
        return rows.select_related("site", "lot__presentation__vaccine")

    def get_table_kwargs(self):
        return {**super().get_table_kwargs(), "now": timezone.now()}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.request.htmx:
            rows, today = StockLevel.objects.visible_to(self.request.user), timezone.localdate()
            context |= {"summary": rows.summary(today), "low": rows.low_vaccines(today)}
            context |= {"opened": opened_vials(rows, timezone.now()), "today": today}
        return {**context, "keeps": bool(self.kept), "sites": self.sites}


class MovementListView(_SitesMixin, ScopedListView):
    """The register with running balances."""

    action = "stock.view"
    model = StockMovement
    table_class = MovementTable
    filterset_class = MovementFilter
    template_name = "inventory/movements.html"

    def get_table_kwargs(self):
        return {"exclude": ["site"] if len(self.sites) == 1 else []}

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related(
            "site", "lot__presentation__vaccine", "by", "reversed_by", "document__site"
        )


class RegisterView(_SitesMixin, ActionRequiredMixin, FilterView):
    """疫苗出入库登记 on paper: the same filters, oldest first, the columns of the paper register, lines to sign."""

    action = "stock.view"
    model = StockMovement
    filterset_class = MovementFilter
    template_name = "inventory/register.html"
    most_rows = 10_000  # movements: about a month of a busy clinic

    def get_queryset(self):
        rows = StockMovement.objects.visible_to(self.request.user).order_by("pk")
        return rows.select_related(*LINE_FACTS)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["filter"].form
        chosen = form.cleaned_data if form.is_valid() else {}
        rows = list(self.object_list[: self.most_rows + 1])
        only = self.sites[0] if len(self.sites) == 1 else None
        return {
            **context,
            "lines": register_lines(rows[: self.most_rows]),
            "cut": len(rows) > self.most_rows,
            "most_rows": self.most_rows,
            "site": chosen.get("site") or only,
            "chosen": chosen,
            "printed_at": timezone.now(),
        }
