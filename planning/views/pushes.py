"""库存清零 while it goes on: how much is left and how fast it must go, and whom to call."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from appointments import second_doses
from core import audit
from core.views import ActionRequiredMixin
from inventory.querysets import site_of
from places.models import Site
from planning.clearing import Clearing, SiteLines
from planning.models import ClearOut
from planning.owed import FIRST, KINDS, SECOND, to_call

_PAGE = 50


class PushMixin(ActionRequiredMixin):
    """One push the user may see."""

    action = "clearout.view"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    @cached_property
    def push(self) -> ClearOut:
        rows = ClearOut.objects.visible_to(self.request.user).select_related(
            "place", "campaign", "started_by", "ended_by"
        )
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @cached_property
    def state(self) -> Clearing:
        return Clearing(self.push, self.now)

    def kept(self) -> set[int]:
        """Sites of the push where the user keeps the stock."""
        user = self.request.user
        return set(Site.objects.filter(site_of(user, "stock.manage")).values_list("pk", flat=True))

    def shown(self) -> list[SiteLines]:
        """The sites whose stock the user may see."""
        mine = set(Site.objects.filter(site_of(self.request.user, "stock.view")).values_list("pk", flat=True))
        return [here for here in self.state.sites if here.site.pk in mine]


class PushView(PushMixin, TemplateView):
    """What is left, how fast it must go, to whom it is owed; htmx asks again. Below: whom to call."""

    def get_template_names(self):
        part = self.request.htmx and not self.request.htmx.boosted
        return ["planning/_clearing.html" if part else "planning/clear_out.html"]

    def get_context_data(self, **kwargs):
        user = self.request.user
        people = not self.request.htmx and user.can("residents.view") and not self.push.ended_at
        return super().get_context_data(
            push=self.push,
            state=self.state,
            pace=self.state.pace,
            owed=self.state.owed(),
            sites=self.shown(),
            kept=self.kept() if user.can("stock.manage") else set(),
            boards=self.boards() if people else [],
            may_end=ClearOut.objects.kept_by(user).filter(pk=self.push.pk).exists(),
            now=self.now,
            **kwargs,
        )

    def boards(self):
        """(kind, heading, villages with who answers, sum): second doses before those who have not begun."""
        user, today = self.request.user, timezone.localdate(self.now)
        for kind in (SECOND, FIRST):
            villages, total = second_doses.board(to_call(self.push, kind, user, today), today)
            yield kind, KINDS[kind], villages, total


class CallListView(PushMixin, TemplateView):
    """The names behind a number, with the phones of those the user may ring."""

    template_name = "planning/call_list.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, timezone.localdate(self.now)
        if not user.can("residents.view"):
            raise PermissionDenied
        asked = {name: self.request.GET.get(name, "") for name in ("village", "who")}
        kind = self.request.GET.get("kind") if self.request.GET.get("kind") in KINDS else SECOND
        if not all(
            value.isascii() and (value.isdigit() or value in ("", second_doses.NOBODY))
            for value in asked.values()
        ):
            raise Http404
        rows = second_doses.narrow(to_call(self.push, kind, user, today), asked, today)
        page = Paginator(rows, _PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        data = {"people": page.paginator.count, "kind": kind} | asked
        audit.record(
            "clear_out.names_viewed", actor=user, target=self.push, place_code=self.push.place.code, data=data
        )
        return super().get_context_data(
            push=self.push,
            heading=KINDS[kind],
            page=page,
            people=second_doses.names(page.object_list, user, today),
            query=query.urlencode(),
            today=today,
            may_book=user.can("bookings.make"),
            may_visit=user.can("outreach.log"),
            **kwargs,
        )
