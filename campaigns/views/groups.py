"""The groups of the directories: set up by an office or a village, changed and dissolved by who keeps them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.group_forms import CopyForm, GroupForm
from campaigns.models import Campaign, WorkGroup
from campaigns.services import groups as deeds
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place


class OfficeMixin(ActionRequiredMixin):
    """Deeds on whole directories: for the county or township of the user (403 for a village)."""

    action = "directory.edit"

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(
            Campaign.objects.visible_to(self.request.user),
            pk=getattr(Campaign.objects.current_for(self.request), "pk", None),
        )

    @cached_property
    def office(self) -> Place:
        for role in self.request.user.roles():
            if self.action in role.actions and role.place_id and len(role.place.prefix) < 12:
                return role.place
        raise PermissionDenied


class DefaultsView(OfficeMixin, View):
    """POST: the usual groups of the office's place, those that are missing."""

    http_method_names = ["post"]

    def post(self, request):
        made = deeds.open_default_groups(actor=request.user, campaign=self.campaign, place=self.office)
        word = f"已建立 {len(made)} 个工作组,请逐组填写成员。" if made else "常用的工作组都已建立。"
        messages.success(request, word)
        return HttpResponseRedirect(reverse("groups:list"))


class CopyView(OfficeMixin, ServiceFormView):
    """Take the groups of another campaign over."""

    form_class = CopyForm
    template_name = "core/form.html"

    def get_form_kwargs(self):
        others = Campaign.objects.visible_to(self.request.user).exclude(pk=self.campaign.pk)
        return super().get_form_kwargs() | {"campaigns": others}

    def get_context_data(self, **kwargs):
        note = f"把{self.office}各工作组和现任成员带到“{self.campaign}”。已有的工作组不变。"
        return super().get_context_data(heading="从另一个接种活动复制工作组", note=note, **kwargs)

    def perform(self, form):
        groups, members = deeds.copy_groups(
            actor=self.request.user,
            source=form.cleaned_data["source"],
            target=self.campaign,
            place=self.office,
            today=timezone.localdate(),
        )
        messages.success(self.request, f"已复制 {groups} 个工作组、{members} 名成员。")
        return reverse("groups:list")


class AddView(OfficeMixin, ServiceFormView):
    """A group besides the usual ones."""

    form_class = GroupForm
    template_name = "core/form.html"
    extra_context = {"heading": "增加工作组"}

    def get_form_kwargs(self):
        places = Place.objects.current().under(self.office).filter(level__in=("county", "town", "village"))
        return super().get_form_kwargs() | {"places": places, "button": "增加工作组"}

    def perform(self, form):
        return deeds.open_group(actor=self.request.user, campaign=self.campaign, **form.cleaned_data)


class OneGroup(ActionRequiredMixin):
    """One group of the user's directory (404 outside); a deed needs that the user keeps it (403)."""

    @cached_property
    def group(self) -> WorkGroup:
        mine = WorkGroup.objects.visible_to(self.request.user).select_related("place", "campaign")
        group = get_object_or_404(mine, uid=self.kwargs["uid"])
        if self.action == "directory.edit" and not deeds.may_edit(self.request.user, group):
            raise PermissionDenied
        return group


class GroupView(OneGroup, TemplateView):
    """One group: who is in it now, who was."""

    action = "directory.view"
    template_name = "campaigns/group.html"

    def get_context_data(self, **kwargs):
        rows = list(self.group.members.select_related("user"))
        return super().get_context_data(
            group=self.group,
            members=[row for row in rows if row.until is None],
            former=sorted((row for row in rows if row.until), key=lambda row: row.until, reverse=True),
            may_edit=not self.group.ended_on and deeds.may_edit(self.request.user, self.group),
            **kwargs,
        )


class GroupDeedView(OneGroup, ServiceFormView):
    """A form about one group."""

    action = "directory.edit"
    template_name = "core/form.html"

    def get(self, request, *args, **kwargs):
        self.group  # noqa: B018  404 and 403 before anything else
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        self.group  # noqa: B018
        return super().post(request, *args, **kwargs)


class EditView(GroupDeedView):
    """Name and duty of a group."""

    form_class = GroupForm

    def get_initial(self):
        return {"name": self.group.name, "duty": self.group.duty}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"button": "保存修改"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"修改工作组:{self.group}", **kwargs)

    def perform(self, form):
        return deeds.change_group(actor=self.request.user, group=self.group, **form.cleaned_data)


class DissolveView(OneGroup, View):
    """POST: the group ends; it stays readable."""

    action = "directory.edit"
    http_method_names = ["post"]

    def post(self, request, uid):
        try:
            deeds.dissolve_group(actor=request.user, group=self.group, today=timezone.localdate())
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{self.group}已撤销,成员记录保留。")
        return HttpResponseRedirect(reverse("groups:list"))
