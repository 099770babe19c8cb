"""Run a command beside real PostgreSQL and Valkey servers.

    tools/with_services.py [--data DIR] [--with-parent] COMMAND…

The command finds them through DATABASE_URL and REDIS_URL; one that is already set is left alone. Everything
stops when the command ends, on Ctrl-C and SIGTERM, and after ``kill -9`` of this program too. ``--data``
keeps the servers' files in DIR; without it they are thrown away. ``--with-parent`` also stops when the caller
dies.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from processes import Failure, Stopped, die_with_parent, main_or_sentence, raise_on_signals, start, stop
from services import services


def main() -> int:
    """Exit code of the command, or 128 + the signal that stopped us."""
    options = _arguments()
    if options.with_parent:
        die_with_parent()
    raise_on_signals()
    began = time.monotonic()
    try:
        with services(options.data) as urls:
            print(f"services up in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
            return _run(options.command, {**os.environ, **urls})
    except Stopped as stopped:
        return 128 + stopped.signum


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the servers' files here")
    parser.add_argument("--with-parent", action="store_true", help="stop when the calling process dies")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    options = parser.parse_args()
    if not options.command:
        parser.error("a command is missing")
    return options


def _run(command: list[str], environment: dict[str, str]) -> int:
    try:
        process = start(command, env=environment)
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror}") from error
    try:
        return process.wait()
    except Stopped as stopped:
        if stopped.signum == signal.SIGINT:
            # At a terminal the command got the Ctrl-C itself and is ending in its own way: let it.
            try:
                return process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        stop(process)
        raise


if __name__ == "__main__":
    main_or_sentence(main)
