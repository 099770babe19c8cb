"""Where a person is counted: exactly one accounting unit per campaign, or a named reason for none. No model, no query."""

from dataclasses import dataclass

from residents.choices import AWAY, INFLOW, Residence

# Rule → how the person's page says it, after "计入 X 村:" or "不计入:".
UNIT_RULES = {
    "LOCAL": "常住人口,计入登记的村(社区)",
    "MOVER_AT_HUKOU": "县域内流动,按户籍地计入",
    "MOVER_AT_RESIDENCE": "县域内流动,按现居住地计入",
    "MOVER_ELSEWHERE": "县域内流动,由另一方计入,本村只列名单",
    "INFLOW": "县外流入,计入现居住的村(社区)",
    "INFLOW_AT_WORK": "县外流入,住在企业、工地等单位,按本活动设定计入单位所在的村(社区)",
    "PUPIL": "在校学生,按现居住地计入",
    "PUPIL_ELSEWHERE": "在校学生,住在外地,由现居住地登记造册,本地只列名单",
    "AWAY": "外出到县外,由居住地计入,本村只列名单",
    "SETTLED": "两处有争议或无人计入,由镇办(县)裁定",
    "SETTLED_NOWHERE": "由镇办(县)裁定在本地不计入",
    "REMOVED": "已移出名册,不计入",
}
# Rules that put a person nowhere here although the person is on the register.
NOWHERE = ("MOVER_ELSEWHERE", "AWAY", "PUPIL_ELSEWHERE", "SETTLED_NOWHERE")


@dataclass(frozen=True, slots=True)
class CountingRules:
    """The settings of one campaign: movers inside the county at their hukou place (else where they live); inflow people who
    belong to an enterprise or building site in its village (else in the village that registers them)."""

    movers_at_hukou: bool = True
    inflow_at_work: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registers say of one person. Villages are codes; "" is none.

    ``village`` registers the person; ``is_pupil``: in a class of some school; ``lives_outside``: that school says the pupil
    lives in another county; ``work_village`` is where the enterprise, building site or other housing employer stands that
    has the person on its roster; ``settled`` is the office's decision: None is no decision, "" is nowhere here.
    """

    residence: str
    village: str
    removed: bool = False
    is_pupil: bool = False
    lives_outside: bool = False
    work_village: str = ""
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """The one unit (a village code, "" for none) and the rule, a key of ``UNIT_RULES``."""

    unit: str
    rule: str


def accounting_unit(person: Standing, rules: CountingRules) -> Placing:
    """The unit that counts ``person``, and why; the first rule that fits decides.

    Source: S11 (movers within the county at the hukou place, by setting at the residence), S12 (away outside the county:
    listed with the place, counted where they live), S13 (inflow by village, enterprise or building site), S32 (pupils by
    present residence).
    """
    if person.removed:
        return Placing("", "REMOVED")
    if person.settled is not None:
        return Placing(person.settled, "SETTLED" if person.settled else "SETTLED_NOWHERE")
    if person.is_pupil and (person.lives_outside or person.residence != Residence.LOCAL_RESIDENT):
        return _pupil(person)
    if person.residence == Residence.AWAY_TOWN:
        return _if(rules.movers_at_hukou, person.village, "MOVER_AT_HUKOU")
    if person.residence == Residence.INFLOW_COUNTY:
        return _if(not rules.movers_at_hukou, person.village, "MOVER_AT_RESIDENCE")
    if person.residence in AWAY:
        return Placing("", "AWAY")
    if person.residence in INFLOW:
        if rules.inflow_at_work and person.work_village:
            return Placing(person.work_village, "INFLOW_AT_WORK")
        return Placing(person.village, "INFLOW")
    return Placing(person.village, "LOCAL")


def _pupil(person: Standing) -> Placing:
    """S32: whoever lives here is counted here, whatever the setting for movers says; whoever lives elsewhere is not."""
    lives_here = person.residence in INFLOW and not person.lives_outside
    return _if(lives_here, person.village, "PUPIL", "PUPIL_ELSEWHERE")


def _if(counted: bool, village: str, rule: str, otherwise: str = "MOVER_ELSEWHERE") -> Placing:
    return Placing(village, rule) if counted else Placing("", otherwise)


def told(rule: str, unit_name: str) -> str:
    """The rule as the person's page says it: 计入 南山社区:县外流入,计入现居住的村(社区)."""
    where = f"计入 {unit_name}" if unit_name else "不计入"
    return f"{where}:{UNIT_RULES.get(rule, rule)}"
