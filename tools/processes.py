"""Child processes that never outlive the program that started them, and free ports for them."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(death_signal: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Have the kernel send ``death_signal`` to this process when its parent ends, even by ``kill -9``.

    ``parent`` is the expected parent's id: when it has already gone, this process ends at once. The setting
    survives ``exec`` but not a change of user, so it comes after one. Linux only; elsewhere nothing happens.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def start(argv: list[str | os.PathLike], *, death_signal: int = signal.SIGTERM, **popen) -> subprocess.Popen:
    """Start ``argv`` as a child that receives ``death_signal`` when we end in whatever way.

    Call it from the main thread: the kernel watches the thread that started the child. ``popen`` goes to
    Popen, which changes the user before it runs our hook.
    """
    parent = os.getpid()

    def hook() -> None:
        die_with_parent(death_signal, parent)

    return subprocess.Popen([os.fspath(part) for part in argv], preexec_fn=hook, **popen)


def stop(process: subprocess.Popen, stop_signal: int = signal.SIGTERM, grace: float = 10) -> int:
    """Ask ``process`` to end, kill it after ``grace`` seconds; returns its exit code."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def family(pid: int) -> list[int]:
    """``pid`` and all that descend from it: PostgreSQL gives each of its processes a session of its own.
    Linux only."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP arrived; ``signum`` says which."""

    def __init__(self, signum: int):
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


def raise_on_signals() -> None:
    """From now on the first stop signal raises ``Stopped``; later ones are ignored: they would cut short the
    cleaning up.
    """

    def handler(signum: int, _frame) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signum)

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, handler)


def free_port() -> int:
    """A loopback port that nothing listens on at this moment, out of those that the system hands to no connection: nothing
    takes it before whoever asked for it does."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def main_or_sentence(main: Callable[[], int | None]) -> None:
    """Run ``main``; an expected failure ends the program with its one sentence instead of a traceback."""
    try:
        sys.exit(main())
    except Failure as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")


class Failure(Exception):
    """Something the person at the keyboard can put right; the text says how."""


@dataclass(frozen=True)
class Where:
    """The machine on which a server runs: its address, and the command that starts a program there (none: this one)."""

    address: str = "127.0.0.1"
    enter: tuple[str, ...] = ()


HERE = Where()
