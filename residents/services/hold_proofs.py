"""Papers with a contraindication or a reason to wait: the village collects them, the doctor who judges reads them."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from core import audit, files
from core.errors import RuleBroken
from core.locks import deed, lock_one
from core.papers import read_paper
from residents.models import Enrolment, Hold, HoldProof

_FOLDER, _CONTEXT = "proofs", "hold_proof"
MOST = 10  # papers with one hold


@deed()
def add_proof(*, hold: Hold, upload: UploadedFile, actor: User, now: datetime) -> HoldProof:
    """Keep a picture or PDF with ``hold``, which stands. Checked by content, encrypted, never served as a page. The same
    file again changes nothing. Raises RuleBroken: LIFTED_ALREADY, PROOF_MANY, FILE_SIZE, FILE_KIND."""
    lock_one(Enrolment, hold.enrolment_id)
    if not Hold.objects.filter(pk=hold.pk, lifted_at=None).exists():
        raise RuleBroken("LIFTED_ALREADY", "这条暂缓(禁忌)已经解除,不用再附证明。请刷新页面。")
    paper = read_paper(upload)
    if kept := hold.proofs.filter(sha256=paper.sha256).first():
        return kept
    if hold.proofs.count() >= MOST:
        raise RuleBroken("PROOF_MANY", f"已经附了 {MOST} 份。请把几页合成一个PDF再上传。", "upload")
    kept = paper.keep(_FOLDER, context=_CONTEXT)
    row = HoldProof.objects.create(hold=hold, added_at=now, added_by=actor, **kept)
    _note("proof.added", actor, hold, {"kind": row.content_type, "size": row.size})
    return row


@deed()
def open_proof(*, proof: HoldProof, by: User) -> bytes:
    """The content of a kept paper; each look is recorded. Raises ``core.crypto.Undecipherable``, FileNotFoundError."""
    content = files.open_sealed(proof.stored_as, context=_CONTEXT)
    _note("proof.viewed", by, proof.hold, {})
    return content


def _note(action: str, actor: User, hold: Hold, data: dict) -> None:
    person = hold.enrolment.resident
    audit.record(
        action,
        actor=actor,
        target=hold,
        subject=person,
        place_code=person.village_code,
        data=data | {"hold": hold.kind},
    )
