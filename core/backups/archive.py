"""The file of a backup: a zip with the database of one moment, the kept files and a manifest that proves both.

The manifest is written last and a zip's list of contents stands at its end, so a file that was cut off cannot be read as
one. Keys are never in it: the manifest only knows how to tell whether the ring of the place it is read at fits.
"""

import hashlib
import json
import os
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from core.errors import RuleBroken

FORMAT, MANIFEST, FILES = 1, "manifest.json", "files/"
_CHUNK = 1 << 20


class Writer:
    """Takes the parts one after the other and remembers the size and SHA-256 of each."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive, self.members = archive, {}

    @contextmanager
    def part(self, name: str, *, compressed: bool = False) -> Iterator[BinaryIO]:
        """A stream to write the part ``name`` to."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as stream:
            counted = _Counted(stream)
            yield counted
        self.members[name] = {"bytes": counted.bytes, "sha256": counted.digest.hexdigest()}

    def add_files(self) -> int:
        """All files under MEDIA_ROOT; returns how many. Called after the database was read: what a row of it names was
        written before the row, so only what the nightly cleaning has removed in between can be missing."""
        count = 0
        for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
            name = FILES + path.relative_to(settings.MEDIA_ROOT).as_posix()
            try:
                file = path.open("rb") if path.is_file() else None
            except FileNotFoundError:
                continue
            if file:
                with file, self.part(name) as stream:
                    shutil.copyfileobj(file, stream, _CHUNK)
                count += 1
        return count


class _Counted:
    """A stream that counts and hashes what goes through."""

    def __init__(self, stream: BinaryIO):
        self._stream, self.bytes, self.digest = stream, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.bytes += len(data)
        self.digest.update(data)
        return self._stream.write(data)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A backup at ``path``, readable by its owner only; it bears its name when it is whole and on the disk."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w") as archive:
                writer = Writer(archive)
                yield writer
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        flush_folder(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def finish(writer: Writer, about: dict) -> dict:
    """Write the manifest: ``about`` and the members so far. Returns it."""
    manifest = {"format": FORMAT, "version": version(), **about, "members": dict(writer.members)}
    with writer.part(MANIFEST) as stream:
        stream.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return manifest


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict]]:
    """The backup at ``path`` and its manifest.

    Raises RuleBroken NOT_A_BACKUP when it is none, was cut off, or a later version of the product has written it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["format"] > FORMAT:
                raise RuleBroken(
                    "NOT_A_BACKUP", f"这个备份由更新的版本({manifest['version']})生成,请先升级程序。"
                )
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise RuleBroken("NOT_A_BACKUP", f"{path.name} 不是完整的备份文件,请换一个。({error})") from error


def damaged(archive: zipfile.ZipFile, manifest: dict) -> list[str]:
    """The names of parts that are missing, unexpected or not what was written."""
    expected = manifest["members"]
    wrong = set(expected).symmetric_difference(set(archive.namelist()) - {MANIFEST})
    for name, about in expected.items():
        if name not in wrong and digest_of(archive, name) != about["sha256"]:
            wrong.add(name)
    return sorted(wrong)


def digest_of(archive: zipfile.ZipFile, name: str) -> str:
    """SHA-256 of a part as it is read now; empty when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except zipfile.BadZipFile:
        return ""
    return digest.hexdigest()


def unpack_files(archive: zipfile.ZipFile, manifest: dict) -> int:
    """Lay the kept files under MEDIA_ROOT, beside what is there: no two ever have the same name. Returns how many."""
    root, count = Path(settings.MEDIA_ROOT).resolve(), 0
    for name in manifest["members"]:
        if not name.startswith(FILES):
            continue
        path = (root / name.removeprefix(FILES)).resolve()
        if not path.is_relative_to(root):
            raise RuleBroken("NOT_A_BACKUP", f"备份里的文件名 {name} 越出了数据目录,未恢复。")
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as stream, path.open("wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        count += 1
    return count


def remove_other_files(manifest: dict) -> int:
    """Remove what lies under MEDIA_ROOT and is not in the backup: files of the data that was replaced. Returns how many."""
    root, count = Path(settings.MEDIA_ROOT), 0
    for path in root.rglob("*"):
        if path.is_file() and FILES + path.relative_to(root).as_posix() not in manifest["members"]:
            path.unlink()
            count += 1
    return count


def version() -> str:
    """Of the product that runs."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


def flush_folder(folder: Path) -> None:
    """Have the names in ``folder`` on the disk, too (where the system can be asked for it)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
