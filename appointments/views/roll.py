"""Roll call: the numbers of a session by slot and by who answers, and the names behind the number that was tapped."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.utils import timezone
from django.views.generic import TemplateView

from appointments import roll, walked_in
from appointments.choices import Part
from appointments.views.sessions import SessionMixin
from appointments.walked_in import WALKED_IN
from core import audit

_PAGE = 30
_KEYS = ("part", "slot", "village", "who")


class RollView(SessionMixin, TemplateView):
    """Who has not come stands first; on the day itself htmx asks for the numbers and names again every 15 seconds."""

    action = "rosters.view"
    template_name = "appointments/roll.html"

    def get_template_names(self):
        refreshed = self.request.htmx and not self.request.htmx.boosted
        return ["appointments/_roll.html" if refreshed else self.template_name]

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.localtime()
        everybody = roll.expected(user, self.session)
        walk_ins = walked_in.walked_in(user, self.session)
        board = roll.board(everybody, walked_in.line_of(walk_ins))
        asked = {key: self.request.GET.get(key, "") for key in _KEYS}
        chosen = {key: value for key, value in asked.items() if value in board.values(key)}
        chosen = chosen or {"part": Part.ABSENT}
        if is_walk_in := chosen.get("slot") == WALKED_IN:
            found = walked_in.of_part(walk_ins, chosen.get("part", ""))
        else:
            found = roll.narrow(everybody, chosen)
        page = Paginator(found, _PAGE).get_page(self.request.GET.get("page"))
        people = [] if is_walk_in else roll.names(page.object_list, user, now, board.duties)
        if not self.request.htmx:  # one look is one event, however often the page refreshes itself
            data = {"people": page.paginator.count} | chosen
            place = self.session.site.place.code
            audit.record("roster.roll_viewed", actor=user, target=self.session, place_code=place, data=data)
        return super().get_context_data(
            session=self.session,
            is_live=self.session.on == timezone.localdate(now) and self.session.is_open,
            now=now,
            board=board,
            parts=Part,
            chosen=chosen,
            heading=_heading(board, chosen),
            page=page,
            people=people,
            walk_ins=page.object_list if is_walk_in else [],
            here=f"{self.request.path}?{urlencode(chosen)}",
            may_book=user.can("bookings.make"),
            **kwargs,
        )


def _heading(board: roll.Board, chosen: dict[str, str]) -> str:
    """What the names below are, in words: 王家村 赵干部 没来."""
    where = {key: value for key, value in chosen.items() if key != "part"}
    words = [line.name for line in [*board.lines, board.walked_in] if line.query and line.query == where]
    if "who" in where:
        code = where.get("village")
        words = [v.name for v in board.villages if v.query["village"] == code] + words
    part = chosen.get("part", "")
    if chosen.get("slot") == WALKED_IN:
        return " ".join([*words, Part(part).label if part in Part.values else ""]).strip()
    return " ".join([*words, Part(part).label if part in Part.values else "应到"])
