"""The observation board: who may leave when, on the server's clock."""

from django.views.generic import TemplateView

from clinic.choices import Stage
from clinic.models import AdverseEvent, Visit
from clinic.views.base import FloorMixin


class BoardView(FloorMixin, TemplateView):
    """Everybody under observation at the site, the longest due first; htmx asks for the rows every 15 seconds. Times are
    stored, so a restart changes nothing; yesterday's forgotten ones stay until they are released."""

    action = "board.view"
    template_name = "clinic/board.html"

    def get_template_names(self):
        if self.request.htmx and not self.request.htmx.boosted:
            return ["clinic/_board_rows.html"]
        return [self.template_name]

    def get_context_data(self, **kwargs):
        people = list(
            Visit.objects.filter(site=self.site, stage=Stage.OBSERVING)
            .with_person()
            .with_open_reaction(AdverseEvent.objects.all())
            .order_by("release_due", "pk")
        )
        for visit in people:
            visit.may_go = visit.release_due <= self.now
        return super().get_context_data(
            people=people,
            due=sum(1 for visit in people if visit.may_go and not visit.has_reaction),
            waiting=sum(1 for visit in people if not visit.may_go),
            reactions=sum(1 for visit in people if visit.has_reaction),
            may_release=self.request.user.can("visits.observe"),
            left_today=Visit.objects.filter(site=self.site, on=self.today, stage=Stage.LEFT).count(),
            **kwargs,
        )
