"""Reactions and contraindications for publication: exact with the way to every case for the office, and as published."""

from datetime import date

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View
from django_tables2 import SingleTableMixin

from core import audit, xlsx
from core.dates import asked_day
from core.handing_out import workbook
from core.xlsx import Column, Sheet
from reports import reactions
from reports.small_cells import SMALLEST
from reports.tables import PeopleTable
from reports.views.asked import ReportMixin
from residents.models import Enrolment

NOTE = f"“{reactions.HIDDEN}”表示少于 {SMALLEST} 例(人),或为防止推算而不公布。"


class _SpanMixin(ReportMixin):
    """``?place=&since=&until=``: by default the whole campaign until today."""

    action = "reports.download"

    @cached_property
    def span(self) -> reactions.Asked:
        since = asked_day(self.asked.get("since", ""), otherwise=self.campaign.starts_on)
        until: date = min(asked_day(self.asked.get("until", ""), otherwise=self.today), self.today)
        return reactions.Asked(self.campaign, self.place, min(since, until), until)


class ReactionsView(_SpanMixin, TemplateView):
    """``?public=1`` is the sheet to publish: small cells hidden, no links."""

    template_name = "reports/reactions.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            span=self.span,
            cases=reactions.reaction_table(self.span),
            people=reactions.refusal_table(self.span),
            public=self.asked.get("public") == "1",
            note=NOTE,
            now=self.now,
            today=self.today,
            **kwargs,
        )


class ReactionsFileView(_SpanMixin, View):
    """The published tables as a workbook."""

    def get(self, request, *args, **kwargs):
        span = self.span
        heads = {
            "filled_by": span.place.name,
            "cut_off": f"{span.since} 至 {span.until}",
            "footer_lines": [NOTE, "审核人:                公布日期:        年    月    日"],
        }
        sheets = [
            _sheet("异常反应", "疫苗", reactions.reaction_table(span), heads, unit="例"),
            _sheet("禁忌与暂缓", "原因", reactions.refusal_table(span), heads, unit="人"),
        ]
        data = {"since": span.since.isoformat(), "until": span.until.isoformat()}
        audit.record("report.reactions_published", actor=request.user, place_code=span.place.code, data=data)
        name = xlsx.file_name(span.place.name, "异常反应和禁忌公示", span.until)
        return workbook(xlsx.build(sheets), name)


def _sheet(name: str, first: str, table: reactions.Table, heads: dict, *, unit: str) -> Sheet:
    """As published: the texts with the hidden cells, so no totals are formulas."""
    columns = [Column("word", first, width=34)]
    columns += [Column(f"c{n}", word, width=12) for n, (_, word) in enumerate(table.columns)]
    columns.append(Column("sum", "合计", width=9))
    with_doses = table.total.doses is not None
    if with_doses:
        columns += [Column("doses", "接种剂次", width=11, format="int"), Column("rate", "每10万剂", width=10)]
    rows = []
    for line in (*table.lines, table.total):
        texts = [cell.text for cell in line.cells]
        row = {"word": line.word, "sum": texts[-1]} | {f"c{n}": text for n, text in enumerate(texts[:-1])}
        rows.append(row | ({"doses": line.doses, "rate": line.public_rate} if with_doses else {}))
    return Sheet(name, columns, rows, title=f"{heads['filled_by']}{name}公示", unit=unit, **heads)


class RefusedView(_SpanMixin, SingleTableMixin, ListView):
    """``&reason=&column=``: the people of one number of the table of contraindications."""

    template_name = "reports/refused.html"
    table_class = PeopleTable
    paginate_by = 50

    def get_queryset(self):
        if "reason" not in self.asked or "column" not in self.asked:
            raise Http404
        found = reactions.people_behind(self.span, self.asked["reason"], self.asked["column"])
        rows = Enrolment.objects.filter(pk__in=found).select_related("resident__village")
        return rows.prefetch_related("resident__identifiers").order_by("resident__village_code", "pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            place=self.place, span=self.span, reason=self.asked["reason"], **kwargs
        )
        audit.record(
            "report.names_viewed",
            actor=self.request.user,
            place_code=self.place.code,
            data={"refused": self.asked["reason"][:60], "people": context["table"].paginator.count},
        )
        return context
