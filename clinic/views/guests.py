"""就近接种: guests at our sites, and our people at the sites of others; page, text for the chat group, .xlsx (S116)."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from clinic import guests
from clinic.models import Visit
from core import audit, xlsx
from core.dates import asked_day
from core.handing_out import people_workbook
from core.views import ActionRequiredMixin

PAGE = 100
DAYS = 6  # before today, unless asked otherwise


class _GuestsMixin(ActionRequiredMixin):
    """``?show=here|away&since=&until=``: a week to today unless asked otherwise."""

    action = "guests.view"

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def until(self) -> date:
        return asked_day(self.request.GET.get("until", ""), otherwise=self.today)

    @cached_property
    def since(self) -> date:
        before = asked_day(self.request.GET.get("since", ""), otherwise=self.until - timedelta(days=DAYS))
        return min(before, self.until)

    @cached_property
    def lists(self) -> list[tuple[str, str]]:
        """Which lists the user has: a desk of a site has no people of its own, a village has no site."""
        scope = self.request.user.scope(self.action)
        has_sites = scope.sites or any(len(prefix) < 12 for prefix in scope.prefixes)
        found = [(guests.HERE, "外镇群众来本镇接种")] if has_sites else []
        return found + ([(guests.AWAY, "本镇(村)居民在外镇接种")] if scope.prefixes else [])

    @cached_property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in dict(self.lists) else self.lists[0][0]

    def get_visits(self, show: str):
        """The visits of the list and the days asked for, the youngest first."""
        mine = Visit.objects.guests_here if show == guests.HERE else Visit.objects.guests_away
        found = mine(self.request.user).filter(on__range=(self.since, self.until))
        return found.order_by("-on", "guest_from__code", "site__code", "queue_no")

    def record(self, action: str, people: int) -> None:
        """A list of names is one event, not one for each person on it."""
        data = {"list": f"guests:{self.show}", "people": people}
        place = self.request.user.main_role.home.code
        audit.record(action, actor=self.request.user, place_code=place, data=data)


class GuestsView(_GuestsMixin, TemplateView):
    """Who came from where and what became of it."""

    template_name = "clinic/guests.html"

    def get_context_data(self, **kwargs):
        paginator = Paginator(self.get_visits(self.show), PAGE)
        numbers = {key: self.get_visits(key).count() for key, _ in self.lists if key != self.show}
        numbers[self.show] = paginator.count
        page = paginator.get_page(self.request.GET.get("page"))
        visits = list(guests.with_all(page.object_list))
        for visit in visits:
            visit.result, visit.reactions = guests.result_words(visit), guests.reactions_of(visit)
        self.record("resident.names_viewed", len(visits))
        query = self.request.GET.copy()
        query.pop("page", None)
        is_here = self.show == guests.HERE
        return super().get_context_data(
            lists=[(key, word, numbers[key]) for key, word in self.lists],
            show=self.show,
            heading=dict(self.lists)[self.show],
            page=page,
            visits=visits,
            texts=self.texts(visits if paginator.num_pages == 1 else None) if is_here else [],
            since=self.since,
            until=self.until,
            query=query.urlencode(),
            may_see_cases=self.request.user.can("aefi.view"),
            may_open_visit=is_here and self.request.user.can("clinic.view"),
            **kwargs,
        )

    def texts(self, visits) -> list[tuple[str, str]]:
        """The words for each township, of all visits of these days."""
        if visits is None:
            visits = guests.with_all(self.get_visits(guests.HERE))
        return guests.notices(visits, self.since, self.until)


class GuestsFileView(_GuestsMixin, View):
    """The list as a workbook."""

    def get(self, request, *args, **kwargs):
        visits = list(guests.with_all(self.get_visits(self.show)))
        self.record("resident.exported", len(visits))
        where = request.user.main_role.home.name
        now = timezone.localtime()
        title = f"{dict(self.lists)[self.show]}名单({self.since}至{self.until})"
        page = guests.sheet(visits, title=title, filled_by=where, cut_off=f"{now:%Y-%m-%d %H:%M}")
        return people_workbook(
            xlsx.build([page]), xlsx.file_name(where, "就近接种名单", self.today), by=request.user
        )
