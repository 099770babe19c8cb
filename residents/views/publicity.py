"""Publicity by village and week: put down, look over, print, correct."""

from datetime import date, timedelta

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime, now
from django.views.generic import View

from core import xlsx
from core.dates import asked_day
from core.handing_out import workbook
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from residents import publicity_sheet
from residents.choices import PublicityKind
from residents.forms.publicity import CorrectForm, PublicityForm
from residents.models import PublicityCount
from residents.services import publicity


class _Week(ActionRequiredMixin):
    """``?week=`` any day of it; this week unless asked otherwise."""

    action = "publicity.view"

    @cached_property
    def monday(self) -> date:
        day = asked_day(self.request.GET.get("week", ""), otherwise=localdate())
        return publicity_sheet.week_of(day)[0]

    @cached_property
    def counts(self) -> list[PublicityCount]:
        span = (self.monday, self.monday + timedelta(days=6))
        mine = PublicityCount.objects.visible_to(self.request.user).counted().filter(day__range=span)
        return list(mine.select_related("place", "by", "supersedes").order_by("place__code", "day", "pk"))

    @cached_property
    def table(self) -> list[dict]:
        places = Place.objects.current().villages().inside(self.request.user.scope(self.action).prefixes)
        return publicity_sheet.weekly(places, self.counts)


class PublicityView(_Week, ServiceFormView):
    """The week as a table; who records has the form beside it."""

    form_class = PublicityForm
    template_name = "residents/publicity.html"
    success_message = "已记录。"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "today": localdate()}

    def get_context_data(self, **kwargs):
        kinds = PublicityKind.values
        user = self.request.user
        return super().get_context_data(
            kinds=PublicityKind.labels,
            table=[(row["village"], [row[kind] for kind in kinds]) for row in self.table],
            totals=publicity_sheet.totals(self.table),
            counts=self.counts,
            monday=self.monday,
            sunday=self.monday + timedelta(days=6),
            before=self.monday - timedelta(days=7),
            after=self.monday + timedelta(days=7),
            may_record=user.can("publicity.record"),
            where=user.main_role.home,
            now=localtime(),
            **kwargs,
        )

    def perform(self, form):
        data = form.cleaned_data
        publicity.record(
            place=data["village"],
            day=data["day"],
            counts=form.counts,
            note=data["note"],
            actor=self.request.user,
            key=data["key"],
            now=now(),
        )
        return f"{reverse('residents:publicity')}?week={data['day'].isoformat()}"


class PublicityFileView(_Week, View):
    """The weekly sheet as a workbook."""

    def get(self, request):
        where = str(request.user.main_role.home)
        page = publicity_sheet.sheet(self.table, monday=self.monday, where=where, now=localtime())
        return workbook(xlsx.build([page]), xlsx.file_name(where, "宣传周报", self.monday))


class CorrectView(ServiceFormView):
    """Replace one figure; the old one stays on record."""

    action = "publicity.record"
    form_class = CorrectForm
    template_name = "core/form.html"
    success_message = "已更正,原来的数保留在记录里。"

    @cached_property
    def row(self) -> PublicityCount:
        mine = PublicityCount.objects.visible_to(self.request.user, self.action).counted()
        return get_object_or_404(mine.select_related("place"), uid=self.kwargs["uid"])

    def get_form_kwargs(self):
        self.row  # noqa: B018  404 before anything else
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"更正:{self.row}", **kwargs)

    def perform(self, form):
        data = form.cleaned_data
        new = publicity.correct(
            row=self.row, count=data["count"], reason=data["reason"], actor=self.request.user, now=now()
        )
        return f"{reverse('residents:publicity')}?week={new.day.isoformat()}"
