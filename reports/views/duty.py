"""带班和会议: the book of a township on one page, one day of its rota, and a spell of days in turns."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.dates import add_months, asked_day
from core.views import ServiceFormView
from reports.duty_forms import DutyDayForm, RotaForm
from reports.models import DutyDay, FollowUp, Hearing, Meeting
from reports.services import duty_rota
from reports.services.duty_sheets import month_of
from reports.views.duty_asked import BookDeedView, DutyMixin

FINISHED_SHOWN = 10


class DutyView(DutyMixin, TemplateView):
    """``?place=&month=2026-11``: today on top, then the month: rota, hearings, meetings; what is to be done, whatever month."""

    template_name = "reports/duty.html"

    @cached_property
    def month(self) -> tuple[date, date]:
        asked = asked_day(f"{self.asked.get('month', '')}-01", otherwise=self.today)
        return month_of(asked)

    def get_context_data(self, **kwargs):
        since, until = self.month
        of_town = {"place": self.town}
        heard = Hearing.objects.filter(**of_town, campaign=self.campaign, day__range=self.month)
        met = Meeting.objects.filter(**of_town, on__range=self.month).standing()
        return super().get_context_data(
            towns=self.towns,
            since=since,
            before=add_months(since, -1),
            after=add_months(since, 1),
            of_today=duty_rota.standing(self.town, self.today),
            heard_today=Hearing.objects.filter(**of_town, day=self.today).standing().exists(),
            days=self._days(),
            hearings=heard.standing().order_by("-day", "-pk"),
            meetings=met.order_by("-on", "-pk"),
            open_ones=self._late(self.follow_ups.open().order_by("until", "pk")),
            finished=self._late(self.follow_ups.over().order_by("-pk")[:FINISHED_SHOWN]),
            **kwargs,
        )

    @property
    def follow_ups(self):
        return FollowUp.objects.filter(meeting__place=self.town).select_related("meeting")

    def _late(self, rows) -> list[tuple[FollowUp, bool]]:
        return [(row, row.is_late(self.today)) for row in rows]

    def _days(self) -> list[tuple[date, DutyDay | None]]:
        """Every day of the month with who leads; None: nobody yet."""
        since, until = self.month
        rows = DutyDay.objects.filter(place=self.town, day__range=self.month).standing()
        found = {row.day: row for row in rows}
        days = (since + timedelta(days=n) for n in range((until - since).days + 1))
        return [(day, found.get(day)) for day in days]


class DutyDayView(DutyMixin, ServiceFormView):
    """One day: who leads, what it said before, and, for the own office, setting it right."""

    form_class = DutyDayForm
    post_action = "duty_book.write"
    template_name = "reports/duty_day.html"

    @cached_property
    def day(self) -> date:
        try:
            day = date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404 from None
        if not 2000 <= day.year < 2100:
            raise Http404
        return day

    @cached_property
    def last(self) -> DutyDay | None:
        return duty_rota.standing(self.town, self.day)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"last": self.last}

    def get_context_data(self, **kwargs):
        rows = DutyDay.objects.filter(place=self.town, day=self.day).select_related("by")
        versions = list(rows.order_by("-number"))
        return super().get_context_data(day=self.day, entry=self.last, versions=versions, **kwargs)

    def perform(self, form):
        duty_rota.set_day(
            place=self.town,
            day=self.day,
            words=form.words(),
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
            **form.version(),
        )
        messages.success(self.request, f"{self.day:%Y-%m-%d} 的带班已保存。")
        return self.page(f"{self.day:%Y-%m}")


class RotaView(BookDeedView):
    """Several days at once."""

    form_class = RotaForm
    heading = "排班"

    def get_initial(self):
        return {"since": self.today, "until": month_of(self.today)[1]}

    def perform(self, form):
        asked = {name: form.cleaned_data[name] for name in ("since", "until", "leaders", "contacts")}
        made, left = duty_rota.arrange(place=self.town, **asked, **self.who(form))
        words = f";{left} 天已经排过,没有动" if left else ""
        messages.success(self.request, f"已排 {made} 天{words}。")
        return self.page(f"{asked['since']:%Y-%m}")
