"""听取汇报: writing down that a leader has heard how the day stands, and looking at what was heard."""

from django.views.generic import TemplateView

from reports.duty_forms import HearingForm
from reports.models import Hearing
from reports.services import hearings
from reports.services.daily_closing import report_of_day
from reports.views.duty_asked import BookDeedView, EntryMixin


class HearView(BookDeedView):
    """The figures of this moment, and who hears them; they are counted again and frozen when it is saved."""

    form_class = HearingForm
    template_name = "reports/hear.html"
    heading = "登记听取汇报"

    def get_initial(self):
        return {"day": self.day}

    def get_context_data(self, **kwargs):
        report = report_of_day(self.campaign, self.town, self.day, self.now)
        return super().get_context_data(
            figures=hearings.figures_of(report), cut_off=report.cut_off, day=self.day, **kwargs
        )

    def perform(self, form):
        return hearings.hear(
            place=self.town,
            campaign=self.campaign,
            day=form.cleaned_data["day"],
            words=form.words(),
            **self.who(form),
        )


class HearingView(EntryMixin, TemplateView):
    """What was heard, as it was then."""

    model = Hearing
    template_name = "reports/hearing.html"


class HearingCorrectView(EntryMixin, BookDeedView):
    """The words; the figures stay."""

    model = Hearing
    form_class = HearingForm
    heading = "更正听取汇报的记录"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"last": self.last}

    def perform(self, form):
        return hearings.correct(hearing=self.last, words=form.words(), **form.version(), **self.who(form))
