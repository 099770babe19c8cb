"""一对一陪同 (S92): who stays with a person that needs it, from the door to the chair and out."""

from clinic.models import Visit
from clinic.services.access import require
from clinic.services.visits import check_no_number, locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed
from core.text import clean


@deed()
def accompany(*, visit: Visit, companion: str, actor) -> Visit:
    """``companion`` (a name; "": nobody any more) stays with the person from now on. The last word stands, the audit trail
    keeps those before. Raises NotAllowed; RuleBroken NOTE_IS_NUMBER, LEFT."""
    row = locked_visit(visit)
    require(actor, "clinic.view", row.site)
    companion = clean(companion)[:40]
    check_no_number(companion, "companion", "陪同人")
    if not row.is_on_floor:
        raise RuleBroken("LEFT", "此人已经离场,不用再安排陪同。", "companion")
    if row.companion != companion:
        row.companion = companion
        row.save(update_fields=["companion"])
        note_step(row, "visit.accompanied", actor, companion=companion)
    return row
