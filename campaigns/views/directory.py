"""The directory of working groups as a page and as a workbook."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.choices import GroupKind
from campaigns.directory import chapters, groups_of
from campaigns.models import WorkGroup
from campaigns.sheets import directory_sheet
from campaigns.views.current import CampaignIfAnyMixin
from core import audit, xlsx
from core.handing_out import workbook
from core.views import ActionRequiredMixin
from places.models import Place


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
