"""Files that people send in and jobs produce. They lie under MEDIA_ROOT, which no address serves: a produced file is
handed out by ``core.views.files.JobFileView`` to the one who asked for it, and every download is recorded."""

import base64
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from core import crypto
from core.models import Job
from core.text import clean

_PRODUCED = "produced"
_SHARED = ".shared"  # laid once into the shared folder by whoever sets it up


def target(job_id: int, name: str) -> Path:
    """Where the job writes the file that people will know as ``name`` (its ending decides the kind of file)."""
    folder = _folder(Job.objects.get(pk=job_id))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / safe_name(name)


def result(job_id: int, name: str, **more) -> dict:
    """The job's result after it has written ``target(job_id, name)``: its page then offers the download."""
    job = Job.objects.get(pk=job_id)
    with (_folder(job) / safe_name(name)).open("rb+") as file:
        os.fsync(file.fileno())  # on the disk before the row names it: a power cut left empty workbooks
    return {
        "file": safe_name(name),
        "next": reverse("job_file", args=[job.uid]),
        "next_word": f"下载 {safe_name(name)}",
        **more,
    }


def produced(job: Job) -> Path | None:
    """The file a finished job has left, or None when there is none (any more)."""
    name = job.result.get("file", "")
    path = _folder(job) / safe_name(name) if name else None
    return path if path and path.is_file() else None


def keep_upload(upload: UploadedFile, folder: str) -> str:
    """Store an uploaded file under a name nobody can guess; return what ``kept`` needs to find it again."""
    ending = Path(upload.name or "").suffix.lower()[:6]
    stored_as = f"{folder}/{uuid.uuid4().hex}{ending}"
    _write(kept(stored_as), upload.chunks())
    return stored_as


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """On the disk before a row names it, so that a power cut leaves no row without its file; or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Sealed:
    """A file kept encrypted: where, and the SHA-256 of its content."""

    stored_as: str
    sha256: str


def keep_sealed(content: bytes, folder: str, *, context: str) -> Sealed:
    """Encrypt ``content`` with the field keys and store it; ``context`` names what it is and is bound to it."""
    stored_as = f"{folder}/{uuid.uuid4().hex}.sealed"
    seal_as(stored_as, content, context=context)
    return Sealed(stored_as, hashlib.sha256(content).hexdigest())


def seal_as(stored_as: str, content: bytes, *, context: str) -> None:
    """``keep_sealed`` under a name that the caller knows beforehand."""
    path = kept(stored_as)
    if context not in settings.SEALED_FILES.get(path.parent.name, ()):
        raise RuntimeError(
            f"{context} in {path.parent.name} is not in SEALED_FILES: rotate_keys would lose it"
        )
    text = base64.b64encode(content).decode()
    _write(path, [crypto.key_ring().encrypt(text, context).encode("ascii")])


def open_sealed(stored_as: str, *, context: str) -> bytes:
    """What ``keep_sealed`` stored. Raises ``crypto.Undecipherable`` when it was changed, FileNotFoundError."""
    stored = kept(stored_as).read_text(encoding="ascii")
    return base64.b64decode(crypto.key_ring().decrypt(stored, context))


def kept(stored_as: str) -> Path:
    """The path of a file stored by ``keep_upload``."""
    return Path(settings.MEDIA_ROOT) / stored_as


def purge(*, older_than_days: int) -> int:
    """Remove produced files that nobody needs any more (personal data is not hoarded). Returns how many jobs' files."""
    folders = old_folders(older_than_days=older_than_days)
    for folder in folders:
        shutil.rmtree(folder)
    return len(folders)


def old_folders(*, older_than_days: int) -> list[Path]:
    """What ``purge`` removes."""
    oldest = time.time() - older_than_days * 86_400
    return [f for f in (Path(settings.MEDIA_ROOT) / _PRODUCED).glob("*") if f.stat().st_mtime < oldest]


def where() -> str:
    """For ``/readyz``: whether MEDIA_ROOT is this machine's own, or the folder that all machines share. "not shared": it
    should be that one, and is an empty folder on which nothing is mounted."""
    if not settings.FILES_ARE_SHARED:
        return "own"
    return "shared" if (Path(settings.MEDIA_ROOT) / _SHARED).is_file() else "not shared"


def safe_name(name: str) -> str:
    """``name`` without anything that could leave its folder or break a download header."""
    kept_chars = (char for char in clean(name) if char not in '/\\:*?"<>|\n')
    return "".join(kept_chars).strip(". ")[:120] or "文件"


def _folder(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / _PRODUCED / job.uid.hex
