"""A change from draft to live and back, by two people, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from loanloom.metadata.archive import zip_bytes
from loanloom.metadata.bundle import read_bundle, write_bundle
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import Conflict, Forbidden, Refused, ServiceError
from loanloom.store.tables import audit_log, draft, release

from .conftest import COLOURS, FILES, MANIFEST, Person, bundle

GREEN = COLOURS + "    - {key: green, title: {en: Green, zh: 绿}}\n"


def codes(error: pytest.ExceptionInfo[ServiceError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def live_registry(ctx: Context):
    return releases.live(ctx.database, replace(ctx.company, release_id=None))


def colours(ctx: Context) -> list[str]:
    return [item["key"] for item in live_registry(ctx).require("code_list", "colour").spec["items"]]


def propose_green(maker: Context, **more) -> int:
    drafts.save(maker, "code_list", "colour", GREEN, None)
    return releases.propose_drafts(maker, name="Green", **more)


def approve(reviewer: Context, release_id: int) -> str:
    return releases.approve(reviewer, release_id, history.read(reviewer, release_id).plan_digest)


def test_installing_is_marked_and_happens_once(installed: Context) -> None:
    assert colours(installed) == ["red", "blue"]
    with installed.transaction() as connection:
        row = connection.execute(select(audit_log).where(audit_log.c.action == "release.installed")).one()
    assert "without review" in row.reason
    with pytest.raises(Conflict) as refused:
        releases.install(installed, bundle())
    assert codes(refused) == {"release.not_empty"}


def test_a_broken_bundle_is_not_installed(empty: Context) -> None:
    with pytest.raises(Refused) as refused:
        releases.install(empty, bundle(customer=FILES["metadata/entities/customer.yaml"].replace("colour", "color")))
    assert codes(refused) == {"metadata.missing_reference"}
    assert live_registry(empty).own == ()


def test_from_draft_to_live_by_two_people(person: Person) -> None:
    maker, reviewer = person(1), person(2)
    made = propose_green(maker)
    shown = history.read(reviewer, made)
    words = [change["words"] for change in shown.plan["changes"]]
    assert words == [
        {"en": 'Code list "Colour": Codes › Green added: Green.', "zh": "代码表「颜色」：代码 › 绿 新增为 绿。"}
    ]
    assert colours(maker) == ["red", "blue"]
    assert releases.approve(reviewer, made, shown.plan_digest, opinion="fine") == "approved"
    releases.activate(reviewer, made)
    assert colours(maker) == ["red", "blue", "green"]
    assert drafts.listing(maker) == ()
    versions = history.versions(maker, "code_list", "colour")
    assert [version.release.number for version in versions] == [2, 1]
    assert "the warm one" in drafts.text_of(maker, "code_list", "colour")


def test_whoever_had_a_hand_in_it_may_not_review(person: Person) -> None:
    first, second = person(1), person(2)
    opened = drafts.save(first, "code_list", "colour", GREEN, None)
    drafts.save(second, "code_list", "colour", GREEN.replace("Green", "Leaf"), opened.version)
    made = releases.propose_drafts(second)
    for maker in (first, second):
        with pytest.raises(Forbidden) as refused:
            approve(maker, made)
        assert codes(refused) == {"release.same_person"}
        with pytest.raises(Forbidden):
            releases.reject(maker, made, "no")
    assert approve(person(3), made) == "approved"


def test_a_right_is_needed_for_each_step(person: Person) -> None:
    ctx = person(1)
    without = ctx.as_actor(replace(ctx.actor, functions=frozenset({"definition.read"})))
    with pytest.raises(Forbidden):
        drafts.save(without, "code_list", "colour", GREEN, None)
    made = propose_green(ctx)
    for step in (lambda: approve(without, made), lambda: releases.activate(without, made),
                 lambda: releases.propose_drafts(without), lambda: releases.withdraw(without, made)):  # fmt: skip
        with pytest.raises(Forbidden):
            step()


def test_two_people_editing_are_told(person: Person) -> None:
    drafts.save(person(1), "code_list", "colour", GREEN, None)
    with pytest.raises(Conflict) as late:
        drafts.save(person(2), "code_list", "colour", COLOURS, None)
    assert codes(late) == {"draft.changed_meanwhile"}
    assert drafts.text_of(person(2), "code_list", "colour") == GREEN


def test_single_values_change_and_comments_stay(person: Person) -> None:
    saved = drafts.change_values(person(1), "code_list", "colour", {"/spec/items/0/title/zh": "大红"}, None)
    assert "{key: red, title: {en: Red, zh: 大红}}" in saved.source
    assert "# the warm one" in saved.source and "# what people like" in saved.source


def test_a_copy_begins_with_the_same_text(person: Person) -> None:
    copied = drafts.copy(person(1), "code_list", "colour", "shade", {"en": "Shade", "zh": "色调"})
    assert copied.source == COLOURS.replace("key: colour", "key: shade").replace("Colour, zh: 颜色", "Shade, zh: 色调")
    one_name = drafts.copy(person(1), "code_list", "colour", "hue", {"en": " ", "zh": "色相"})
    assert one_name.title == {"zh": "色相"}, "what is called otherwise keeps no name of the one that it was copied from"
    with pytest.raises(Refused) as refused:
        drafts.copy(person(1), "code_list", "colour", "shade", {})
    assert codes(refused) == {"draft.key_taken"}


def test_a_proposal_with_problems_is_refused_with_all_of_them(person: Person) -> None:
    drafts.save(person(1), "code_list", "colour", GREEN.replace("key: green", "kee: green"), None)
    with pytest.raises(Refused) as refused:
        releases.propose_drafts(person(1))
    assert codes(refused) >= {"metadata.unknown_key", "metadata.missing_key"}
    assert all(problem.file and problem.line for problem in refused.value.problems)


def test_nothing_to_propose(person: Person) -> None:
    with pytest.raises(Refused) as refused:
        releases.propose_drafts(person(1))
    assert codes(refused) == {"release.nothing_changes"}


def test_only_the_plan_that_was_read_is_approved(person: Person) -> None:
    made = propose_green(person(1))
    with pytest.raises(Conflict) as refused:
        releases.approve(person(2), made, "0" * 64)
    assert codes(refused) == {"release.other_plan"}


def test_a_plan_goes_stale_when_something_else_goes_live(person: Person) -> None:
    first = propose_green(person(1))
    likes = FILES["metadata/entities/customer.yaml"].replace("Likes", "Favourite")
    drafts.save(person(1), "entity", "customer", likes, None)
    second = releases.propose_drafts(person(1), [("entity", "customer")])
    for made in (first, second):
        approve(person(2), made)
    releases.activate(person(2), second)
    assert history.read(person(2), first).state == "outdated"
    with pytest.raises(Conflict):
        releases.activate(person(2), first)
    again = releases.propose_again(person(1), first)
    assert history.read(person(1), first).state == "withdrawn"
    approve(person(2), again)
    releases.activate(person(2), again)
    assert colours(person(1)) == ["red", "blue", "green"]
    assert live_registry(person(1)).require("entity", "customer").spec["fields"][0]["title"]["en"] == "Favourite"


def test_two_activations_at_once_have_one_winner(person: Person) -> None:
    made = propose_green(person(1))
    approve(person(2), made)
    together = Barrier(2)

    def go(number: int) -> str:
        together.wait()
        try:
            releases.activate(person(number), made)
        except Conflict:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, (2, 3))) == ["done", "refused"]
    with person(1).transaction() as connection:
        assert len(connection.execute(select(release.c.id).where(release.c.state == "live")).all()) == 1


def test_what_was_tampered_with_does_not_go_live(person: Person) -> None:
    made = propose_green(person(1))
    approve(person(2), made)
    with person(1).transaction() as connection:
        row = connection.execute(select(release).where(release.c.id == made)).one()
        plan = {**row.plan, "name": "Something harmless"}
        connection.execute(release.update().where(release.c.id == made).values(plan=plan))
    with pytest.raises(Conflict) as refused:
        releases.activate(person(2), made)
    assert codes(refused) == {"release.other_plan"}
    assert colours(person(1)) == ["red", "blue"]


def test_a_scheduled_change_waits_for_its_business_date(person: Person) -> None:
    day = date(2026, 1, 8)
    made = propose_green(person(1), live_from=day)
    assert approve(person(2), made) == "scheduled"
    with pytest.raises(Refused):
        releases.activate(person(2), made)
    assert releases.activate_due(person(2)) == []
    later = replace(person(2), business_date=day)
    assert releases.activate_due(later) == [made]
    assert colours(later) == ["red", "blue", "green"]
    assert releases.activate_due(later) == []


def test_a_scheduled_change_that_was_overtaken_is_outdated_not_fatal(person: Person) -> None:
    day = date(2026, 1, 8)
    made = propose_green(person(1), live_from=day)
    approve(person(2), made)
    with person(1).transaction() as connection:
        connection.execute(release.update().where(release.c.id == made).values(target_digest="something else"))
    assert releases.activate_due(replace(person(2), business_date=day)) == []
    assert history.read(person(1), made).state == "outdated"


def test_a_document_is_not_live_before_its_own_date(person: Person) -> None:
    text = GREEN.replace("spec:", "effective_from: 2026-02-01\nspec:", 1)
    drafts.save(person(1), "code_list", "colour", text, None)
    with pytest.raises(Refused) as refused:
        releases.propose_drafts(person(1))
    assert codes(refused) == {"release.too_early"}
    assert releases.propose_drafts(person(1), live_from=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("day", "code"), [(date(2001, 1, 1), "release.past_date"), (date(9999, 12, 31), "release.far_date")]
)
def test_a_change_is_put_off_for_ten_years_at_most(person: Person, day: date, code: str) -> None:
    drafts.save(person(1), "code_list", "colour", GREEN, None)
    with pytest.raises(Refused) as refused:
        releases.propose_drafts(person(1), live_from=day)
    assert codes(refused) == {code}


def test_a_draft_edited_after_the_proposal_stays_a_draft(person: Person) -> None:
    made = propose_green(person(1))
    kept = drafts.find(person(1), "code_list", "colour")
    drafts.save(person(1), "code_list", "colour", GREEN.replace("绿", "青"), kept.version)
    approve(person(2), made)
    releases.activate(person(2), made)
    with person(1).transaction() as connection:
        assert connection.execute(select(draft.c.key)).scalars().all() == ["colour"]


def test_rolling_back_is_planned_and_approved_too(person: Person) -> None:
    made = propose_green(person(1))
    approve(person(2), made)
    releases.activate(person(2), made)
    back = releases.propose_rollback(person(1), note="green was a mistake")
    with pytest.raises(Forbidden):
        approve(person(1), back)
    approve(person(2), back)
    releases.activate(person(2), back)
    assert colours(person(1)) == ["red", "blue"]
    assert history.read(person(1), back).origin == "rollback"


def test_running_cases_keep_their_release(person: Person) -> None:
    ctx = person(1)
    began_with = live_registry(ctx)
    first = ctx.company.release_id
    made = propose_green(ctx)
    approve(person(2), made)
    releases.activate(person(2), made)
    with ctx.transaction() as connection:
        pinned = releases.pinned(ctx, connection, first)
    assert pinned.digest == began_with.digest != live_registry(ctx).digest


def test_retiring_is_written_down_and_absence_retires_nothing(person: Person) -> None:
    ctx = person(1)
    extra = bundle(**{"metadata/code_lists/shade.yaml": COLOURS.replace("key: colour", "key: shade")})
    made = releases.propose_bundle(ctx, extra)
    approve(person(2), made)
    releases.activate(person(2), made)
    with pytest.raises(Refused) as refused:
        releases.propose_bundle(ctx, bundle())
    assert codes(refused) == {"release.nothing_changes"}
    retire = bundle(**{"metadata/retire.yaml": "retire:\n  - {kind: code_list, key: shade}\n"})
    gone = releases.propose_bundle(ctx, retire)
    (change,) = history.read(ctx, gone).plan["changes"]
    assert change["words"]["en"] == 'Code list "Colour" retired.'
    approve(person(2), gone)
    releases.activate(person(2), gone)
    assert live_registry(ctx).get("code_list", "shade") is None
    assert "shade" in releases.export(ctx)["metadata/retire.yaml"]


def test_export_import_export_gives_the_same_bytes(person: Person, tmp_path: Path) -> None:
    ctx = person(1)
    files = releases.export(ctx)
    assert files["metadata/code_lists/colour.yaml"] == COLOURS
    write_bundle(tmp_path / "out", files)
    again = read_bundle(tmp_path / "out", kinds())
    assert again.problems == ()
    assert zip_bytes(again.files) == zip_bytes(files)
    assert releases.drift(ctx, again) == ()


def test_drift_says_what_differs_and_on_which_side(person: Person) -> None:
    other = bundle(colour=GREEN, **{"metadata/code_lists/shade.yaml": COLOURS.replace("key: colour", "key: shade")})
    found = {(each.key, each.side) for each in releases.drift(person(1), other)}
    assert found == {("colour", "differs"), ("shade", "only_bundle")}


def test_comments_alone_can_be_published(person: Person) -> None:
    drafts.save(person(1), "code_list", "colour", COLOURS.replace("the warm one", "the hot one"), None)
    made = releases.propose_drafts(person(1))
    assert history.read(person(1), made).plan["reworded"] == [["code_list", "colour"]]
    approve(person(2), made)
    releases.activate(person(2), made)
    assert "the hot one" in releases.export(person(1))["metadata/code_lists/colour.yaml"]


def test_a_product_is_stopped_at_once_and_only_once(person: Person) -> None:
    from loanloom.services.errors import NotFound

    with pytest.raises(NotFound):
        releases.stop(person(1), "no-such-product", "fraud")


def test_import_only_refuses_drafts(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOANLOOM_CONFIGURATION", "import-only")
    with pytest.raises(Forbidden) as refused:
        drafts.save(person(1), "code_list", "colour", GREEN, None)
    assert codes(refused) == {"release.import_only"}
    assert releases.propose_bundle(person(1), bundle(colour=GREEN))


def test_companies_never_see_each_others_definitions(person: Person, other_company) -> None:
    ctx = replace(person(1), company=other_company)
    assert live_registry(ctx).own == ()
    assert history.listing(ctx) == ()


def test_a_missing_manifest_is_said(empty: Context) -> None:
    with pytest.raises(Refused) as refused:
        releases.install(empty, bundle(bundle=MANIFEST.replace("version", "versoin")))
    assert "metadata.unknown_key" in codes(refused)
