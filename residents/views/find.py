"""Finding a person from anywhere, as one types."""

from django.views.generic import TemplateView

from campaigns.models import Campaign
from core.text import clean
from residents import listing
from residents.models import Resident
from residents.views.base import FinderRequiredMixin

BOX, PAGE = 8, 50


class FindView(FinderRequiredMixin, TemplateView):
    """The box in the frame asks with htmx and gets a few lines; Enter opens a page with more.

    What is typed is sent by POST: an ID number or a name must not stand in addresses and server logs.
    """

    def get_template_names(self):
        return ["residents/_found.html" if self.request.htmx else "residents/find.html"]

    def get_context_data(self, **kwargs):
        text = clean(self.request.POST.get("q", ""))[:40]
        limit = BOX if self.request.htmx else PAGE
        people = listing.with_current(
            Resident.objects.live(),
            Campaign.objects.current_for(self.request),
        )
        found = people.found_by(text, limit + 1, user=self.request.user) if text else []
        may_add = self.request.user.can("residents.edit")
        return super().get_context_data(
            text=text, found=found[:limit], more=len(found) > limit, may_add=may_add, **kwargs
        )

    def post(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data(**kwargs))
