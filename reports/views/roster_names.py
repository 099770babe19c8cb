"""Pupils, staff and shops behind the numbers of the reports about schools and 安心便签."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from core import audit
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from reports.choices import ReportKind
from reports.roster_tables import RosterPeopleTable, ShopTable
from reports.views.sheet_asked import SheetMixin
from residents.models import RosterEntry
from residents.services import roster_reads, stickers
from residents.services.sticker_sheets import ALL, UNTYPED

_WORDS = {"people": "在岗员工", "done": "已完成接种", "excused": "禁忌或不属目标", "missing": "未完成"}


class _SheetRows(SheetMixin, SingleTableMixin, ListView):
    """Rows behind a number of one of ``kinds``."""

    template_name = "reports/roster_names.html"
    paginate_by = 50
    kinds: tuple[ReportKind, ...]
    unit = "人"

    def get_queryset(self):
        if self.sheet_kind.kind not in self.kinds:
            raise Http404
        return self.get_rows()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            place=self.place,
            school=self.school,
            sheet_kind=self.sheet_kind,
            back=self.link(),
            word=self.word,
            unit=self.unit,
            **kwargs,
        )


class RosterNamesView(_SheetRows):
    """``?place=|school=&column=&organisation=&grade=&class_no=``: who is on the rosters, of one column, one class or shop."""

    kinds = (ReportKind.SCHOOL, ReportKind.STICKERS)
    table_class = RosterPeopleTable

    @property
    def is_school(self) -> bool:
        return self.sheet_kind.kind == ReportKind.SCHOOL

    @property
    def column(self) -> str:
        known = roster_reads.SUMMARY_OF if self.is_school else stickers.STAFF_OF
        asked = self.asked.get("column", "")
        return asked if asked in known else self._missing()

    @property
    def word(self) -> str:
        return (dict(roster_reads.SUMMARY) if self.is_school else _WORDS)[self.column]

    @cached_property
    def organisations(self) -> list[Organisation]:
        """The asked one, else all that the report is about."""
        kind = OrganisationKind.SCHOOL if self.is_school else OrganisationKind.SHOP
        found = Organisation.objects.inside({self.place.prefix}).filter(kind=kind, is_active=True)
        if self.school:
            found = found.filter(pk=self.school.pk)
        if asked := self.asked.get("organisation"):
            found = found.filter(pk=int(asked)) if asked.isdecimal() and len(asked) < 10 else self._missing()
        return list(found.select_related("place")) or self._missing()

    def get_rows(self) -> QuerySet[RosterEntry]:
        rows = self._counted()
        if "grade" in self.asked:
            grade = self.asked["grade"]
            grade = int(grade) if grade.isdecimal() and len(grade) < 3 else None
            rows = rows.filter(grade=grade, class_no=self.asked.get("class_no", ""))
        rows = roster_reads.with_people(rows, self.campaign)
        return rows.order_by("organisation__name", "grade", "class_no", "pk")

    def _counted(self) -> QuerySet[RosterEntry]:
        entries = RosterEntry.objects.current()
        if self.is_school:
            entries = roster_reads.with_agreement(
                entries.filter(organisation__in=self.organisations), self.campaign
            )
            return entries.filter(roster_reads.SUMMARY_OF[self.column])
        found = stickers.staff_of(self.organisations)  # the campaign whose doses count is that of the shop
        rows = entries.none()
        for campaign in {campaign for campaign, _ in found.values()}:
            mine = [pk for pk, (its, _) in found.items() if its == campaign]
            one = roster_reads.in_campaign(RosterEntry.objects.current(), campaign)
            one = one.filter(stickers.STAFF_OF[self.column], organisation__in=mine)
            rows |= RosterEntry.objects.filter(pk__in=one.values("pk"))
        return rows

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        data = {"sheet": self.sheet_kind.code, "column": self.column}
        data["people"] = context["table"].paginator.count
        code = self.place.code
        audit.record("report.names_viewed", actor=self.request.user, place_code=code, data=data)
        return context


class ShopsView(_SheetRows):
    """``?place=&type=&shown=1``: the shops of one kind, or those of them that show a sticker."""

    kinds = (ReportKind.STICKERS,)
    table_class = ShopTable
    unit = "家"

    @property
    def is_shown(self) -> bool:
        return self.asked.get("shown") == "1"

    @property
    def word(self) -> str:
        words = dict(ShopType.choices) | {ALL: "商户", UNTYPED: "没有填类型的商户"}
        kind = words.get(self.asked.get("type", ALL)) or self._missing()
        return f"{kind},已发安心便签" if self.is_shown else kind

    def get_rows(self) -> QuerySet[Organisation]:
        asked = self.asked.get("type", ALL)
        shops = Organisation.objects.inside({self.place.prefix}).filter(
            kind=OrganisationKind.SHOP, is_active=True
        )
        if asked != ALL:
            shops = shops.filter(shop_type="" if asked == UNTYPED else asked)
        if self.is_shown:
            shops = shops.filter(stickers__revoked_on__isnull=True, stickers__isnull=False).distinct()
        return shops.select_related("place").order_by("place__code", "shop_type", "name")
