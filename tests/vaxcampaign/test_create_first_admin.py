"""The first administrator of an empty installation, asked for or given."""

import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from campaigns.models import ScheduleRule
from places.models import Place
from vaxcampaign.management.commands import create_first_admin

GIVEN = {"username": "admin", "name": "王管理", "place": "150622100000"}


@pytest.fixture
def answers(monkeypatch):
    """``answers("a", "b")``: a terminal that types these lines."""

    def type_lines(*lines):
        typed = iter(lines)
        monkeypatch.setattr(create_first_admin.sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: next(typed))

    return type_lines


def test_given_arguments_load_the_shipped_list(db, capsys):
    call_command("create_first_admin", json=True, **GIVEN)
    printed = json.loads(capsys.readouterr().out)
    user = User.objects.get(username="admin")
    assert user.check_password(printed["password"])
    assert user.must_change_password
    assert user.main_role.where.code == GIVEN["place"]
    assert user.can("accounts.manage")
    assert Place.objects.count() == 219
    assert ScheduleRule.objects.filter(disease="COVID").exists(), "a campaign can be opened at once"


def test_asks_on_the_terminal(db, answers, capsys):
    answers("", "150622000000", "", "admin", "王管理")
    call_command("create_first_admin")
    out = capsys.readouterr().out
    assert "准格尔旗" in out
    password = re.search(r"初始密码:(\S+)", out)[1]
    assert Client().login(username="admin", password=password)


def test_without_terminal_says_which_arguments(db):
    with pytest.raises(CommandError, match="--username") as refused:
        call_command("create_first_admin")
    assert refused.value.returncode == 2
    assert isinstance(refused.value, EOFError), "make run goes on and says what to do later"
    assert not Place.objects.exists()


def test_unknown_place_leaves_nothing_behind(db, capsys):
    with pytest.raises(SystemExit):
        call_command("create_first_admin", **(GIVEN | {"place": "990000000000"}))
    assert "不在名单里" in capsys.readouterr().out
    assert not Place.objects.exists()
    assert not User.objects.exists()


def test_missing_list_is_a_bad_call(db):
    with pytest.raises(CommandError, match="不存在"):
        call_command("create_first_admin", divisions="/nowhere.csv", **GIVEN)


def test_refuses_when_there_is_an_account(cast, capsys):
    with pytest.raises(SystemExit):
        call_command("create_first_admin", **GIVEN)
    assert "已有帐号" in capsys.readouterr().out
    assert not User.objects.filter(username="admin").exists()
