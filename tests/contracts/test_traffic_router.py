"""What every traffic router promises."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.domain.traffic import Split
from watchkeeper.errors import OutsideError
from watchkeeper.ports import TrafficRouter

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)

splits = st.builds(
    Split,
    champion=st.integers(1, 999),
    canary=st.none() | st.integers(1, 999),
    share=st.floats(0, 1),
    salt=st.text(),
    at=st.datetimes(timezones=st.just(UTC)),
    shadow=st.none() | st.integers(1, 999),
    shadow_share=st.floats(0, 1),
)

SET_FOR_EVER = """
import itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.domain.traffic import Split
for n in itertools.count(1):
    FileRouter(Path(sys.argv[1])).set_split("flights", Split(n, n + 1, 0.5, "s" * (n % 5_000), datetime.now(UTC)))
    print(n, flush=True)
"""


@pytest.fixture
def router(tmp_path: Path) -> TrafficRouter:
    return FileRouter(tmp_path)


@settings(max_examples=30, deadline=None)
@given(split=splits)
def test_a_split_that_was_set_is_the_split_that_is_read(tmp_path_factory: pytest.TempPathFactory, split: Split) -> None:
    router: TrafficRouter = FileRouter(tmp_path_factory.mktemp("splits"))
    router.set_split("flights", split)
    assert router.split("flights") == split


def test_a_model_without_a_split_has_none(router: TrafficRouter) -> None:
    router.set_split("fares", Split(1, None, 0.0, "", NOON))
    assert router.split("flights") is None


def test_the_last_split_counts_and_leaves_nothing_else_behind(router: TrafficRouter, tmp_path: Path) -> None:
    for share in (0.1, 0.5, 0.0):
        router.set_split("flights", Split(3, 4, share, "r1", NOON))
    assert router.split("flights") == Split(3, 4, 0.0, "r1", NOON)
    assert [file.name for file in tmp_path.iterdir()] == ["flights.json"]


def test_a_reader_never_finds_half_a_split_even_when_the_writer_is_killed(
    router: TrafficRouter, tmp_path: Path
) -> None:
    writer = subprocess.Popen([sys.executable, "-c", SET_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout.readline() == "1\n"
        found = [router.split("flights") for _ in range(500)]
        for _ in range(20):
            writer.stdout.readline()
    finally:
        writer.kill()
        writer.communicate()
    found.append(router.split("flights"))
    assert all(split.canary == split.champion + 1 and len(split.salt) == split.champion for split in found)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"champion": "three"}', "[1, 2]"])
def test_a_broken_split_is_named_and_can_be_set_again(router: TrafficRouter, tmp_path: Path, text: str) -> None:
    (tmp_path / "flights.json").write_text(text)
    with pytest.raises(OutsideError, match=r"traffic router: .*flights\.json holds no split .* set it again") as broken:
        router.split("flights")
    assert broken.value.permanent
    router.set_split("flights", Split(3, None, 0.0, "", NOON))
    assert router.split("flights") == Split(3, None, 0.0, "", NOON)


def test_a_place_that_is_no_folder_is_an_error_of_the_outside(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file where the folder should be")
    router = FileRouter(tmp_path / "root")
    with pytest.raises(OutsideError, match="traffic router"):
        router.split("flights")
    with pytest.raises(OutsideError, match="traffic router"):
        router.set_split("flights", Split(3, None, 0.0, "", NOON))


def test_a_split_from_before_there_were_shadows_has_none(router: TrafficRouter, tmp_path: Path) -> None:
    fields = {"champion": 3, "canary": 4, "share": 0.5, "salt": "r1", "at": NOON.isoformat()}
    (tmp_path / "flights.json").write_text(json.dumps(fields))
    assert router.split("flights") == Split(3, 4, 0.5, "r1", NOON, shadow=None, shadow_share=0.0)


@pytest.mark.parametrize("shadow", [{"shadow": "5"}, {"shadow": True}, {"shadow_share": 2}, {"shadow_share": None}])
def test_a_shadow_that_is_none_is_refused(router: TrafficRouter, tmp_path: Path, shadow: dict[str, object]) -> None:
    fields = {"champion": 3, "canary": 4, "share": 0.5, "salt": "r1", "at": NOON.isoformat(), **shadow}
    (tmp_path / "flights.json").write_text(json.dumps(fields))
    with pytest.raises(OutsideError, match=r"shadow|between 0 and 1"):
        router.split("flights")


def test_a_name_that_leads_elsewhere_is_refused(router: TrafficRouter) -> None:
    with pytest.raises(ValueError, match="cannot name a model"):
        router.split("../flights")
