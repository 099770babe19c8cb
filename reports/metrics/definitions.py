"""The counts in words."""

from dataclasses import dataclass

from reports.cohorts import EVERYONE, OVER_60, OVER_80, Cohort


@dataclass(frozen=True)
class Metric:
    """One count: code, column title, and in words what is counted and from which rows. ``part_of``: the same count of the
    people of ``cohort`` only."""

    code: str
    title: str
    source: str
    part_of: "Metric | None" = None
    cohort: Cohort = EVERYONE

    @property
    def whole(self) -> "Metric":
        """The count that is asked for whoever it is."""
        return self.part_of or self


TARGET = Metric("target", "目标人数", "现在计入单位的目标人群(Enrolment.is_target),各种率的分母")
FIRST = Metric("first_people", "首剂人数", "目标人群中在这一天接种首剂的人(Enrolment.first_dose_on)")
COMPLETE = Metric(
    "complete_people", "全程人数", "目标人群中在这一天完成基础免疫的人(Enrolment.primary_complete_on)"
)
BOOSTER = Metric("booster_people", "加强人数", "目标人群中在这一天接种第一剂加强的人(Enrolment.booster_on)")


def _part(whole: Metric, cohort: Cohort) -> Metric:
    title = f"{cohort.title}{whole.title.removesuffix('人数')}"
    return Metric(f"{whole.code}_{cohort.code}", title, f"同{whole.title},{cohort.meaning}", whole, cohort)


TARGET_60, TARGET_80 = _part(TARGET, OVER_60), _part(TARGET, OVER_80)
FIRST_60, FIRST_80 = _part(FIRST, OVER_60), _part(FIRST, OVER_80)
COMPLETE_60, COMPLETE_80 = _part(COMPLETE, OVER_60), _part(COMPLETE, OVER_80)
DOSE_1 = Metric("dose_1", "第一剂", "计入单位的人在这一天的有效接种记录,基础免疫第1剂(剂)")
DOSE_2 = Metric("dose_2", "第二剂", "同上,基础免疫第2剂(剂)")
DOSE_3 = Metric("dose_3", "第三剂", "同上,基础免疫第3剂及以后(剂)")
BOOSTER_1 = Metric("booster_1", "加强1", "同上,完成基础免疫后的第1剂(剂)")
BOOSTER_2 = Metric("booster_2", "加强2", "同上,完成基础免疫后的第2剂及以后(剂)")

POPULATION = (TARGET, TARGET_60, TARGET_80)
PEOPLE = (FIRST, COMPLETE, BOOSTER, FIRST_60, FIRST_80, COMPLETE_60, COMPLETE_80)
DOSES = (DOSE_1, DOSE_2, DOSE_3, BOOSTER_1, BOOSTER_2)  # every dose is in exactly one of them
ALL_DOSES = Metric("doses", "接种剂次", "计入单位的人的全部有效接种记录(剂),即各剂次之和")
EVERY = (*PEOPLE, *DOSES)
ALL = {metric.code: metric for metric in EVERY}

REACHED_ON = {FIRST: "first_dose_on", COMPLETE: "primary_complete_on", BOOSTER: "booster_on"}
