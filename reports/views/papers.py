"""登记表打印: the forms of domain §7.1, §7.2, §7.3 and §7.7 by village and group, or by class, on A4 and as a workbook."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.views.current import CampaignIfAnyMixin
from core import audit, xlsx
from core.handing_out import people_workbook
from core.views import ActionRequiredMixin
from core.xlsx import Sheet
from places.choices import OrganisationKind
from places.models import Organisation, Place
from reports.paper_page import paper
from reports.services.paper_sheets import PaperKind, papers
from reports.services.people_sheets import group_title
from residents.models import Resident

NO_GROUP = "-"  # who is in no group, in the address


class _Papers(CampaignIfAnyMixin, ActionRequiredMixin):
    """``?kind=&village=&group=&school=``; without them what the user has only one of."""

    action = "papers.print"

    @cached_property
    def villages(self) -> list[Place]:
        mine = Place.objects.current().villages().inside(self.request.user.scope(self.action).prefixes)
        return list(mine.order_by("code"))

    @cached_property
    def schools(self) -> list[Organisation]:
        mine = Organisation.objects.reached_by(self.request.user, self.action).select_related("place")
        return list(mine.filter(kind=OrganisationKind.SCHOOL, is_active=True).order_by("place__code", "name"))

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        """What the user has people for: a school prints its pupils, a village the rest too."""
        return [
            (kind.value, kind.label)
            for kind in PaperKind
            if (self.schools if kind == PaperKind.SCHOOL else self.villages)
        ]

    @cached_property
    def kind(self) -> str:
        kinds = [kind for kind, _ in self.kinds]
        asked = self.request.GET.get("kind", "")
        if asked and asked not in PaperKind:
            raise Http404
        return asked if asked in kinds else next(iter(kinds), "")

    @property
    def is_school(self) -> bool:
        return self.kind == PaperKind.SCHOOL

    @cached_property
    def village(self) -> Place | None:
        return _chosen(self.villages, "code", self.request.GET.get("village", ""))

    @cached_property
    def school(self) -> Organisation | None:
        return _chosen(self.schools, "pk", self.request.GET.get("school", ""))

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """(value in the address, word) of the groups of the village."""
        if self.village is None:
            return []
        live = Resident.objects.live().filter(village=self.village).order_by()
        found = live.values_list("group_no", flat=True).distinct()
        ordered = sorted(found, key=lambda g: (not g, not g.isdigit(), int(g) if g.isdigit() else 0, g))
        return [(group or NO_GROUP, group_title(group)) for group in ordered]

    @cached_property
    def group(self) -> str | None:
        asked = self.request.GET.get("group", "")
        if not asked or asked not in dict(self.groups):
            return None
        return "" if asked == NO_GROUP else asked

    def sheets(self) -> list[Sheet]:
        """The chosen sheets; [] while nothing is chosen. Taking them is recorded as one event."""
        school = self.school if self.is_school else None
        place = school.place if school else self.village
        if self.campaign is None or place is None or (self.is_school and school is None):
            return []
        now = timezone.now()
        made = papers(
            self.kind,
            place=place,
            campaign=self.campaign,
            day=timezone.localdate(now),
            now=now,
            group=None if self.is_school else self.group,
            school=school,
        )
        data = {"kind": self.kind, "rows": sum(len(list(sheet.rows)) for sheet in made)}
        if school is None and self.group is not None:
            data["group"] = self.group
        audit.record(self.event, actor=self.request.user, place_code=place.code, data=data)
        return made


class PapersView(_Papers, TemplateView):
    """Choose, look, print."""

    template_name = "reports/papers.html"
    event = "paper.viewed"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            kinds=self.kinds,
            kind=self.kind,
            is_school=self.is_school,
            villages=self.villages,
            village=self.village,
            groups=self.groups,
            group=self.request.GET.get("group", ""),
            schools=self.schools,
            school=self.school,
            is_chosen=bool(self.school if self.is_school else self.village),
            papers=[paper(sheet) for sheet in self.sheets()],
            query=urlencode({"kind": self.kind} | self.request.GET.dict()),
            campaign=self.campaign,
            may_export=self.request.user.can("residents.reveal")
            and self.request.user.can("residents.export"),
            **kwargs,
        )


class PapersFileView(_Papers, View):
    """The same sheets as a workbook, one tab for each; the address says which."""

    event = "report.exported"

    def get(self, request) -> HttpResponse:
        made = self.sheets() if "kind" in request.GET else []
        if not made:
            raise Http404
        where = self.school if self.is_school else self.village
        name = xlsx.file_name(str(where), PaperKind(self.kind).label, timezone.localdate())
        return people_workbook(xlsx.build(made), name, by=request.user)


def _chosen(rows: list, key: str, asked: str):
    """The asked row; the only one when none is asked. What is not the user's does not exist."""
    if not asked:
        return rows[0] if len(rows) == 1 else None
    found = next((row for row in rows if str(getattr(row, key)) == asked), None)
    if found is None:
        raise Http404
    return found
