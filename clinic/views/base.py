"""What the pages of the floor share: the site one works at, the visit one may touch, the form of one step."""

from functools import lru_cache

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Scope
from clinic.models import Dose, Visit
from core.kept import Hole, Kept
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Site


class FloorMixin(ActionRequiredMixin):
    """A page of the site the user works at today (``?site=`` chooses among several)."""

    action = "clinic.view"

    @cached_property
    def now(self):
        return timezone.now()

    @property
    def today(self):
        return timezone.localdate(self.now)

    @cached_property
    def sites(self) -> list[Site]:
        """Where the user works; nearly always one (read with the roles)."""
        mine = {role.site.pk: role.site for role in self.request.user.roles() if self._works_at(role)}
        return sorted(mine.values(), key=lambda site: site.code)

    def _works_at(self, role) -> bool:
        return role.site_id is not None and self.action in role.actions

    @cached_property
    def site(self) -> Site:
        if not self.sites:
            raise Http404
        chosen = self.request.GET.get("site") or self.request.session.get("site")
        site = next((site for site in self.sites if site.code == chosen), self.sites[0])
        if self.request.session.get("site") != site.code and len(self.sites) > 1:
            self.request.session["site"] = site.code
        return site

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **{"site": self.site, "sites": self.sites, "now": self.now, "today": self.today} | kwargs
        )


def visits_with_all():
    """Visits with what the page of one person shows, without the facts of the schedule. What only one step needs, or few
    visits have, is asked for by itself: PostgreSQL ponders over twenty joins longer than all else takes."""
    doses = Dose.objects.counted().select_related("record", "lot__presentation__vaccine", "by", "site")
    doses = doses.prefetch_related("adverse_events")
    return Visit.objects.select_related(
        "enrolment__resident__organisation",
        "enrolment__resident__village",
        "enrolment__campaign",
        "site__place",
        "consent",
        "booking__slot",
    ).prefetch_related(
        "enrolment__resident__identifiers",
        "enrolment__resident__tags",
        Prefetch("doses", doses, to_attr="counted_doses"),
    )


class VisitStepView(ServiceFormView):
    """One step of one visit: who may not do it sees 403, another township's visit is 404. Children name ``action``,
    ``panel`` (where the form stands on the page), ``form_class``, and implement ``perform``."""

    template_name = "clinic/visit.html"
    panel = ""
    http_method_names = ["post"]

    @cached_property
    def now(self):
        return timezone.now()

    @cached_property
    def visit(self) -> Visit:
        """With what a step needs before it locks the person; the page is read only when it is shown again."""
        visit = _at_a_step(self.request.user.scope(self.action)).first(uid=self.kwargs["uid"])
        if visit is None:
            raise Http404
        return visit


@lru_cache(maxsize=256)
def _at_a_step(scope: Scope) -> Kept:
    """The visit with a ``uid``, if it lies within ``scope``: the nurses of a site all have the same."""
    asked = (
        "uid",
        "enrolment__resident",
        "enrolment__campaign__checklist",
        "site__name",
        "site__code_scan",
        "site__place__code",
    )
    rows = Visit.objects.select_related("enrolment__campaign", "site__place").only(*asked)
    return Kept(lambda: rows.within(scope).filter(uid=Hole("uid")))
