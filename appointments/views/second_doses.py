"""Second and later doses: the numbers by village and by who answers, and the names behind each number."""

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from appointments import second_doses
from appointments.choices import Band
from appointments.second_forms import SecondForm
from appointments.second_sheet import sheets
from campaigns.models import Campaign
from core import audit, xlsx
from core.handing_out import people_workbook
from core.views.base import ActionRequiredMixin

_PAGE = 50
_MOST = 2000  # lines on paper; a township's list is printed village by village


class _Seconds(ActionRequiredMixin):
    """The people of the user who wait, as the filter row leaves them."""

    action = "residents.view"

    @cached_property
    def today(self):
        return timezone.localdate()

    @cached_property
    def campaign(self) -> Campaign | None:
        return Campaign.objects.current_for(self.request)

    @cached_property
    def everybody(self):
        return second_doses.waiting(self.request.user, self.campaign or Campaign(pk=0), self.today)

    @cached_property
    def board(self):
        return second_doses.board(self.everybody, self.today)

    @cached_property
    def form(self) -> SecondForm:
        return SecondForm(self.request.GET, villages=self.board[0])

    @cached_property
    def rows(self):
        return second_doses.narrow(self.everybody, self.form.criteria, self.today)

    def names(self, rows):
        return second_doses.names(rows, self.request.user, self.today)

    def note(self, people: int, how: str) -> None:
        """A list of names is seen as one event, not one for each person on it."""
        user = self.request.user
        data = {"people": people, "how": how} | self.form.criteria
        audit.record(f"roster.second_{how}", actor=user, place_code=user.main_role.home.code, data=data)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            campaign=self.campaign,
            today=self.today,
            now=timezone.localtime(),
            may_book=user.can("bookings.make"),
            may_visit=user.can("outreach.log"),
            **kwargs,
        )


class BoardView(_Seconds, TemplateView):
    """Who waits, in numbers; every number opens its list."""

    template_name = "appointments/second.html"

    def get_context_data(self, **kwargs):
        villages, total = self.board
        return super().get_context_data(villages=villages, total=total, bands=Band, **kwargs)


class NamesView(_Seconds, TemplateView):
    """The names, the most pressing first, with a button to book and one to write down a contact."""

    template_name = "appointments/second_names.html"

    def get_context_data(self, **kwargs):
        page = Paginator(self.rows, _PAGE).get_page(self.request.GET.get("page"))
        people = self.names(page.object_list)
        self.note(page.paginator.count, "viewed")
        query = self.request.GET.copy()
        query.pop("page", None)
        return super().get_context_data(
            form=self.form, page=page, people=people, query=query.urlencode(), **kwargs
        )


class PaperView(_Seconds, TemplateView):
    """The list on A4, one sheet per village."""

    template_name = "appointments/second_paper.html"

    def get_context_data(self, **kwargs):
        people = self.names(self.rows[:_MOST])
        self.note(len(people), "printed")
        villages: dict[str, list] = {}
        for one in people:
            villages.setdefault(one.resident.village.name, []).append(one)
        return super().get_context_data(
            villages=villages, cut=len(people) == _MOST, query=self.request.GET.urlencode(), **kwargs
        )


class FileView(_Seconds, View):
    """The list as a workbook."""

    def get(self, request):
        people = self.names(self.rows[:_MOST])
        self.note(len(people), "exported")
        where = str(request.user.main_role.home)
        content = xlsx.build(sheets(people, where=where, campaign=self.campaign, now=timezone.localtime()))
        return people_workbook(content, xlsx.file_name(where, "第2剂名单", self.today), by=request.user)
