"""What the address of a report asks for: which place, which day, which kind. A place outside one's scope does not exist."""

from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns.views.current import CurrentCampaignMixin
from core.dates import asked_day
from core.views import ActionRequiredMixin
from places.choices import Level
from places.models import Place
from reports.choices import TargetKind
from reports.cohorts import AGES, Cohort, cohorts_of
from reports.models import Target


class ReportMixin(CurrentCampaignMixin, ActionRequiredMixin):
    """Place, day, kind and campaign of a page; place and day from the address, else one's own and today."""

    action = "reports.view"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        self.asked = request.GET if request.method == "GET" else request.POST

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def place(self) -> Place:
        """The asked place inside the user's scope (404), else where the user's role is."""
        user = self.request.user
        if code := self.asked.get("place"):
            mine = Place.objects.inside(user.scope(self.action).prefixes)
            return get_object_or_404(mine.select_related("parent"), code=code)
        own = next((a.place for a in user.roles() if self.action in a.actions and a.place_id), None)
        if own is None:
            raise ImproperlyConfigured(f"{self.action} belongs to roles at a place")
        return own

    @cached_property
    def day(self) -> date:
        """The asked day, never a coming one; today when none is asked or it cannot be read."""
        return min(asked_day(self.asked.get("day", ""), otherwise=self.today), self.today)

    @cached_property
    def cohort(self) -> Cohort:
        """The asked cohort of the campaign (404 when it has none such); everyone when none is asked."""
        asked = self.asked.get("cohort", "")
        found = next((one for one in AGES if one.code == asked), None)
        if found is None:
            found = next((one for one in self.cohorts if one.code == asked), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """What the page can be asked for."""
        return cohorts_of(self.campaign)

    @cached_property
    def kind(self) -> TargetKind:
        """首剂, 全程, 加强 or doses; an unknown one is 首剂."""
        asked = self.asked.get("kind")
        return TargetKind(asked) if asked in TargetKind else TargetKind.FIRST


class TownMixin(ReportMixin):
    """Reports that are made by township: a county looks at one of its towns."""

    action = "reports.download"

    @cached_property
    def towns(self) -> list[Place]:
        mine = Place.objects.current().inside(self.request.user.scope(self.action).prefixes)
        return list(mine.filter(level=Level.TOWN).order_by("code"))

    @cached_property
    def town(self) -> Place:
        """The asked town, else of the user's the first that has a task, else the first (404 when there is none)."""
        if self.asked.get("place"):
            if self.place.level == Level.TOWN:
                return self.place
            if self.place.level != Level.COUNTY:
                raise Http404
        if not self.towns:
            raise Http404
        if len(self.towns) == 1:
            return self.towns[0]
        tasks = Target.objects.current().filter(campaign=self.campaign, place__in=self.towns)
        busy = set(tasks.values_list("place_id", flat=True).distinct())
        return next((town for town in self.towns if town.pk in busy), self.towns[0])
