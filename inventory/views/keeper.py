"""What the keeper's pages share: one moment, one site, and what may be reached."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from core.views import ServiceFormView
from inventory.models import StockDocument, StockLevel
from inventory.querysets import site_of
from places.models import Site


class KeeperView(ServiceFormView):
    """A deed of the stock room. 404 for what the user cannot see, 403 for what the user sees but does not keep."""

    action = "stock.manage"
    heading = ""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            self.check_reach()
        return super().dispatch(request, *args, **kwargs)

    def check_reach(self):
        """404 and 403 before anything else."""

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "heading": self.heading}

    @property
    def signed(self) -> dict:
        """Who and when, for a service."""
        return {"actor": self.request.user, "now": self.now}


class AtSiteView(KeeperView):
    """A deed at one of the sites that the user keeps: ``?site=``, else the first."""

    @cached_property
    def sites(self) -> list[Site]:
        keeps = Site.objects.active().filter(site_of(self.request.user, "stock.manage"))
        return list(keeps.select_related("place").order_by("pk"))

    @cached_property
    def site(self) -> Site:
        asked = self.request.GET.get("site", "")
        found = [site for site in self.sites if str(site.pk) == asked] if asked else self.sites
        if not found:
            raise Http404
        return found[0]

    def check_reach(self):
        self.site  # noqa: B018

    @cached_property
    def levels(self) -> list[StockLevel]:
        """What lies there, first expired first."""
        rows = StockLevel.objects.filter(site=self.site).in_stock().fefo()
        return list(rows.select_related("lot__presentation__vaccine"))

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "site": self.site, "sites": self.sites}


class OnPaperView(KeeperView):
    """A deed on one document; ``kept_at`` is whose keeper does it."""

    kept_at = "site__"

    @cached_property
    def document(self) -> StockDocument:
        rows = StockDocument.objects.select_related("site__place", "other_site__place", "by")
        document = get_object_or_404(rows.visible_to(self.request.user), uid=self.kwargs["uid"])
        kept = StockDocument.objects.filter(site_of(self.request.user, self.action, self.kept_at))
        if not kept.filter(pk=document.pk).exists():
            raise PermissionDenied
        return document

    def check_reach(self):
        self.document  # noqa: B018

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "document": self.document}
