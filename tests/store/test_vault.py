"""Encrypted fields open for their company and field alone, and are found by a keyed hash."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from loanloom.settings import Settings
from loanloom.store.vault import VaultError, masked, new_vault, open_vault

ID = "990101199001011239"


def test_a_field_opens_only_where_it_belongs():
    vault = new_vault()
    closed = vault.encrypt(1, "customer.id_number", ID)
    assert vault.decrypt(1, "customer.id_number", closed) == ID
    for company, field in ((2, "customer.id_number"), (1, "customer.phone")):
        with pytest.raises(VaultError, match="changed or belongs elsewhere"):
            vault.decrypt(company, field, closed)


def test_the_same_value_never_looks_the_same_twice():
    vault = new_vault()
    assert vault.encrypt(1, "f", ID) != vault.encrypt(1, "f", ID)


@pytest.mark.parametrize("position", [0, 1, 2, 10, -1])
def test_a_changed_byte_is_noticed(position):
    vault = new_vault()
    closed = bytearray(vault.encrypt(1, "f", ID))
    closed[position] ^= 1
    with pytest.raises(VaultError):
        vault.decrypt(1, "f", bytes(closed))


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x01\x05abc", bytes(range(40))])
def test_garbage_is_refused(garbage):
    with pytest.raises(VaultError):
        new_vault().decrypt(1, "f", garbage)


def test_keys_can_be_exchanged_and_old_values_still_open():
    old = new_vault()
    closed = old.encrypt(1, "f", ID)
    rotated = replace(old, keys=old.keys | {"2026": os.urandom(32)}, current="2026")
    assert rotated.decrypt(1, "f", closed) == ID
    with pytest.raises(VaultError, match="No key"):
        old.decrypt(1, "f", rotated.encrypt(1, "f", ID))


def test_a_hyphen_makes_another_e_mail_address():
    vault = new_vault()
    one = vault.search_hash(1, "customer.email", "li-na@tea-house.cn")
    assert one == vault.search_hash(1, "customer.email", " Li-Na@Tea-House.cn")
    assert one != vault.search_hash(1, "customer.email", "lina@tea-house.cn")
    assert one != vault.search_hash(1, "customer.email", "li-na@teahouse.cn")


def test_the_search_hash_ignores_spelling_but_not_company_or_field():
    vault = new_vault()
    one = vault.search_hash(1, "customer.id_number", "99010119900101123x")
    assert one == vault.search_hash(1, "customer.id_number", " 9901-0119900101123X ")
    assert one != vault.search_hash(2, "customer.id_number", "99010119900101123X")
    assert one != vault.search_hash(1, "customer.phone", "99010119900101123X")
    assert one != new_vault().search_hash(1, "customer.id_number", "99010119900101123X")


def test_keys_are_made_once_and_kept_private(tmp_path):
    settings = Settings(home=tmp_path)
    first, second = open_vault(settings), open_vault(settings)
    assert first == second
    file = tmp_path / "secrets.json"
    assert file.stat().st_mode & 0o077 == 0
    assert "safe place" in json.loads(file.read_text())["note"]
    assert "secrets.json" in [path.name for path in tmp_path.iterdir()] and len(list(tmp_path.iterdir())) == 1


def test_keys_can_be_given_by_settings(tmp_path):
    content = json.loads((_kept(tmp_path) / "secrets.json").read_text())
    given = Settings(
        home=tmp_path / "elsewhere",
        encryption_keys=content["encryption_keys"],
        search_key=content["search_key"],
        secret_key="s",
    )
    vault = open_vault(given)
    assert not (tmp_path / "elsewhere").exists()
    assert vault.keys == open_vault(Settings(home=tmp_path)).keys
    assert vault.secret_key == "s"


@pytest.mark.parametrize("written", ["abc", "1:notbase64!", "1:QUJD", ":QUJD", "1:"])
def test_bad_keys_are_told(tmp_path, written):
    with pytest.raises(VaultError):
        open_vault(Settings(home=tmp_path, encryption_keys=written))


def test_a_vault_never_prints_its_keys():
    vault = new_vault()
    assert vault.secret_key not in repr(vault)


def _kept(folder):
    open_vault(Settings(home=folder))
    return folder


@pytest.mark.parametrize(
    ("plain", "shown"), [(ID, "990***********1239"), ("13800138000", "138****8000"), ("1234567", "*******"), ("", "")]
)
def test_masking_shows_the_ends_only(plain, shown):
    assert masked(plain) == shown
