"""Members of a working group: who joins, changes, leaves."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns.group_forms import MemberForm
from campaigns.services import groups as deeds
from campaigns.views.groups import GroupDeedView, OneGroup
from core.errors import RuleBroken


class MemberAddView(GroupDeedView):
    """Somebody joins."""

    form_class = MemberForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"button": "增加成员", "group": self.group}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"增加成员:{self.group}", **kwargs)

    def perform(self, form):
        values = {name: form.cleaned_data[name] for name in form.MEMBER}
        deeds.add_member(
            actor=self.request.user,
            group=self.group,
            key=form.cleaned_data["key"],
            today=timezone.localdate(),
            **values,
        )
        messages.success(self.request, f"{values['name']}已加入{self.group}。")
        return self.group


class MemberEditView(GroupDeedView):
    """What is said of somebody changes; the former line stays in the history."""

    form_class = MemberForm

    @cached_property
    def member(self):
        return get_object_or_404(self.group.members.current(), pk=self.kwargs["pk"])

    def get_initial(self):
        return {name: getattr(self.member, name) for name in MemberForm.MEMBER}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"button": "保存修改", "group": self.group}

    def get_context_data(self, **kwargs):
        note = "保存后,原来的一行转入历史记录。"
        return super().get_context_data(heading=f"修改成员:{self.member.name}", note=note, **kwargs)

    def perform(self, form):
        values = {name: form.cleaned_data[name] for name in form.MEMBER}
        deeds.change_member(actor=self.request.user, member=self.member, today=timezone.localdate(), **values)
        return self.group


class MemberRemoveView(OneGroup, View):
    """POST: somebody leaves."""

    action = "directory.edit"
    http_method_names = ["post"]

    def post(self, request, uid, pk):
        member = get_object_or_404(self.group.members.current(), pk=pk)
        try:
            deeds.remove_member(actor=request.user, member=member, today=timezone.localdate())
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{member.name}已移出{self.group},记录保留在历史里。")
        return HttpResponseRedirect(self.group.get_absolute_url())
