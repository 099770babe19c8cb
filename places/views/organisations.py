"""The office's organisations: list, add, change, close."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from core.views import ActionRequiredMixin, ScopedListView, ServiceFormView
from places.filters import OrganisationFilter
from places.forms import CloseForm, OrganisationForm
from places.models import Organisation
from places.services import organisations
from places.tables import OrganisationTable


class OrganisationListView(ScopedListView):
    """Organisations of the user's places."""

    action = "places.manage"
    model = Organisation
    table_class = OrganisationTable
    filterset_class = OrganisationFilter
    template_name = "places/organisations.html"

    def get_queryset(self):
        mine = Organisation.objects.inside(self.request.user.scope(self.action).prefixes)
        return mine.select_related("place").order_by("-is_active", "place__code", "name")


class OrganisationAddView(ServiceFormView):
    """A new organisation."""

    action = "places.manage"
    form_class = OrganisationForm
    template_name = "core/form.html"
    extra_context = {"heading": "新增单位"}
    success_message = "单位已登记。需要它自己登记人员时,在“帐号”里为它开设学校(单位)登记员帐号。"

    def get_form_kwargs(self):
        prefixes = self.request.user.scope(self.action).prefixes
        parents = Organisation.objects.inside(prefixes).filter(is_active=True, parent=None)
        own = {"prefixes": prefixes, "parents": parents, "button": "登记这个单位"}
        return {**super().get_form_kwargs(), **own}

    def perform(self, form):
        organisations.add_organisation(actor=self.request.user, **form.cleaned_data)
        return reverse("places:organisations")


class OneOrganisation(ActionRequiredMixin):
    """Pages about one organisation that the user manages; any other is not found."""

    action = "places.manage"

    @cached_property
    def organisation(self) -> Organisation:
        mine = Organisation.objects.inside(self.request.user.scope(self.action).prefixes)
        return get_object_or_404(mine.select_related("place"), pk=self.kwargs["pk"])


class OrganisationView(OneOrganisation, ServiceFormView):
    """Change an organisation."""

    form_class = OrganisationForm
    template_name = "places/organisation.html"
    success_message = "单位已修改。"

    def get_form_kwargs(self):
        mine = Organisation.objects.inside(self.request.user.scope(self.action).prefixes)
        parents = mine.filter(is_active=True, parent=None).exclude(pk=self.organisation.pk)
        return {**super().get_form_kwargs(), "parents": parents}

    def get_initial(self):
        return {name: getattr(self.organisation, name) for name in organisations.FIELDS}

    def get_context_data(self, **kwargs):
        return super().get_context_data(organisation=self.organisation, **kwargs)

    def perform(self, form):
        organisations.change_organisation(
            actor=self.request.user, organisation=self.organisation, **form.cleaned_data
        )
        return reverse("places:organisations")


class OrganisationCloseView(OneOrganisation, ServiceFormView):
    """Close an organisation, with a reason."""

    form_class = CloseForm
    template_name = "core/form.html"
    success_message = "单位已停用。"
    extra_context = {"note": "停用后登记居民和开设帐号时不再能选它;已登记在这里的人不变。"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"停用单位:{self.organisation}", **kwargs)

    def perform(self, form):
        organisations.close_organisation(
            actor=self.request.user,
            organisation=self.organisation,
            reason=form.cleaned_data["reason"],
        )
        return reverse("places:organisations")


class OrganisationReopenView(OneOrganisation, View):
    """POST: use a closed organisation again."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        organisations.reopen_organisation(actor=request.user, organisation=self.organisation)
        messages.success(request, f"{self.organisation}已恢复使用。")
        return HttpResponseRedirect(reverse("places:organisations"))
