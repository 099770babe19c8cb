"""The uploaded file of a census import: encrypted on disk until it has been checked, then gone."""

from pathlib import Path

from core import files
from core.errors import RuleBroken
from residents.models import CensusImport

_CONTEXT = "census_file"


def keep(census: CensusImport, content: bytes) -> None:
    """Write the file where ``stored_as`` says."""
    files.seal_as(census.stored_as, content, context=_CONTEXT)


def content(census: CensusImport) -> bytes:
    """The file as it was sent. Raises RuleBroken FILE_GONE."""
    path = _stored(census)
    if not census.stored_as or not path.is_file():
        raise RuleBroken("FILE_GONE", "上传的文件已不在服务器上,请重新上传。", "file")
    return files.open_sealed(census.stored_as, context=_CONTEXT)


def forget(census: CensusImport) -> None:
    """The rows hold (encrypted) all that is needed; the file would only be one more copy of people's data."""
    if census.stored_as:
        _stored(census).unlink(missing_ok=True)
        CensusImport.objects.filter(pk=census.pk).update(stored_as="")
        census.stored_as = ""


def _stored(census: CensusImport) -> Path:
    return files.kept(census.stored_as)
