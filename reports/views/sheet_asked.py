"""What the address of a report of ``sheet_kinds`` asks for: which report, about which place or school, which day."""

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from places.choices import OrganisationKind
from places.models import Organisation, Place
from reports.choices import ReportKind
from reports.services.production import Order
from reports.sheet_kinds import KINDS, SheetKind
from reports.views.asked import ReportMixin


class SheetMixin(ReportMixin):
    """``<kind>/?place=&day=&school=``: one report about a place or school of the user's."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in KINDS:
            raise Http404
        self.action = self.sheet_kind.action

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.can("sheets.view"):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @property
    def sheet_kind(self) -> SheetKind:
        return KINDS[self.kwargs["kind"]]

    @cached_property
    def schools(self) -> list[Organisation]:
        """The schools in the user's reach, where the report is about schools."""
        if self.sheet_kind.kind != ReportKind.SCHOOL:
            return []
        mine = Organisation.objects.reached_by(self.request.user, self.action).select_related("place")
        return list(mine.filter(kind=OrganisationKind.SCHOOL, is_active=True).order_by("place__code", "name"))

    @cached_property
    def school(self) -> Organisation | None:
        """The asked school (404 when it is not the user's); the only one of a user who has no place."""
        if asked := self.asked.get("school"):
            return next((one for one in self.schools if str(one.pk) == asked), None) or self._missing()
        has_place = self.request.user.scope(self.action).prefixes
        return self.schools[0] if self.schools and not has_place else None

    @staticmethod
    def _missing():
        raise Http404

    @cached_property
    def place(self) -> Place:
        return self.school.place if self.school else super().place

    @cached_property
    def order(self) -> Order:
        day = self.day if self.sheet_kind.of_day else self.today
        return Order(self.sheet_kind.code, self.place, day, self.campaign, school=self.school)

    def link(self, name: str = "reports:sheet", **more) -> str:
        """The address of ``name`` about the same place."""
        asked = {"school": self.school.pk} if self.school else {"place": self.place.code}
        if self.sheet_kind.of_day:
            asked["day"] = self.order.day.isoformat()
        return f"{reverse(name, args=[self.sheet_kind.code])}?{urlencode(asked | more)}"
