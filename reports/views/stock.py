"""Figures about stock and the ledger as a file, for keepers, offices and the county: each over the sites it sees."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core import audit, xlsx
from core.dates import asked_day
from core.handing_out import workbook
from core.views import ActionRequiredMixin
from inventory.models import Lot
from inventory.querysets import site_of
from places.models import Site
from reports.services.stock_ledger import Asked, ledger_sheets
from reports.stock_figures import figures
from reports.stock_rules import LOOK_BACK, OPEN_DAYS

PERIOD = 30  # days of the figures when none are asked


class _Sites(ActionRequiredMixin):
    """``?site=&since=&until=``: one site that the user sees, or all of them."""

    action = "stock.view"

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def sites(self) -> list[Site]:
        rows = Site.objects.filter(site_of(self.request.user, self.action))
        return list(rows.select_related("place").order_by("place__code", "code"))

    @cached_property
    def site(self) -> Site | None:
        asked = self.request.GET.get("site", "")
        if not asked:
            return self.sites[0] if len(self.sites) == 1 else None
        found = next((site for site in self.sites if str(site.pk) == asked), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def span(self) -> tuple[date, date]:
        until = min(asked_day(self.request.GET.get("until", ""), otherwise=self.today), self.today)
        usual = until - timedelta(days=PERIOD - 1)
        return min(asked_day(self.request.GET.get("since", ""), otherwise=usual), until), until


class FiguresView(_Sites, TemplateView):
    """库存分析: each vaccine in vials and doses, how long it lasts, what is lost, when there was none."""

    template_name = "reports/stock.html"

    def get_context_data(self, **kwargs):
        since, until = self.span
        sites = [self.site] if self.site else self.sites
        return super().get_context_data(
            groups=figures(sites, since=since, until=until, today=self.today),
            sites=self.sites,
            site=self.site,
            since=since,
            until=until,
            today=self.today,
            look_back=LOOK_BACK,
            open_days=OPEN_DAYS,
            now=timezone.now(),
            **kwargs,
        )


class LedgerFileView(_Sites, View):
    """疫苗出入库台账 as a workbook: a sheet for each site and lot, with its running balance."""

    def get(self, request) -> HttpResponse:
        since, until = self.span
        asked = Asked(
            sites=[self.site] if self.site else self.sites,
            since=since,
            until=until,
            vaccine=_number(request.GET.get("vaccine")),
            lot_no=self.lot_no,
        )
        if not asked.sites:
            raise Http404
        sheets = ledger_sheets(asked)
        place = self.sites[0].place
        data = {"since": since.isoformat(), "until": until.isoformat(), "sheets": len(sheets)}
        audit.record("stock.ledger_exported", actor=request.user, place_code=place.code, data=data)
        name = xlsx.file_name(str(self.site or place), "疫苗出入库台账", until)
        return workbook(xlsx.build(sheets), name)

    @cached_property
    def lot_no(self) -> str:
        """What was searched for, where it is (a part of) the number of a lot and not of a document."""
        word = self.request.GET.get("q", "").strip()
        return word if word and Lot.objects.filter(lot_no__icontains=word).exists() else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 10 else None
