"""Deeds on a roster: a person comes, leaves, gets another class or job; the roster is confirmed."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.views.generic import View

from core import names
from core.errors import RuleBroken
from core.views import ServiceFormView
from residents.forms.rosters import EntryForm, LeaveForm, MemberForm, initial_of_entry
from residents.models import Resident, RosterEntry
from residents.services import joining, rosters
from residents.views.rosters import OneRoster


class _RosterForm(OneRoster, ServiceFormView):
    action = "members.keep"
    template_name = "residents/roster_form.html"
    heading = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(organisation=self.organisation, heading=self.heading, **kwargs)

    @property
    def back(self) -> str:
        return reverse("residents:roster", args=[self.organisation.pk])


class MemberAddView(_RosterForm):
    """Somebody new, by number and name."""

    form_class = MemberForm

    @property
    def heading(self) -> str:
        return f"往{self.organisation}的名册加人"

    def get_form_kwargs(self):
        own = {"organisation": self.organisation, "user": self.request.user}
        return {**super().get_form_kwargs(), **own}

    def perform(self, form):
        entry, is_new = joining.join_by_number(
            organisation=self.organisation,
            document=form.document,
            name=names.normalise(form.cleaned_data["name"]),
            newcomer=form.newcomer,
            details=form.details(),
            since=form.cleaned_data["since"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            today=self.today,
        )
        how = "已登记并加入名册" if is_new else "已在居民名册上,已加入本单位名册"
        messages.success(self.request, f"{entry.resident.name}{how}。可以接着加下一个人。")
        return reverse("residents:member_add", args=[self.organisation.pk])


class OneMember(_RosterForm):
    """A form about one person on the roster today."""

    @cached_property
    def entry(self) -> RosterEntry:
        current = RosterEntry.objects.filter(organisation=self.organisation, until__isnull=True)
        return get_object_or_404(
            current.select_related("resident", "organisation__place"), uid=self.kwargs["uid"]
        )

    @property
    def person_shown(self) -> Resident:
        return self.entry.resident

    def get_context_data(self, **kwargs):
        return super().get_context_data(entry=self.entry, **kwargs)


class MemberEditView(OneMember):
    """Another class, job or guardian."""

    form_class = EntryForm
    success_message = "已保存。"

    @property
    def heading(self) -> str:
        return f"修改:{self.entry.resident.name}"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "organisation": self.organisation}

    def get_initial(self):
        return initial_of_entry(self.entry)

    def perform(self, form):
        user = self.request.user
        rosters.change_entry(entry=self.entry, details=form.details(), actor=user, today=self.today)
        return self.back


class MemberLeaveView(OneMember):
    """离职、转学、毕业: off the roster, with day and reason; the person stays on the register."""

    form_class = LeaveForm
    success_message = "已移出这份名册。居民名册和接种记录不变。"

    @property
    def heading(self) -> str:
        return f"离开名册:{self.entry.resident.name}"

    def perform(self, form):
        data = form.cleaned_data
        rosters.leave_roster(
            entry=self.entry,
            on=data["on"],
            reason=data["reason"],
            actor=self.request.user,
            today=self.today,
        )
        return self.back


class ConfirmView(OneRoster, View):
    """POST 名册已核对."""

    action = "members.keep"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            people = rosters.confirm_roster(organisation=self.organisation, actor=request.user, now=now())
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"名册已核对,共 {people} 人,核对人 {request.user}。")
        return HttpResponseRedirect(reverse("residents:roster", args=[self.organisation.pk]))
