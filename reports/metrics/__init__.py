"""Every count and rate is defined here once, in words and in one query; screens, roll-ups and workbooks read it.

A count belongs to an accounting unit (village) and a day. People metrics count target persons on the day they reached
the state; dose metrics count every dose in a person whom the unit counts, whoever gave it (coverage, not workload).
"""

from reports.cohorts import born_until

from .behind import doses_behind, next_doses, of_group, people_behind, unreached
from .counting import (
    Counts,
    PeopleRow,
    Row,
    count,
    count_rows,
    denominators,
    population_rows,
    population_sums,
    read_as,
    row_queries,
)
from .definitions import (
    ALL,
    ALL_DOSES,
    BOOSTER,
    BOOSTER_1,
    BOOSTER_2,
    COMPLETE,
    COMPLETE_60,
    COMPLETE_80,
    DOSE_1,
    DOSE_2,
    DOSE_3,
    DOSES,
    EVERY,
    FIRST,
    FIRST_60,
    FIRST_80,
    PEOPLE,
    POPULATION,
    TARGET,
    TARGET_60,
    TARGET_80,
    Metric,
)
from .rows import doses_of, people_of
from .states import worked_at_sites

__all__ = [
    "ALL",
    "ALL_DOSES",
    "BOOSTER",
    "BOOSTER_1",
    "BOOSTER_2",
    "COMPLETE",
    "COMPLETE_60",
    "COMPLETE_80",
    "DOSES",
    "DOSE_1",
    "DOSE_2",
    "DOSE_3",
    "EVERY",
    "FIRST",
    "FIRST_60",
    "FIRST_80",
    "PEOPLE",
    "POPULATION",
    "TARGET",
    "TARGET_60",
    "TARGET_80",
    "Counts",
    "Metric",
    "PeopleRow",
    "Row",
    "born_until",
    "count",
    "count_rows",
    "denominators",
    "doses_behind",
    "doses_of",
    "next_doses",
    "of_group",
    "people_behind",
    "people_of",
    "population_rows",
    "population_sums",
    "read_as",
    "row_queries",
    "unreached",
    "worked_at_sites",
]
