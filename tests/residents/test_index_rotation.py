"""Another key of the blind index: everybody is found again, all rows or none, and the audit trail stays readable."""

import base64

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from core import audit, audit_proof
from core.errors import RuleBroken
from residents.models import ResidentIdentifier
from residents.services.index_rotation import reindex
from tests.factories.people import make_resident

CIPHER, _, BEFORE = project.FIELD_ENCRYPTION_KEYS.partition(",idx:")
SM3 = base64.b64encode(b"3" * 32).decode()


def test_everybody_is_found_by_the_new_key(town, settings):
    person = make_resident(town.village)
    row = person.identifiers.get()
    audit.record("test.deed", actor=None)
    settings.FIELD_ENCRYPTION_KEYS = f"{CIPHER},idx:sm3:{SM3},was:{BEFORE}"
    with pytest.raises(RuleBroken, match="审计链"):
        reindex()
    settings.FIELD_ENCRYPTION_KEYS = f"{CIPHER},idx:sm3:{SM3},aud:{BEFORE}"
    with pytest.raises(RuleBroken, match="was"):
        reindex()
    settings.FIELD_ENCRYPTION_KEYS = f"{CIPHER},idx:sm3:{SM3},was:{BEFORE},aud:{BEFORE}"
    with pytest.raises(CommandError, match="--offline"):
        call_command("rotate_index")
    call_command("rotate_index", offline=True)
    settings.FIELD_ENCRYPTION_KEYS = f"{CIPHER},idx:sm3:{SM3},aud:{BEFORE}"
    found = ResidentIdentifier.objects.get(number_hash=ResidentIdentifier.hash_of(row.id_type, row.number))
    assert (found.pk, found.number_hash == row.number_hash) == (row.pk, False)
    assert reindex() == {"changed": 0, "unchanged": 1}
    assert list(audit_proof.verify()) == []
