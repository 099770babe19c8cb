"""The reports of ``sheet_kinds``: on a page, on paper, as a workbook, and the names behind their numbers."""

from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View
from django_tables2 import SingleTableMixin

from core import audit, jobs
from core.xlsx import Column
from places.choices import Level
from places.models import Place
from reports.paper_page import heads, paper
from reports.registers import REGISTERS, Register
from reports.tables import PeopleTable
from reports.tally import Counted
from reports.tasks import produce_sheets
from reports.views.sheet_asked import SheetMixin
from reports.views.sheet_links import linked

MOST_ROWS = 500  # on a page; the workbook holds all


class SheetView(SheetMixin, TemplateView):
    """Look, print, have it made."""

    template_name = "reports/sheet.html"

    def get_context_data(self, **kwargs):
        register = REGISTERS.get(self.sheet_kind.kind)
        return super().get_context_data(
            **(self._tally(register) if register else {}),
            papers=self._papers(),
            sheet_kind=self.sheet_kind,
            place=self.place,
            places=self._places(),
            schools=self.schools,
            school=self.school,
            day=self.order.day,
            today=self.today,
            now=self.now,
            campaign=self.campaign,
            most_rows=MOST_ROWS,
            own=self._own(),
            **kwargs,
        )

    def _tally(self, register: Register) -> dict:
        """The table with the address of the names behind each number."""
        by_who = self.place.level == Level.VILLAGE
        table = register.tally(self.campaign, self.place, self.today, by_who=by_who)
        codes = [column.code for column in table.columns]

        def cells(numbers: dict[str, int], **asked: str) -> list[tuple[int, str]]:
            return [(numbers[c], self.link("reports:sheet_names", column=c, **asked)) for c in codes]

        lines = []
        for line in table.lines:
            asked = {"place": line.place.code} | ({"who": line.who} if by_who else {})
            lines.append((line, self.link(place=line.place.code), cells(line.numbers, **asked)))
        first = Column("first", table.head)
        columns = [Column(c.code, c.title, group=c.group) for c in table.columns]
        return {
            "register": register,
            "table": table,
            "heads": heads([first, *columns]),
            "lines": lines,
            "sums": cells(table.totals),
        }

    def _papers(self) -> list[tuple]:
        """(the sheet, its cells with the address of what they count, how many rows are left to the workbook)."""
        found = []
        names = self.sheet_kind.drawn
        for sheet in self.order.sheets(self.now) if names != () else ():
            if names and sheet.name not in names:
                continue
            drawn = paper(sheet)
            left = max(0, len(drawn.rows) - MOST_ROWS)
            found.append((drawn, linked(drawn, self)[:MOST_ROWS], left))
        return found

    def _own(self) -> Place | None:
        """The place that is shown when none is asked for."""
        roles = self.request.user.roles()
        return next((a.place for a in roles if self.action in a.actions and a.place_id), None)

    def _places(self) -> list[Place]:
        """What may be chosen: the user's township with its villages; for a county its townships."""
        mine = Place.objects.current().inside(self.request.user.scope(self.action).prefixes)
        levels = (Level.TOWN,) if self.sheet_kind.of_towns else (Level.TOWN, Level.VILLAGE)
        rows = list(mine.filter(level__in=levels).order_by("code"))
        towns = [place for place in rows if place.level == Level.TOWN]
        return rows if len(towns) <= 1 else towns


class SheetProduceView(SheetMixin, View):
    """POST: the workbook as a job; it is kept among the files with who made it and when."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        order = self.order
        job = jobs.start(
            produce_sheets,
            kind="report_sheets",
            title=f"生成{order.where}{self.sheet_kind.title} {order.day:%Y-%m-%d}",
            by=request.user,
            total=3,
            about=self.link(),
            report=order.kind,
            campaign_id=order.campaign.pk,
            place_id=order.place.pk,
            day=order.day.isoformat(),
            group=order.group,
            school_id=order.school.pk if order.school else None,
        )
        return HttpResponseRedirect(job.get_absolute_url())


class SheetNamesView(SheetMixin, SingleTableMixin, ListView):
    """``?place=&who=&column=``: the people of one number of a register."""

    template_name = "reports/sheet_names.html"
    table_class = PeopleTable
    paginate_by = 50

    @cached_property
    def register(self):
        return REGISTERS.get(self.sheet_kind.kind) or self._missing()

    @cached_property
    def column(self) -> Counted:
        asked = self.asked.get("column")
        columns = self.register.columns(self.campaign, self.today)
        return next((c for c in columns if c.code == asked), None) or self._missing()

    def get_queryset(self):
        rows = self.register.behind(
            self.column, self.campaign, self.place, self.today, self.asked.get("who", "")
        )
        rows = rows.select_related("resident__village").prefetch_related("resident__identifiers")
        return rows.order_by("resident__village_code", "resident__group_no", "pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            place=self.place, column=self.column, sheet_kind=self.sheet_kind, back=self.link(), **kwargs
        )
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.place.code,
            data={
                "sheet": self.sheet_kind.code,
                "column": self.column.code,
                "people": context["table"].paginator.count,
            },
        )
        return context
