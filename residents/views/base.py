"""Who may open a person's page, and how a person is found for one."""

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from core.views import ServiceFormView
from residents.models import Resident


class FinderRequiredMixin(AccessMixin):
    """For those who see a register and for the clinic floor, which may look up anybody of its township."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not (request.user.can("residents.view") or request.user.can("residents.find")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PersonDeedView(ServiceFormView):
    """A small form about one person (``self.person``), in reach of the user for the view's action."""

    template_name = "residents/deed.html"
    heading = ""
    lead = ""

    @cached_property
    def person(self) -> Resident:
        mine = Resident.objects.in_reach(self.request.user, self.action).select_related("village")
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.person

    @cached_property
    def today(self):
        return localdate()

    def get(self, request, *args, **kwargs):
        self.person  # noqa: B018  404 before anything else
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "today": self.today}

    def get_context_data(self, **kwargs):
        words = {"heading": self.heading, "lead": self.lead}
        may_list = self.request.user.can("residents.view")
        return super().get_context_data(person=self.person, may_list=may_list, **words, **kwargs)
