"""How far the second doses reach: a part of the booking page, and the office's word for a whole session."""

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.generic import TemplateView

from appointments.forms import ReasonForm
from appointments.listing import due_people
from appointments.services import promises
from appointments.sight import Lookout
from appointments.sight_words import sight_words
from appointments.views.sessions import SessionMixin
from core.views.base import ServiceFormView
from residents.services.enrolments import outlook


class SightView(SessionMixin, TemplateView):
    """How many first doses of this session still have their second in sight, with the numbers; htmx puts it in place."""

    action = "bookings.make"
    template_name = "appointments/_sight.html"

    def render_to_response(self, context, **kwargs):
        """A part of a page asks for nothing of the frame."""
        return HttpResponse(render_to_string(self.template_name, context))

    def get_context_data(self, **kwargs):
        session, user = self.session, self.request.user
        beginners = due_people(user, session).filter(next_dose=1)
        beginners, sight = list(beginners.values_list("pk", "resident__village_code")), None
        if beginners and not session.second_reason:
            first, village_code = beginners[0]
            lookout = Lookout.of(session, timezone.localtime())
            view = outlook([first], campaign=session.campaign, on=session.on)[first]
            sight = lookout.sight(view, village_code, lookout.invited[session.pk].products)
        return super().get_context_data(
            session=session,
            sight=sight,
            words=sight_words(sight) if sight else "",
            people=len(beginners),
            office=user.scope("sessions.manage").covers(session.site.place.code),
            **kwargs,
        )


class LetView(SessionMixin, ServiceFormView):
    """The office lets the first doses of a session be booked, and says how the second ones are provided for."""

    action = "sessions.manage"
    manages = True
    form_class = ReasonForm
    template_name = "core/form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "button": "放行本场第1剂",
            "label": "第2剂怎么安排",
            "hint": "如:12月14日起每周一、三加开场次,旗疾控已答应到苗 500 剂。各村约人时看得到,会留痕。",
            "css": "btn-primary",
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"放行第1剂:{self.session}", **kwargs)

    def perform(self, form):
        promises.let_first_doses(
            session=self.session,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(self.request, "已放行:各村可以约本场的第1剂。")
        return self.session
