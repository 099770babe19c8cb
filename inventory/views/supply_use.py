"""What the clinic used of syringes and diluent on a day."""

from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

from inventory.models import StockMovement, SupplyMovement
from inventory.services import supplies
from inventory.supply_choices import SYRINGES
from inventory.supply_forms import SupplyUseForm
from inventory.supply_levels import kept_sites
from inventory.supply_rules import spread
from inventory.views.supply_deeds import SupplyDeedView
from places.models import Site


class SupplyUseView(SupplyDeedView):
    """One deed for a day's use: at least as many syringes as injections are proposed, first expired first."""

    form_class = SupplyUseForm
    template_name = "inventory/supply_use.html"
    heading = "登记使用"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action) and self.site is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def sites(self) -> list[Site]:
        return list(kept_sites(self.request.user).active().select_related("place"))

    @cached_property
    def site(self) -> Site | None:
        wanted = self.request.GET.get("site") or (str(self.sites[0].pk) if self.sites else "")
        return next((site for site in self.sites if str(site.pk) == wanted), None)

    @cached_property
    def on(self):
        try:
            return parse_date(self.request.GET.get("on", "")) or timezone.localdate()
        except ValueError:
            return timezone.localdate()

    @cached_property
    def doses(self) -> int:
        return StockMovement.objects.injections(self.site, self.on)

    @cached_property
    def used(self) -> int:
        return supplies.used_on(self.site, self.on)

    def get_form_kwargs(self):
        here = SupplyMovement.objects.in_stock().filter(site=self.site, lot__expires_on__gte=self.on)
        rows = list(here.select_related("lot__item"))
        syringes = [(row.lot, row.balance) for row in rows if row.lot.item.kind in SYRINGES]
        taken = spread(max(0, self.doses - self.used), syringes)
        offers = [(row, taken.get(row.lot, 0)) for row in rows]
        return {**super().get_form_kwargs(), "offers": offers}

    def get_context_data(self, **kwargs):
        facts = {
            "site": self.site,
            "sites": self.sites,
            "on": self.on,
            "doses": self.doses,
            "used": self.used,
        }
        return {**super().get_context_data(**kwargs), **facts}

    def perform(self, form):
        data = form.cleaned_data
        rows = supplies.use_supplies(
            site=self.site, on=self.on, taken=form.taken, reason=data["reason"], key=data["key"], **self.by
        )
        return self.done(f"{self.on:%m月%d日}使用已登记,共 {-sum(row.quantity for row in rows)} 支。")
