"""Doses given elsewhere: looking at the proof, saying whether it holds, keeping a picture of it."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from core import audit, files
from core.errors import RuleBroken
from core.locks import deed
from core.papers import read_paper
from residents.choices import RecordSource
from residents.models import DoseProof, VaccinationRecord

_FOLDER, _CONTEXT = "proofs", "dose_proof"


@deed()
def verify(*, record: VaccinationRecord, actor: User, proof: str, now: datetime) -> None:
    """The dose is proved; ``proof`` says by what. Raises RuleBroken: PROOF_MISSING, VERIFIED_ALREADY.

    Nothing is counted anew: a doubtful dose counts too, it only carries a mark.
    """
    if not proof.strip():
        raise RuleBroken("PROOF_MISSING", "请写明看过什么凭证,例如:接种证、外省系统查询。", "proof")
    doubtful = VaccinationRecord.objects.counted().filter(pk=record.pk, is_verified=False)
    if not doubtful.update(is_verified=True, verified_at=now, verified_by=actor, proof=proof.strip()[:80]):
        raise RuleBroken("VERIFIED_ALREADY", "这一剂已经核实或已经作废。")
    record.refresh_from_db()
    _note("dose.verified", actor, record, {"proof": record.proof})


@deed()
def add_proof(*, record: VaccinationRecord, upload: UploadedFile, actor: User, now: datetime) -> DoseProof:
    """Keep a picture or PDF with a dose given elsewhere. The content is checked, encrypted and never served as a page.
    The same file again changes nothing.

    Raises RuleBroken: PROOF_HERE, FILE_SIZE, FILE_KIND.
    """
    if record.source == RecordSource.HERE:
        raise RuleBroken("PROOF_HERE", "本系统接种点打的针不需要另附凭证。")
    paper = read_paper(upload)
    if kept := DoseProof.objects.filter(record=record, sha256=paper.sha256).first():  # the same file again
        return kept
    kept = paper.keep(_FOLDER, context=_CONTEXT)
    row = DoseProof.objects.create(record=record, added_at=now, added_by=actor, **kept)
    _note("proof.added", actor, record, {"kind": row.content_type, "size": row.size})
    return row


@deed()
def open_proof(*, proof: DoseProof, by: User) -> bytes:
    """The content of a kept proof; each look is recorded. Raises ``core.crypto.Undecipherable``, FileNotFoundError."""
    content = files.open_sealed(proof.stored_as, context=_CONTEXT)
    _note("proof.viewed", by, proof.record, {})
    return content


def _note(action: str, actor: User, record: VaccinationRecord, data: dict) -> None:
    person = record.resident
    data |= {"dose": record.dose_number, "on": record.given_on.isoformat()}
    audit.record(
        action, actor=actor, target=record, subject=person, place_code=person.village_code, data=data
    )
