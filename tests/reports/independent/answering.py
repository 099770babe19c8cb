"""三级包干: who answers for a person. The head of the person, else the cadre of the group or the grid, else the leader of the
village; whom the census file named only where no duty reaches."""

NOBODY = "未落实包保人"


def _duty(condition: str) -> str:
    return f"""(SELECT MAX(d.id) FROM residents_dutyassignment d WHERE d.until IS NULL AND d.village_id = {{of}}.village_id
        AND {condition})"""


_NEAREST = [
    _duty("""d.level = 'head' AND EXISTS (SELECT 1 FROM residents_charge c WHERE c.duty_id = d.id AND c.until IS NULL
        AND c.resident_id = {of}.resident_id)"""),
    _duty("d.level = 'cadre' AND d.group_no <> '' AND d.group_no = {of}.group_no"),
    _duty("d.level = 'cadre' AND d.grid <> '' AND d.grid = {of}.grid"),
    _duty("d.level = 'leader'"),
]


def duty_of(of: str) -> str:
    """The id of the duty that answers for the person of a row of ``counted`` or ``registered``, or null."""
    return f"COALESCE({', '.join(_NEAREST)})".format(of=of)


def name_of(of: str) -> str:
    """The name of who answers, as the lists say it."""
    return f"""COALESCE((SELECT COALESCE(NULLIF(u.display_name, ''), a.holder_name) FROM residents_dutyassignment a
        LEFT JOIN accounts_user u ON u.id = a.holder_id WHERE a.id = {duty_of(of)}), NULLIF({of}.responsible_name, ''),
        '{NOBODY}')"""
