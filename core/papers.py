"""Pictures and PDFs that prove something about a person: checked by content, kept encrypted, never served as a page."""

import hashlib
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from core import files
from core.errors import RuleBroken

MAX_BYTES = 5 * 1024 * 1024
# What a file is, is decided by how it begins, never by its name.
_KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class Paper:
    """The content of an uploaded file that may be kept."""

    content: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        """Tells the same file from another one."""
        return hashlib.sha256(self.content).hexdigest()

    def keep(self, folder: str, *, context: str) -> dict:
        """Seal it in ``folder``; returns the columns that find it again."""
        sealed = files.keep_sealed(self.content, folder, context=context)
        kept = {"stored_as": sealed.stored_as, "sha256": sealed.sha256}
        return kept | {"content_type": self.content_type, "size": len(self.content)}


def read_paper(upload: UploadedFile) -> Paper:
    """What was uploaded. Raises RuleBroken: FILE_SIZE, FILE_KIND."""
    if not 0 < upload.size <= MAX_BYTES:
        raise RuleBroken("FILE_SIZE", "文件是空的或超过5MB,请拍得小一些再上传。", "upload")
    content = upload.read()
    kind = next((kind for start, kind in _KINDS if content.startswith(start)), None)
    if kind is None:
        raise RuleBroken("FILE_KIND", "只能上传照片(JPG、PNG)或PDF文件。", "upload")
    return Paper(content, kind)


def download(content: bytes, content_type: str) -> HttpResponse:
    """A kept paper as a download that no browser runs and no proxy keeps."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="proof.{_ENDINGS[content_type]}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
