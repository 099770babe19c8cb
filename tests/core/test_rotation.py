"""Rotating the keys while people work: nothing unread, nothing lost, nothing overwritten, and never said to be done too early."""

import base64
import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from core import files
from core.errors import RuleBroken
from core.services import ring, rotation
from residents.models import ResidentIdentifier
from tests.factories.people import make_resident

SM4 = base64.b64encode(b"s" * 16).decode()
OLD = settings.FIELD_ENCRYPTION_KEYS
NEW = f"gm:sm4:{SM4},{OLD}"
COLUMN = "residents_residentidentifier.number"


@pytest.fixture
def people(town, settings, tmp_path):
    """Three people and a proof under the old key; the ring has a new first key of the national suite."""
    settings.MEDIA_ROOT = tmp_path / "files"
    made = [make_resident(town.village) for _ in range(3)]
    paper = files.keep_sealed(b"%PDF-", "proofs", context="dose_proof")
    (tmp_path / "files" / "reports").mkdir()
    (tmp_path / "files" / "reports" / "plain.xlsx").write_bytes(b"PK\x03\x04 not sealed")
    settings.FIELD_ENCRYPTION_KEYS = NEW
    return made, paper


def numbers():
    return list(ResidentIdentifier.objects.order_by("pk").values_list("number", flat=True))


def test_everything_moves_to_the_first_key_and_stays_readable(people, settings):
    before, (_, paper) = numbers(), people
    assert rotation.held() == {COLUMN: {"t1": 3}, "files/proofs": {"t1": 1}}
    assert rotation.left(rotation.held()) == {"t1": 4}
    assert rotation.reencrypt() == 4
    assert rotation.held() == {COLUMN: {"gm": 3}, "files/proofs": {"gm": 1}}
    settings.FIELD_ENCRYPTION_KEYS = ring.without("t1")
    assert numbers() == before
    assert files.open_sealed(paper.stored_as, context="dose_proof") == b"%PDF-"
    assert rotation.reencrypt() == 0


def test_who_was_killed_goes_on_with_what_is_left(people, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(where, done):
        raise Killed

    before = numbers()
    monkeypatch.setattr(rotation, "_CHUNK", 1)
    with pytest.raises(Killed):
        rotation.reencrypt(step=killed)
    assert rotation.held()[COLUMN] == {"gm": 1, "t1": 2}
    assert rotation.reencrypt() == 3
    assert numbers() == before


def test_what_somebody_saves_meanwhile_is_not_overwritten(people, monkeypatch):
    anew, pk = rotation._anew, ResidentIdentifier.objects.order_by("pk").first().pk

    def saved_in_between(text, contexts):
        result = anew(text, contexts)
        ResidentIdentifier.objects.filter(pk=pk).update(number="11010519491231002X")
        monkeypatch.setattr(rotation, "_anew", anew)
        return result

    monkeypatch.setattr(rotation, "_anew", saved_in_between)
    assert rotation.reencrypt() == 3
    assert numbers()[0] == "11010519491231002X"
    assert rotation.left(rotation.held()) == {}


def test_it_does_not_say_done_while_anything_is_left(people, capsys):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE residents_residentidentifier SET number = %s WHERE id = %s",
            ["gone:AAAA", ResidentIdentifier.objects.order_by("pk").first().pk],
        )
    with pytest.raises(SystemExit):
        call_command("rotate_keys", json=True, dry_run=True)
    assert json.loads(capsys.readouterr().out)["left"] == {"gone": 1, "t1": 3}
    with pytest.raises(SystemExit):
        call_command("rotate_keys")
    said = capsys.readouterr().out
    assert "还没有完成(本次换了 3 项):gone 还有 1 项" in said
    assert f"{COLUMN}:gm 2、gone 1" in said


def test_the_ring_is_changed_where_it_is_kept(people, settings, tmp_path, monkeypatch, capsys):
    settings.VAR_DIR, settings.FIELD_ENCRYPTION_KEYS = tmp_path, OLD
    kept = tmp_path / "secrets.env"
    kept.write_text(f"SECRET_KEY=x\nFIELD_ENCRYPTION_KEYS={OLD}\n")
    call_command("rotate_keys", add="k9", suite="sm4")
    added = kept.read_text().partition("FIELD_ENCRYPTION_KEYS=")[2].strip()
    assert added.startswith(f"{OLD},k9:sm4:")
    assert added.rpartition(":")[2] not in capsys.readouterr().out
    settings.FIELD_ENCRYPTION_KEYS = added
    call_command("rotate_keys", first="k9")
    settings.FIELD_ENCRYPTION_KEYS = kept.read_text().partition("FIELD_ENCRYPTION_KEYS=")[2].strip()
    assert settings.FIELD_ENCRYPTION_KEYS.startswith("k9:sm4:")
    assert "SECRET_KEY=x\n" in kept.read_text()
    for name, code in [("k9", "KEY_FIRST"), ("t1", "KEY_NEEDED"), ("idx", "KEY_NAME"), ("k8", "KEY_NAME")]:
        with pytest.raises(RuleBroken) as refused:
            ring.without(name)
        assert refused.value.code == code
    rotation.reencrypt()
    call_command("rotate_keys", drop="t1")
    assert "t1:" not in kept.read_text()


def test_a_folder_that_no_rotation_knows_takes_no_sealed_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(RuntimeError, match="SEALED_FILES"):
        files.keep_sealed(b"x", "elsewhere", context="dose_proof")
