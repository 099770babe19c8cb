"""Several programs that begin at the same moment: clients in processes of their own, so that none waits for another's turn."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable


def at_once(module: str, jobs: list[dict]) -> tuple[float, list[dict]]:
    """Run ``python -m module`` once per job, all from one moment on: (seconds from the first start to the last end, answers).

    Raises RuntimeError when one of them dies.
    """
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    crew = [
        subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in jobs
    ]
    try:
        for process, job in zip(crew, jobs, strict=True):
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
        for process in crew:
            _line(process)  # ready
        for process in crew:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [json.loads(_line(process)) for process in crew]
    finally:
        for process in crew:
            process.kill()
            process.communicate()
    seconds = max(answer["ended"] for answer in answers) - min(answer["began"] for answer in answers)
    return seconds, answers


def _line(process: subprocess.Popen) -> str:
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args[-1]} died with {process.wait()}")
    return line


def play(prepare: Callable[[dict], Callable[[], dict]]) -> None:
    """The other side of ``at_once``: ``prepare(job)`` gets ready and returns the work."""
    work = prepare(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()  # one clock for all processes of the machine
    answer = work()
    print(json.dumps(answer | {"began": began, "ended": time.monotonic()}), flush=True)
