"""What rosters can be narrowed by."""

import django_filters as filters
from django.db.models import Q

from places.choices import OrganisationKind
from places.models import Organisation
from residents.grades import class_word
from residents.models import RosterEntry
from residents.services.roster_reads import UNVACCINATED, in_campaign

_STATES = {"none": "未接种", "begun": "接种中", "complete": "已全程", "unchecked": "待核对"}


class RosterFilter(filters.FilterSet):
    """Organisations by name and kind."""

    q = filters.CharFilter("name", lookup_expr="icontains", label="名称")
    kind = filters.ChoiceFilter(label="类型", choices=OrganisationKind.choices, empty_label="全部")

    class Meta:
        model = Organisation
        fields = ("q", "kind")


class EntryFilter(filters.FilterSet):
    """People of one roster by name, class or job, and state."""

    q = filters.CharFilter("resident__name", lookup_expr="icontains", label="姓名")
    part = filters.ChoiceFilter(label="班级", empty_label="全部", method="of_part")
    state = filters.ChoiceFilter(
        label="状态", choices=list(_STATES.items()), empty_label="全部", method="of_state"
    )

    class Meta:
        model = RosterEntry
        fields = ("q", "part", "state")

    def __init__(self, *args, organisation: Organisation, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        entries = RosterEntry.objects.current().filter(organisation=organisation).order_by()
        if organisation.is_school:
            parts = entries.values_list("grade", "class_no").distinct().order_by("grade", "class_no")
            choices = [(f"{grade or ''}.{no}", class_word(grade, no) or "未分班") for grade, no in parts]
        else:
            self.filters["part"].label = "岗位(班组)"
            jobs = entries.exclude(job="").values_list("job", flat=True).distinct().order_by("job")
            choices = [(job, job) for job in jobs]
        self.filters["part"].extra["choices"] = choices
        self.is_school = organisation.is_school

    def of_part(self, queryset, name, value):
        if not self.is_school:
            return queryset.filter(job=value)
        grade, _, class_no = value.partition(".")
        return queryset.filter(grade=int(grade) if grade else None, class_no=class_no)

    def of_state(self, queryset, name, value):
        query = {
            "none": UNVACCINATED,
            "begun": Q(mine__first_dose_on__isnull=False, mine__primary_complete_on__isnull=True),
            "complete": Q(mine__primary_complete_on__isnull=False),
            "unchecked": Q(confirmed_at__isnull=True),
        }[value]
        return in_campaign(queryset, self.campaign).filter(query)
