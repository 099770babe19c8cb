"""Syringes and diluent: what lies where, and the ledger on screen, on paper and as a workbook."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core import xlsx
from core.handing_out import workbook
from core.views import ActionRequiredMixin
from inventory.models import SupplyMovement
from inventory.supply_choices import SupplyMove
from inventory.supply_forms import LedgerForm
from inventory.supply_levels import kept_sites, supplies_by_site
from inventory.supply_sheet import sheets

_MOST = 5000  # movements of one look at the ledger: years of one site


class SuppliesView(ActionRequiredMixin, TemplateView):
    """What lies at each site, and whether it is enough for the vaccine there."""

    action = "stock.view"
    template_name = "inventory/supplies.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, timezone.localdate()
        return super().get_context_data(
            lines=supplies_by_site(user, today),
            kept=set(kept_sites(user).values_list("pk", flat=True)),
            today=today,
            **kwargs,
        )


class _Ledger(ActionRequiredMixin):
    """Movements as the filter row leaves them, oldest first."""

    action = "stock.view"

    @cached_property
    def form(self) -> LedgerForm:
        return LedgerForm(self.request.GET, user=self.request.user)

    @cached_property
    def rows(self) -> list[SupplyMovement]:
        rows = SupplyMovement.objects.visible_to(self.request.user).filter(**self.form.criteria)
        found = rows.select_related("site", "lot__item", "by", "reversed_by").order_by("pk")
        return list(found[:_MOST])


class LedgerView(_Ledger, TemplateView):
    """注射器台账: the columns of the paper ledger, with the running balance; the same page prints."""

    template_name = "inventory/supply_ledger.html"

    def get_context_data(self, **kwargs):
        fixed = {SupplyMove.REVERSAL, SupplyMove.COUNT}
        return super().get_context_data(
            form=self.form,
            rows=self.rows,
            cut=len(self.rows) == _MOST,
            fixed=fixed,
            kept=set(kept_sites(self.request.user).values_list("pk", flat=True)),
            query=self.request.GET.urlencode(),
            now=timezone.localtime(),
            **kwargs,
        )


class LedgerFileView(_Ledger, View):
    """The ledger as a workbook."""

    def get(self, request):
        home, now = str(request.user.main_role.home), timezone.localtime()
        content = xlsx.build(sheets(self.rows, where=str(self.form.chosen_site or home), now=now))
        return workbook(content, xlsx.file_name(home, "注射器台账", timezone.localdate(now)))
