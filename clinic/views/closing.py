"""日清日结: the days of a site, one day's equation with what is off, the count, the doses behind it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, View

from clinic.closing import doses_behind, given_on
from core import audit
from core.views import ActionRequiredMixin, KeyedForm, ScopedListView, ServiceFormView
from inventory.choices import Part
from inventory.closing import closed_until, day_lines, days_without_close
from inventory.closing_forms import CountForm
from inventory.closing_lists import CloseFilter, CloseTable
from inventory.closing_rules import Amount, LotDay
from inventory.models import DayClose, Lot, StockMovement
from inventory.querysets import site_of
from inventory.services.closing import count_day
from inventory.services.losses import waste_leftovers
from places.models import Site

USUAL_PARTS = (Part.RECEIVED, Part.USED, Part.WASTED_OPEN, Part.WASTED_CLOSED)


class CloseListView(ScopedListView):
    """What waits for a close or a signature, then every close."""

    action = "stock.view"
    model = DayClose
    table_class = CloseTable
    filterset_class = CloseFilter
    template_name = "clinic/closes.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .with_sums()
            .select_related("site", "document__site", "counted_by", "closed_by")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, today = self.request.user, timezone.localdate()
        if not self.request.htmx:
            sites = Site.objects.active().filter(site_of(user, "stock.view"))
            named = sites.in_bulk()
            kept = (
                Site.objects.active().filter(site_of(user, "stock.manage"))
                if user.can("stock.manage")
                else []
            )
            context |= {
                "owed": [(named[site], day) for site, day in days_without_close(sites, today)],
                "kept": kept,
                "waiting": DayClose.objects.signable_by(user).select_related("site", "counted_by")
                if user.can("stock.countersign")
                else [],
            }
        return {**context, "today": today}


class _OfDay(ActionRequiredMixin):
    """``/<site>/<day>/``: a day of a site that the user sees; deeds only for its keeper."""

    action = "stock.view"

    @cached_property
    def site(self) -> Site:
        mine = Site.objects.filter(site_of(self.request.user, "stock.view"))
        return get_object_or_404(mine.select_related("place"), pk=self.kwargs["site"])

    @cached_property
    def on(self) -> date:
        try:
            return date.fromisoformat(self.kwargs["day"])
        except ValueError as error:
            raise Http404 from error

    @cached_property
    def keeps(self) -> bool:
        user = self.request.user
        if not user.can("stock.manage"):
            return False
        return Site.objects.filter(site_of(user, "stock.manage"), pk=self.site.pk).exists()

    def check_keeper(self) -> None:
        """404 out of sight, 403 for a site that somebody else keeps."""
        if not self.keeps:
            raise PermissionDenied


class DayView(_OfDay, ServiceFormView):
    """The equation of the day line by line; the keeper enters what was counted."""

    template_name = "clinic/close_day.html"
    form_class = CountForm

    def get(self, request, *args, **kwargs):
        made = DayClose.objects.filter(site=self.site, on=self.on).exclude(state="withdrawn").first()
        return (
            HttpResponseRedirect(made.get_absolute_url()) if made else super().get(request, *args, **kwargs)
        )

    def post(self, request, *args, **kwargs):
        self.check_keeper()
        return super().post(request, *args, **kwargs)

    @cached_property
    def lines(self):
        return day_lines(self.site, self.on, given_on(self.site, self.on))

    @cached_property
    def parts(self) -> list[Part]:
        """The columns of every day, and those that this day needs."""
        there = {part for line in self.lines for part in line.equation.parts}
        return [part for part in Part if part in there or part in USUAL_PARTS]

    def amounts(self, line: LotDay) -> list[tuple[str, Amount]]:
        """(word, amount) for each of ``parts``."""
        return [(part.label, line.equation.parts.get(part, Amount())) for part in self.parts]

    @property
    def strays(self) -> list[int]:
        """Uses of stock that belong to nobody."""
        return [pk for line in self.lines for pk in line.match.without_dose][:50]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"lines": self.lines}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "site": self.site,
            "on": self.on,
            "since": closed_until(self.site),
            "keeps": self.keeps,
            "parts": [part.label for part in self.parts],
            "rows": [(*row, self.amounts(row[0])) for row in context["form"].rows()],
            "strays": StockMovement.objects.filter(pk__in=self.strays).select_related("by"),
            "left": [line for line in self.lines if line.must_be_wasted],
            "off": [line for line in self.lines if line.is_off],
            "today": timezone.localdate(),
        }

    def perform(self, form):
        counts = form.counts()
        for line in self.lines:  # shown again with what was typed when the count is refused
            line.count = counts[line.lot.pk]
        close = count_day(
            site=self.site,
            on=self.on,
            given=given_on(self.site, self.on),
            counts=counts,
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
        messages.success(self.request, "已保存清点。请另一位同事用自己的帐号登录,打开这一页复核。")
        return close


class LeftoversView(_OfDay, View):
    """One click: the rest of every opened vial of the site becomes wastage."""

    action = "stock.manage"

    def post(self, request, site, day):
        self.check_keeper()
        form = KeyedForm(request.POST)
        if not form.is_valid():
            raise SuspiciousOperation("not a key")
        paper = waste_leftovers(
            site=self.site, actor=request.user, key=form.cleaned_data["key"], now=timezone.now()
        )
        doses = -sum(line.open_doses for line in paper.lines.all())
        messages.success(request, f"已开启的剩余 {doses} 剂已登记为损耗,单号 {paper.no}。")
        return HttpResponseRedirect(reverse("closing:day", args=[self.site.pk, self.on.isoformat()]))


class DosesView(_OfDay, ListView):
    """``?lot=``: the doses on people behind one number of the equation. Names are masked; looking is recorded."""

    template_name = "clinic/close_doses.html"
    context_object_name = "doses"
    paginate_by = 100

    @cached_property
    def lot(self) -> Lot:
        asked = self.request.GET.get("lot", "")
        mine = Lot.objects.filter(levels__site=self.site).select_related("presentation__vaccine")
        return get_object_or_404(mine, pk=int(asked) if asked.isdecimal() and len(asked) < 10 else 0)

    def get_queryset(self):
        return doses_behind(self.site, self.on, self.lot).order_by("given_at", "pk")

    def get_context_data(self, **kwargs):
        data = {"lot": self.lot.lot_no, "on": self.on.isoformat()}
        audit.record(
            "close.doses_viewed", actor=self.request.user, place_code=self.site.place.code, data=data
        )
        return super().get_context_data(
            site=self.site, on=self.on, lot=self.lot, may_open=self.request.user.can("clinic.view"), **kwargs
        )
