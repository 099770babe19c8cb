"""`make test`: every stage that must hold, one after the other; one that fails makes the whole fail.

    tools/test.py [--only lint|sqlite|postgres|e2e …] [--workers N] [pytest arguments…]

All stages run even when an earlier one failed, so that one call shows everything. DATABASE_URL and REDIS_URL,
when given, name the servers of the PostgreSQL stage; otherwise it starts its own.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from processes import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
SERVERS = ("DATABASE_URL", "REDIS_URL")
# Not run a second time on PostgreSQL: what reaches no database, and the table of who may open what.
_ONCE = ["--only-database", "--ignore=tests/house/test_url_guard.py"]
BROWSER_PACKAGES = ["chromium", "chromium-l10n", "fonts-noto-cjk"]


@dataclass
class Stage:
    """One command; ``counts`` is the JUnit file that pytest leaves."""

    group: str
    name: str
    argv: list[str]
    servers: bool = False
    counts: Path | None = None
    result: str = "not run"
    seconds: float = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def run(self, var: Path) -> None:
        """Run it with its own empty VAR_DIR, and without the given servers unless it is made for them."""
        print(f"\n── {self.name}", flush=True)
        environment = {key: value for key, value in os.environ.items() if self.servers or key not in SERVERS}
        environment.pop(
            "PYTHONDONTWRITEBYTECODE", None
        )  # each of a dozen processes would compile everything anew
        environment |= {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "vaxcampaign.settings.test"}
        began = time.monotonic()
        code = subprocess.run(self.argv, cwd=ROOT, env=environment).returncode
        self.seconds = time.monotonic() - began
        self.result = "ok" if code == 0 else f"FAILED ({code})"
        if self.counts and self.counts.exists():
            self.numbers = _count(self.counts)


def main() -> int:
    """0 when every stage passed."""
    die_with_parent()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=["lint", "sqlite", "postgres", "e2e"])
    parser.add_argument("--workers", type=int, default=2, help="processes of each run of tests (default 2)")
    options, extra = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="vax-test-", ignore_cleanup_errors=True) as scratch:
        stages = _stages(Path(scratch), options.workers, extra)
        stages = [stage for stage in stages if not options.only or stage.group in options.only]
        for number, stage in enumerate(stages):
            if stage.group == "e2e" and not _browser_ready():
                stage.result = "FAILED (no browser)" if os.environ.get("CI") else "skipped (no browser)"
                continue
            stage.run(Path(scratch) / f"var{number}")
    _summary(stages)
    return int(any(stage.result.startswith("FAILED") for stage in stages))


def _stages(scratch: Path, workers: int, extra: list[str]) -> list[Stage]:
    python = sys.executable
    manage = [python, "manage.py"]
    # Who is done takes half of what the other has left: nobody waits for one process at the end.
    spread = ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []

    def suite(group: str, name: str, marker: str, *options: str, before: tuple = (), **kind) -> Stage:
        counts = scratch / f"{group}.xml"
        # A cache of this run: what tests/migrated.py keeps there was made by this run's own migrations.
        pytest = [python, "-m", "pytest", "-q", "-o", f"cache_dir={scratch / 'cache'}"]
        argv = [*before, *pytest, "-m", marker, f"--junitxml={counts}", *options, *extra]
        return Stage(group, name, argv, counts=counts, **kind)

    return [
        Stage("lint", "ruff check", [python, "-m", "ruff", "check", "."]),
        Stage("lint", "ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Stage("lint", "import contracts", [str(Path(python).with_name("lint-imports"))]),
        Stage("lint", "manage.py check", [*manage, "check", "--fail-level", "WARNING"]),
        Stage("lint", "migrations complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        suite("sqlite", "tests on SQLite", "not e2e", *spread),
        suite(
            "postgres",
            "tests on PostgreSQL + Valkey",
            "not e2e",
            *spread,
            *_ONCE,
            before=(python, str(TOOLS / "with_services.py"), "--with-parent"),
            servers=True,
        ),
        suite("e2e", "browser tests", "e2e", "tests/e2e", *spread),
    ]


def _browser_ready() -> bool:
    """Whether Chromium is there; for root it is installed, others are told what to install."""
    missing = [package for package in BROWSER_PACKAGES if not _installed(package)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        subprocess.run(["apt-get", "install", "-yq", "--no-install-recommends", *missing], **quiet)
        missing = [package for package in BROWSER_PACKAGES if not _installed(package)]
    if missing:
        print(f"\nBrowser tests need: apt-get install {' '.join(missing)}", flush=True)
    return "chromium" not in missing


def _installed(package: str) -> bool:
    if package == "chromium":
        return shutil.which("chromium") is not None
    query = shutil.which("dpkg-query")
    if query is None:
        return True  # not Debian: fonts and translations are the person's own affair
    status = subprocess.run([query, "-W", "-f", "${Status}", package], capture_output=True, text=True)
    return status.stdout.endswith("ok installed")


def _count(report: Path) -> dict[str, int]:
    """Passed, failed and skipped of a JUnit file."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    tests, errors, failures, skipped = (
        int(suite.get(name)) for name in ("tests", "errors", "failures", "skipped")
    )
    return {"passed": tests - errors - failures - skipped, "failed": errors + failures, "skipped": skipped}


def _summary(stages: list[Stage]) -> None:
    print(f"\n{'stage':<32}{'seconds':>8}  result")
    for stage in stages:
        numbers = ", ".join(f"{count} {word}" for word, count in stage.numbers.items())
        print(f"{stage.name:<32}{stage.seconds:>8.1f}  {stage.result}{': ' + numbers if numbers else ''}")
    counted = [stage.numbers for stage in stages if stage.numbers]
    if counted:
        total = {word: sum(numbers[word] for numbers in counted) for word in ("passed", "failed", "skipped")}
        print(", ".join(f"{count} {word}" for word, count in total.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
