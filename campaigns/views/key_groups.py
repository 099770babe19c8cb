"""The key groups of a campaign, for the office that leads it."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns.forms import KeyGroupForm
from campaigns.models import PriorityGroup
from campaigns.services import key_groups as groups
from campaigns.views.campaign import OneCampaign
from core.errors import RuleBroken
from core.views import ServiceFormView


class _GroupsView(OneCampaign, ServiceFormView):
    action = "campaigns.manage"
    form_class = KeyGroupForm

    @property
    def home(self) -> str:
        return reverse("campaigns:key_groups", args=[self.campaign.code])

    def get_context_data(self, **kwargs):
        may_edit = self.request.user.scope(self.action).covers(self.campaign.place.code)
        return super().get_context_data(campaign=self.campaign, may_edit=may_edit, **kwargs)


class KeyGroupListView(_GroupsView):
    """All groups of the campaign; add one."""

    template_name = "campaigns/key_groups.html"
    success_message = "已增加。"

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=groups.groups_of(self.campaign), **kwargs)

    def perform(self, form):
        groups.add_group(actor=self.request.user, campaign=self.campaign, name=form.cleaned_data["name"])
        return self.home


class KeyGroupView(_GroupsView):
    """Rename one; POST ``switch=1`` closes it or takes it up again."""

    template_name = "campaigns/key_group.html"
    success_message = "已改名,只在这个活动里这样叫。"

    @cached_property
    def group(self) -> PriorityGroup:
        found = {row.code: row for row in groups.groups_of(self.campaign)}.get(self.kwargs["group"])
        if found is None:
            raise Http404
        return found

    def get_initial(self):
        return {"name": self.group.name}

    def get_context_data(self, **kwargs):
        return super().get_context_data(group=self.group, **kwargs)

    def post(self, request, *args, **kwargs):
        group, campaign = self.group, self.campaign
        if request.POST.get("switch") != "1":
            return super().post(request, *args, **kwargs)
        try:
            groups.switch_group(
                actor=request.user, campaign=campaign, code=group.code, is_active=not group.is_active
            )
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.home)

    def perform(self, form):
        name = form.cleaned_data["name"]
        groups.rename_group(actor=self.request.user, campaign=self.campaign, code=self.group.code, name=name)
        return self.home
