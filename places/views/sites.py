"""The office's sites: which there are, who works there; opening, changing and closing them."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core.views import ActionRequiredMixin, ServiceFormView
from places.forms import CloseForm, SiteForm
from places.models import Site
from places.services import sites


class SiteListView(ActionRequiredMixin, TemplateView):
    """A township has a handful of sites and a county some dozens, so no paging. Open ones first."""

    action = "places.manage"
    template_name = "places/sites.html"

    def get_context_data(self, **kwargs):
        mine = Site.objects.inside(self.request.user.scope(self.action).prefixes)
        rows = mine.select_related("place").order_by("-is_active", "place__code", "code")
        return super().get_context_data(sites=list(rows), **kwargs)


class SiteAddView(ServiceFormView):
    """A new site."""

    action = "places.manage"
    form_class = SiteForm
    template_name = "core/form.html"
    extra_context = {
        "heading": "新增接种点",
        "note": "保存后即在公开的接种点名单上公布(疫苗库除外),并可安排场次、开设帐号。",
    }
    success_message = "接种点已建立。下一步:在“帐号”里为它开设登记、预检、接种、留观和疫苗管理帐号。"

    def get_form_kwargs(self):
        prefixes = self.request.user.scope(self.action).prefixes
        return {**super().get_form_kwargs(), "prefixes": prefixes, "button": "建立接种点"}

    def perform(self, form):
        sites.open_site(actor=self.request.user, **form.cleaned_data)
        return reverse("places:sites")


class OneSite(ActionRequiredMixin):
    """Pages about one site that the user manages; any other is not found."""

    action = "places.manage"

    @cached_property
    def site(self) -> Site:
        mine = Site.objects.inside(self.request.user.scope(self.action).prefixes)
        return get_object_or_404(mine.select_related("place"), pk=self.kwargs["pk"])


class SiteView(OneSite, ServiceFormView):
    """Change a site; who works there stands below."""

    form_class = SiteForm
    template_name = "places/site.html"
    success_message = "接种点已修改。"

    def get_initial(self):
        return {name: getattr(self.site, name) for name in sites.FIELDS}

    def get_context_data(self, **kwargs):
        return super().get_context_data(site=self.site, sites=[self.site], **kwargs)

    def perform(self, form):
        sites.change_site(actor=self.request.user, site=self.site, **form.cleaned_data)
        return reverse("places:sites")


class SiteCloseView(OneSite, ServiceFormView):
    """Close a site, with a reason."""

    form_class = CloseForm
    template_name = "core/form.html"
    success_message = "接种点已停用。"

    def get_context_data(self, **kwargs):
        note = (
            "停用后不再公布,也不能再安排场次;已有的记录不变。"
            "停用前请先取消或办完这里已安排的场次,把库存疫苗办理调出或报损。"
        )
        return super().get_context_data(heading=f"停用接种点:{self.site}", note=note, **kwargs)

    def perform(self, form):
        sites.close_site(actor=self.request.user, site=self.site, reason=form.cleaned_data["reason"])
        return reverse("places:sites")


class SiteReopenView(OneSite, View):
    """POST: use a closed site again."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        sites.reopen_site(actor=request.user, site=self.site)
        messages.success(request, f"{self.site}已恢复使用。")
        return HttpResponseRedirect(reverse("places:sites"))
