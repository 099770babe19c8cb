"""Meetings and what they ask for."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.views import ServiceFormView
from reports.duty_forms import FollowUpForm, MeetingForm, StepForm
from reports.models import FollowUp, Meeting
from reports.services import meetings
from reports.views.duty_asked import BookDeedView, DutyMixin, EntryMixin


class MeetingAddView(BookDeedView):
    """A meeting that was held."""

    form_class = MeetingForm
    heading = "登记会议"

    def get_initial(self):
        return {"on": self.today}

    def perform(self, form):
        return meetings.record_meeting(place=self.town, words=form.words(), **self.who(form))


class MeetingView(EntryMixin, TemplateView):
    """One meeting, as minutes on A4, with what has become of what it asked for."""

    model = Meeting
    template_name = "reports/meeting.html"

    def get_context_data(self, **kwargs):
        rows = FollowUp.objects.filter(meeting__uid=self.last.uid).with_state().prefetch_related("steps__by")
        found = [(row, row.is_late(self.today)) for row in rows.order_by("until", "pk")]
        return super().get_context_data(follow_ups=found, **kwargs)


class MeetingCorrectView(EntryMixin, BookDeedView):
    """The next version of a meeting."""

    model = Meeting
    form_class = MeetingForm
    heading = "更正会议记录"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"last": self.last}

    def perform(self, form):
        return meetings.correct_meeting(
            meeting=self.last, words=form.words(), **form.version(), **self.who(form)
        )


class FollowUpAddView(EntryMixin, BookDeedView):
    """One more thing that the meeting asks somebody to do."""

    model = Meeting
    form_class = FollowUpForm
    heading = "登记督办事项"
    success_message = "已登记。到期没办会在工作台上提醒。"

    def perform(self, form):
        asked = {name: form.cleaned_data[name] for name in ("what", "who", "due_on")}
        meetings.follow_up(meeting=self.last, **asked, **self.who(form))
        return self.last


class FollowUpView(DutyMixin, ServiceFormView):
    """One thing to be done: its steps, and, for the own office, the next one."""

    form_class = StepForm
    post_action = "duty_book.write"
    template_name = "reports/follow_up.html"

    @cached_property
    def follow_up(self) -> FollowUp:
        mine = FollowUp.objects.visible_to(self.request.user).with_state()
        return get_object_or_404(mine.select_related("meeting__place__parent"), uid=self.kwargs["uid"])

    @property
    def town(self):
        return self.follow_up.meeting.place

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"follow_up": self.follow_up}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            row=self.follow_up,
            is_late=self.follow_up.is_late(self.today),
            steps=self.follow_up.steps.select_related("by"),
            **kwargs,
        )

    def perform(self, form):
        meetings.step(
            follow_up=self.follow_up,
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            due_on=form.cleaned_data["due_on"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        return self.follow_up.meeting
