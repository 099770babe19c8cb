"""个人信息请求: taken down on a person's page, answered by the office."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView

from core.views import ActionRequiredMixin, ServiceFormView
from residents.choices import RequestKind
from residents.forms.person_requests import AnswerRequestForm, RequestForm
from residents.models import PersonRequest, Resident
from residents.services import person_requests
from residents.views.base import PersonDeedView


class RequestAddView(PersonDeedView):
    """Somebody asks to see, correct or delete the own data."""

    action = "residents.edit"
    form_class = RequestForm
    heading = "登记个人信息请求"
    lead = "本人或监护人要求查阅复制、更正或删除自己的信息时登记;由镇专班办公室在15天内答复。"

    def perform(self, form):
        asked = form.cleaned_data
        person_requests.take_down(
            resident=self.person,
            kind=asked["kind"],
            asker=asked["asker"],
            words=asked["words"],
            key=asked["key"],
            actor=self.request.user,
            now=timezone.now(),
        )
        messages.success(self.request, "已登记,由镇专班办公室答复。")
        return self.person


class RequestsView(ActionRequiredMixin, ListView):
    """All of the township, the unanswered first."""

    action = "requests.answer"
    template_name = "residents/person_requests.html"
    context_object_name = "rows"
    paginate_by = 50

    def get_queryset(self):
        return PersonRequest.objects.visible_to(self.request.user).open_first()

    def get_context_data(self, **kwargs):
        data, now = super().get_context_data(**kwargs), timezone.now()
        data["lines"] = [(row, row.status_pair(now)) for row in data["rows"]]
        return data


class RequestView(ServiceFormView):
    """One request, and its answer."""

    action = "requests.answer"
    form_class = AnswerRequestForm
    template_name = "residents/person_request.html"

    @cached_property
    def row(self) -> PersonRequest:
        mine = PersonRequest.objects.visible_to(self.request.user)
        return get_object_or_404(
            mine.select_related("resident__village", "taken_by", "decided_by"), uid=self.kwargs["uid"]
        )

    @property
    def person_shown(self) -> Resident:
        return self.row.resident

    def get_initial(self):
        is_kept = self.row.kind == RequestKind.DELETE and self.row.resident.records.exists()
        return {"reason": person_requests.STATUTORY, "outcome": "refused"} if is_kept else {}

    def get_context_data(self, **kwargs):
        state = self.row.status_pair(timezone.now())
        return super().get_context_data(row=self.row, person=self.row.resident, state=state, **kwargs)

    def perform(self, form):
        return person_requests.answer(
            self.row, **form.cleaned_data, actor=self.request.user, now=timezone.now()
        )
