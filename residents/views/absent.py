"""名单里没有的人: who is on the register and not in the file that was sent in."""

from django.core.paginator import Paginator
from django.http import Http404
from django.views.generic import TemplateView

from residents.absent import LOOKED_THROUGH, absent
from residents.choices import RowState
from residents.models import Resident
from residents.views.import_work import ImportMixin

_PAGE = 100


class AbsentView(ImportMixin, TemplateView):
    """Everybody of the villages of the file whom the file does not name, to be looked for one by one. 404 until it has
    been checked."""

    template_name = "residents/absent.html"

    def get_context_data(self, **kwargs):
        census = self.census
        if census.state not in LOOKED_THROUGH:
            raise Http404
        mine = Resident.objects.visible_to(self.request.user, self.action)
        people = absent(census).filter(pk__in=mine.values("pk")).select_related("village", "household")
        ordered = people.order_by("village_code", "group_no", "household__number", "pk")
        return super().get_context_data(
            census=census,
            page=Paginator(ordered, _PAGE).get_page(self.request.GET.get("page")),
            rejected=census.counts.get(RowState.REJECTED, 0),
            may_propose=self.request.user.can("moves.propose"),
            **kwargs,
        )
