"""Plugins fill typed slots; a faulty one is left out with a Problem, and the house still starts."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from loanloom.plugins import API_VERSION, SLOTS, Part, Plugin, PluginFault, load
from loanloom.services.running.plugged import plugged


class Sender:
    def deliver(self, outgoing):
        """Send it nowhere."""


class Dotted:
    """What an entry point names; `load` is all the loader asks of it."""

    group = "loanloom.plugins"

    def __init__(self, name, offer):
        self.name, self.offer = name, offer

    def load(self):
        if isinstance(self.offer, Exception):
            raise self.offer
        return self.offer


def plugin(*parts: Part, name: str = "sms", api_version: int = API_VERSION) -> Plugin:
    return Plugin(name=name, version="1.0", parts=parts, api_version=api_version)


def test_parts_are_found_by_slot_and_key():
    sender = Sender()
    loaded = load(found=[Dotted("sms", plugin(Part("connector", "sms", sender)))])
    assert loaded.parts("connector") == {"sms": sender}
    assert loaded.parts("work") == {}
    assert loaded.versions() == {"sms": "1.0"}
    assert loaded.problems == ()


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        (ImportError("no module named x"), "plugin.broken"),
        ("not a plugin", "plugin.not_a_plugin"),
        (plugin(api_version=99), "plugin.api_version"),
        (plugin(Part("telephone", "sms", Sender())), "plugin.unknown_slot"),
        (plugin(Part("connector", "sms", object())), "plugin.wrong_type"),
        (plugin(Part("connector", "sms", Sender()), Part("connector", "sms", Sender())), "plugin.key_taken"),
        (plugin(Part("connector", "application", Sender())), "plugin.key_taken"),
    ],
)
def test_a_faulty_plugin_is_left_out_as_a_whole_and_told_in_both_languages(offer, code):
    good = plugin(Part("connector", "mail", Sender()), name="mail")
    builtin = plugin(Part("connector", "application", Sender()), name="loanloom")
    loaded = load(builtin=[builtin], found=[Dotted("bad", offer), Dotted("mail", good)])
    assert [problem.code for problem in loaded.problems] == [code]
    assert loaded.problems[0].in_words("zh") != loaded.problems[0].in_words("en")
    assert set(loaded.parts("connector")) == {"application", "mail"}


def test_a_slot_that_does_not_exist_is_a_defect():
    with pytest.raises(PluginFault):
        load(found=[]).parts("telephone")


def test_the_built_in_parts_go_through_the_same_slots():
    house = plugged()
    assert house.problems == ()
    work = {"end_of_day", "scheduled_releases", "deadlines", "overdue_notices", "archive_notices"}
    assert work <= set(house.parts("work"))
    assert "application" in house.parts("connector")


def test_every_slot_has_words_and_a_type():
    assert all(slot.words and isinstance(slot.type, type) for slot in SLOTS.values())


def test_real_entry_points_are_understood():
    point = EntryPoint("gone", "loanloom_gone:plugin", "loanloom.plugins")
    assert [problem.code for problem in load(found=[point]).problems] == ["plugin.broken"]
