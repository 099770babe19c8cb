"""The directories of leading group, special groups and village groups: read by the township, kept by who set them up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.choices import GroupKind
from campaigns.directory import chapters, groups_of
from campaigns.group_forms import CopyForm, GroupForm, MemberForm
from campaigns.models import Campaign, WorkGroup
from campaigns.services import groups as deeds
from campaigns.sheets import directory_sheet
from campaigns.views.current import CampaignIfAnyMixin
from core import audit, xlsx
from core.errors import RuleBroken
from core.handing_out import workbook
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DirectoryMixin(CampaignIfAnyMixin, ActionRequiredMixin):
    """The groups of the campaign being worked in, narrowed by ?place= and ?kind=."""

    action = "directory.view"

    @cached_property
    def groups(self) -> list[WorkGroup]:
        asked = self.request.GET
        place, kind = asked.get("place", ""), asked.get("kind", "")
        known = kind if kind in GroupKind.values else ""
        return groups_of(self.request.user, self.campaign, place_code=place, kind=known)

    @property
    def heading(self) -> str:
        return f"{self.campaign or ''}工作组名录"

    @property
    def where(self) -> str:
        role = self.request.user.main_role
        return str(role.where) if role else ""


class DirectoryView(DirectoryMixin, TemplateView):
    """Every group with its members; the same page prints on A4."""

    template_name = "campaigns/groups.html"

    def get_context_data(self, **kwargs):
        user, found = self.request.user, chapters(self.groups)
        every = WorkGroup.objects.visible_to(user).current().filter(campaign=self.campaign)
        places = Place.objects.filter(code__in=every.values("place__code")).order_by("code")
        office = user.can("directory.edit") and any(
            len(prefix) < 12 for prefix in user.scope("directory.edit").prefixes
        )
        return super().get_context_data(
            campaign=self.campaign,
            chapters=found,
            groups=len(self.groups),
            people=sum(chapter.people for chapter in found),
            heading=self.heading,
            where=self.where,
            now=timezone.localtime(),
            places=places,
            kinds=GroupKind.choices,
            chosen=self.request.GET,
            editable=set(every.editable_by(user).values_list("pk", flat=True)),
            is_office=office,
            **kwargs,
        )


class DirectoryFileView(DirectoryMixin, View):
    """The same groups as a workbook; the download is recorded."""

    def get(self, request):
        now = timezone.localtime()
        sheet = directory_sheet(self.groups, title=self.heading, filled_by=self.where, now=now)
        audit.record("groups.exported", actor=request.user, data={"groups": len(self.groups)})
        return workbook(
            xlsx.build([sheet]), xlsx.file_name(self.where, "工作组名录", timezone.localdate(now))
        )


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
