"""A bad setting names its variable and stops the start; a good one means what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEYS = {"SECRET_KEY": "x" * 50, "FIELD_ENCRYPTION_KEYS": "k1:" + "a" * 43 + "=,idx:" + "a" * 43 + "="}


def load(var: Path, code: str = "pass", **variables) -> subprocess.CompletedProcess:
    """Load the product's settings in a program of its own, with nothing but ``variables`` set."""
    clean = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import json, vaxcampaign.settings.base as settings; {code}"],
        cwd=ROOT,
        env={**clean, "VAR_DIR": str(var), **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIME_ZONE", "Mars/Olympus"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/x"),
        ("DATABASE_URL", "not an address"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_REPLICA_URL", "postgres://10.0.0.2/of-sqlite"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("DEBUG", "perhaps"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_names_its_variable(tmp_path, name, value):
    result = load(tmp_path, **KEYS, **{name: value})
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode != 0
    assert "ImproperlyConfigured" in last and name in last


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_missing_key_names_its_variable(tmp_path, name):
    given = {key: value for key, value in KEYS.items() if key != name}
    result = load(tmp_path, **given)
    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr.strip().splitlines()[-1]


def test_what_sqlite_says_is_saved_is_on_the_disk(tmp_path):
    """NORMAL, the other choice with a write-ahead log, loses answered forms when the power is cut."""
    ask = "import django; django.setup(); from django.db import connection as c; k = c.cursor(); "
    ask += "print(k.execute('PRAGMA synchronous').fetchone(), k.execute('PRAGMA journal_mode').fetchone())"
    assert (
        load(tmp_path, ask, **KEYS, DJANGO_SETTINGS_MODULE="vaxcampaign.settings.base").stdout
        == "(2,) ('wal',)\n"
    )


def test_migrations_are_checked_in_a_clone_that_was_never_started(tmp_path):
    """No keys, no folder: nothing is asked for, and no database is left that would look like one whose keys are lost."""
    clean = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    run = [sys.executable, str(ROOT / "manage.py"), "makemigrations", "--check", "--dry-run"]
    result = subprocess.run(
        run, cwd=tmp_path, env={**clean, "TMPDIR": str(tmp_path)}, capture_output=True, text=True, timeout=300
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert not (ROOT / "var" / "vaxcampaign.sqlite3").exists() or (ROOT / "var" / "secrets.env").exists()


def test_a_folder_that_cannot_be_made_names_its_variable(tmp_path):
    (tmp_path / "file").touch()
    result = load(tmp_path / "file" / "var", **KEYS)
    assert result.returncode != 0
    assert "VAR_DIR" in result.stderr.strip().splitlines()[-1]


def test_a_key_from_a_file_wins_over_the_one_of_the_first_start(tmp_path):
    (tmp_path / "secrets.env").write_text("SECRET_KEY=first\nFIELD_ENCRYPTION_KEYS=k1:a2s=,idx:a2s=\n")
    (tmp_path / "given").write_text("second\n")
    code = "print(settings.SECRET_KEY)"
    assert load(tmp_path, code).stdout.strip() == "first"
    assert load(tmp_path, code, SECRET_KEY_FILE=str(tmp_path / "given")).stdout.strip() == "second"


def test_questions_to_the_database_have_the_time_that_the_unit_gives_them(tmp_path):
    code = "print(settings.DATABASES['default']['OPTIONS']['options'])"
    given = KEYS | {"DATABASE_URL": "postgres://u:p@127.0.0.1/x"}
    assert "statement_timeout=30s" in load(tmp_path, code, **given, STATEMENT_SECONDS="30").stdout
    assert (
        "statement_timeout=0s" in load(tmp_path, code, **given).stdout
    )  # none: commands take as long as they take


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/a%20b/c+d%25.sqlite3", "/srv/a b/c+d%.sqlite3"),
        ("sqlite:////srv/a b/c.sqlite3", "/srv/a b/c.sqlite3"),
        ("sqlite:///var/x.sqlite3", str(ROOT / "var/x.sqlite3")),
    ],
)
def test_sqlite_addresses_mean_the_file_they_name(tmp_path, url, path):
    code = "print(json.dumps(str(settings.DATABASES['default']['NAME'])))"
    result = load(tmp_path, code, **KEYS, DATABASE_URL=url)
    assert json.loads(result.stdout) == path


def test_the_settings_of_the_install_guide_have_nothing_to_complain_of(tmp_path):
    """``check --deploy`` with the example of deploy/ and keys in files, as docs/install.md has it."""
    lines = (ROOT / "deploy" / "vaxcampaign.env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for variable, key in (
        ("SECRET_KEY_FILE", "Ab1-xyZ9" * 8),
        ("FIELD_ENCRYPTION_KEYS_FILE", KEYS["FIELD_ENCRYPTION_KEYS"]),
    ):
        given[variable] = str(tmp_path / variable)
        (tmp_path / variable).write_text(key + "\n")
    given["VAR_DIR"] = str(tmp_path)
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
