"""A disk of its own for the servers and files: its power can be cut and its space can run out, as on a real machine.

An ext4 file system in a file (Linux, root). Cutting the power is the kernel's own "shut down now": what was written and not
flushed is gone, nothing more can be written, and the next mount reads what really was on the disk. What it cannot show is
a disk that lies about its own cache. Without root it is an ordinary folder, and ``why_not`` says what is not played.
"""

import ctypes
import fcntl
import os
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_SHUT_DOWN, _WITHOUT_FLUSH = 0x8004587D, 2  # EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
_SIZE = 2 << 30  # most of it is never written
_MEMORY = Path("/dev/shm")  # a disk in memory does not wait for the real one


class Disk:
    """The folder ``work/disk``; ``keep`` puts its file into ``work``, where it stays."""

    def __init__(self, work: Path, *, keep: bool):
        self.folder, self.why_not = work / "disk", ""
        self.folder.mkdir(exist_ok=True)
        home = _MEMORY if _MEMORY.is_dir() and not keep else work
        self._image, self._keep = home / f"vax-chaos-{os.getpid()}.img", keep
        self._ballast = self.folder / "ballast"
        try:
            self._make()
        except (AttributeError, OSError, subprocess.CalledProcessError) as error:
            self._image.unlink(missing_ok=True)
            self.why_not = f"no disk of its own ({error}); it takes Linux, root and loop devices"

    def cut(self) -> None:
        """The power goes: from now on nothing reaches the disk. End who works on it, then ``again``."""
        if self.why_not:
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUT_DOWN, struct.pack("I", _WITHOUT_FLUSH))
        finally:
            os.close(handle)

    def again(self) -> None:
        """The disk as it is found after the power cut; nobody may work on it."""
        if not self.why_not:
            self._unmount()
            _run("mount", "-o", "loop", self._image, self.folder)

    def fill(self) -> None:
        """Take all space that is left."""
        with self._ballast.open("ab") as file:
            size = _SIZE
            while size >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), file.tell(), size)
                    file.seek(0, os.SEEK_END)
                except OSError:
                    size //= 2

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Nobody works on it any more."""
        if not self.why_not:
            self._unmount()
        if not self._keep:
            self._image.unlink(missing_ok=True)

    def _make(self) -> None:
        _leave_the_mounts_of_others()
        with self._image.open("wb") as file:
            file.truncate(_SIZE)
        # Nothing is held back for root: the servers run as different users, and the space ends for all of them.
        _run("mkfs.ext4", "-q", "-m", "0", self._image)
        _run("mount", "-o", "loop", self._image, self.folder)
        self.folder.chmod(0o755)

    def _unmount(self) -> None:
        for _ in range(100):  # the last process is not quite gone
            with suppress(subprocess.CalledProcessError):
                _run("umount", self.folder)
                return
            time.sleep(0.1)
        _run("umount", "--lazy", self.folder)


def _leave_the_mounts_of_others() -> None:
    """From now on this process and its children have mounts of their own: nobody else can hold on to the disk when its power
    is cut, and it is gone with the last of them. Raises OSError without the right."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _run("mount", "--make-rprivate", "/")


def _run(*arguments) -> None:
    subprocess.run([str(part) for part in arguments], check=True, capture_output=True)
