"""`watchkeeper rollout` says where it stands, moves nothing, and leaves a page."""

from pathlib import Path

from typer.testing import CliRunner

from tests import toy
from tests.story.test_releasing import second
from tests.story.test_sight import take_away
from tests.story.test_soaking import SOAKED, answer, promoted
from watchkeeper.cli.app import app
from watchkeeper.story.drawing import draw_rollout
from watchkeeper.story.releasing import advance, open_rollout
from watchkeeper.wiring import open_house

AT = toy.FIRST


def test_it_shows_steps_readings_and_what_it_waits_for(tmp_path: Path) -> None:
    file = toy.build(tmp_path, spec=toy.SPEC.replace('approvals = ["canary"]', "approvals = []"))
    house = open_house(file)
    open_rollout(house, second(house), AT, who="sam", because="a test")
    advance(house, "toy", AT)
    toy.serve(house, "toy", toy.traffic(AT))
    toy.serve(house, "toy", toy.traffic(AT + toy.DAY))
    before = house.state.open_rollout("toy")
    at = (AT + 2 * toy.DAY).isoformat()
    done = CliRunner().invoke(app, ["rollout", "toy", "--house", str(file), "--at", at], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "v2 answers 30% of traffic, v1 the rest" in said
    for word in ("loss (must be shown no worse)", "errors (must not be shown worse)", "next: advance"):
        assert word in said
    assert house.state.open_rollout("toy") == before
    (page,) = (house.evidence / "toy").glob("rollout-*.html")
    assert "data:image/png;base64" in page.read_text(encoding="utf-8")


def test_looking_writes_over_no_page_that_a_decision_rests_on(tmp_path: Path) -> None:
    file = toy.build(tmp_path, spec=SOAKED)
    house = open_house(file)
    soaking = promoted(house)
    pages, ended = [], False
    for day in (3, 4):
        answer(house, day, worse=True)
        found = advance(house, "toy", AT + toy.DAY * (day + 1))
        assert found is not None
        pages.append(draw_rollout(house, found.rollout, found.judgement))
        ended = not found.rollout.is_open
    assert (soaking.is_open, ended) == (True, True)
    before = [page.read_text(encoding="utf-8") for page in pages]
    take_away(house)
    at = (AT + 400 * toy.DAY).isoformat()
    done = CliRunner().invoke(app, ["rollout", "toy", "--house", str(file), "--at", at], env={"COLUMNS": "300"})
    assert done.exit_code == 0, done.output
    assert pages[-1].name in done.output.replace("\n", "")
    assert [page.read_text(encoding="utf-8") for page in pages] == before


def test_looking_at_one_under_way_leaves_the_page_of_its_last_move(tmp_path: Path) -> None:
    file = toy.build(tmp_path, spec=toy.SPEC.replace('approvals = ["canary"]', "approvals = []"))
    house = open_house(file)
    open_rollout(house, second(house), AT, who="sam", because="a test")
    found = advance(house, "toy", AT)
    assert found is not None
    page = draw_rollout(house, found.rollout, found.judgement)
    before = page.read_text(encoding="utf-8")
    toy.serve(house, "toy", toy.traffic(AT))
    at = (AT + 2 * toy.DAY).isoformat()
    done = CliRunner().invoke(app, ["rollout", "toy", "--house", str(file), "--at", at], env={"COLUMNS": "300"})
    assert f"{page.stem}-now.html" in done.output.replace("\n", "")
    assert page.read_text(encoding="utf-8") == before


def test_a_model_without_a_rollout_is_told_how_to_open_one(tmp_path: Path) -> None:
    file = toy.build(tmp_path)
    done = CliRunner().invoke(app, ["rollout", "toy", "--house", str(file)])
    assert done.exit_code != 0
    assert "watchkeeper release toy NUMBER" in str(done.exception) + done.output
