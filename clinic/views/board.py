"""The observation board: who may leave when, on the server's clock."""

from collections import Counter

from django.views.generic import TemplateView

from clinic import rules
from clinic.choices import Stage
from clinic.models import AdverseEvent, Visit
from clinic.views.base import FloorMixin

TAGS = {
    "reaction": ("stop", "异常反应处置中"),
    "overstayed": ("stop", "超时未离场"),
    "due": ("done", "可离场"),
    "waiting": ("due", "留观中"),
}


def _state(visit: Visit, now) -> str:
    """``reaction`` (stays whatever the clock says), ``overstayed``, ``due`` or ``waiting``."""
    if visit.has_reaction:
        return "reaction"
    if rules.has_overstayed(visit.release_due, now):
        return "overstayed"
    return "due" if visit.release_due <= now else "waiting"


class BoardView(FloorMixin, TemplateView):
    """Everybody under observation at the site: reactions first, then the longest due; htmx asks for the rows every 15 seconds. Times are
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
            .order_by("-has_reaction", "release_due", "pk")
        )
        may_release = self.request.user.can("visits.observe")
        for visit in people:
            visit.state = _state(visit, self.now)
            visit.tag = TAGS[visit.state]
            visit.has_overstayed = visit.state == "overstayed"
            visit.may_leave = may_release and visit.state in ("due", "overstayed")
        count = Counter(visit.state for visit in people)
        return super().get_context_data(
            people=people,
            count=count,
            free_to_go=count["due"] + count["overstayed"],
            may_see_cases=self.request.user.can("aefi.view"),
            left_today=Visit.objects.filter(site=self.site, on=self.today, stage=Stage.LEFT).count(),
            **kwargs,
        )
