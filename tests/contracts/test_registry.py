"""What every registry promises."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_measure
from tests.contracts.versions import FEATURES, KINDS, a_version, an_anchor, an_estimator, frame, records
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import Conflict, NotThere, OutsideError
from watchkeeper.ports import Anchor, Registry
from watchkeeper.profiles import to_bytes


@pytest.fixture
def registry(tmp_path: Path) -> FolderRegistry:
    return FolderRegistry(tmp_path / "registry")


@pytest.fixture(scope="module")
def estimator() -> object:
    return an_estimator()


@pytest.fixture(scope="module")
def anchor() -> Anchor:
    return an_anchor()


@pytest.fixture
def first(registry: Registry, estimator: object, anchor: Anchor) -> Version:
    return registry.register(a_version(), estimator, anchor, "retrain:1")


def test_a_registered_version_has_a_number_and_a_digest_and_is_found_again(registry: Registry, first: Version) -> None:
    assert first == a_version(number=1, digest=first.digest)
    assert first.digest.startswith("sha256:")
    assert registry.version("flights", 1) == first
    assert registry.versions("flights") == (first,)
    assert registry.versions("never-heard-of") == ()


def test_the_same_request_again_gives_the_same_version(
    registry: Registry, first: Version, estimator: object, anchor: Anchor
) -> None:
    again = registry.register(a_version(origin="another attempt"), estimator, anchor, "retrain:1")
    assert again == first
    assert registry.versions("flights") == (first,)


def test_another_request_gives_the_next_number(
    registry: Registry, first: Version, estimator: object, anchor: Anchor
) -> None:
    second = registry.register(a_version(), estimator, anchor, "retrain:2")
    assert (second.number, registry.versions("flights")) == (2, (first, second))
    assert registry.register(a_version(model="hotels"), estimator, anchor, "retrain:1").number == 1


def test_a_loaded_version_answers_as_the_estimator_did(registry: Registry, first: Version, estimator: object) -> None:
    table = records(seed=7)
    predictor = registry.load("flights", 1)
    assert predictor.version == first
    np.testing.assert_array_equal(predictor.predict(table), estimator.predict_proba(frame(table))[:, 1])


@pytest.mark.usefixtures("first")
def test_a_version_answers_whatever_order_and_types_its_features_come_in(registry: Registry) -> None:
    strange = pa.table(
        {
            "carrier": ["never seen", None, "AA", "AA"],
            "noise": [1, 2, 3, 4],
            "seats": ["100", "many", None, "50"],
            "temp": pa.array([70, None, 50, 60], pa.int8()),
        }
    )
    answers = registry.load("flights", 1).predict(strange)
    assert answers.dtype == np.float64
    assert answers.shape == (4,)
    assert ((answers > 0) & (answers < 1)).all()
    plain = pa.table({"temp": [50.0], "seats": pa.array([None], pa.float64()), "carrier": ["AA"]})
    assert answers[2] == registry.load("flights", 1).predict(plain)[0]


@pytest.mark.usefixtures("first")
def test_a_missing_feature_is_named(registry: Registry) -> None:
    with pytest.raises(NotThere, match=r"flights v1 needs seats, carrier"):
        registry.load("flights", 1).predict(records().select(["temp"]))


def test_the_anchor_comes_back_as_it_was_given(registry: Registry, first: Version, anchor: Anchor) -> None:
    found = registry.anchor("flights", first.number)
    assert to_bytes(found.profile) == to_bytes(anchor.profile)
    assert [(interval, to_bytes(p)) for interval, p in found.windows] == [
        (interval, to_bytes(p)) for interval, p in anchor.windows
    ]
    assert found.measures == anchor.measures
    assert found.sample.equals(anchor.sample)
    assert set(KINDS) - {"prediction"} == set(FEATURES)


@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.floats(), max_size=4), number=st.integers(0, 10**9))
def test_measures_and_metrics_survive_whatever_their_values(
    tmp_path_factory: pytest.TempPathFactory, estimator: object, anchor: Anchor, values: list[float], number: int
) -> None:
    registry = FolderRegistry(tmp_path_factory.mktemp("registry"))
    seed = replace(anchor, measures=tuple(a_measure(value=value) for value in values), windows=())
    given_metrics = {f"metric {n}": value for n, value in enumerate(values)}
    registry.register(a_version(metrics=given_metrics), estimator, seed, f"request {number}")
    assert _same([m.value for m in registry.anchor("flights", 1).measures], values)
    assert _same(list(registry.version("flights", 1).metrics.values()), values)


def _same(found: list[float], given: list[float]) -> bool:
    pairs = zip(found, given, strict=True)
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def test_pointers_move_from_what_was_read_and_from_nothing_else(registry: Registry, first: Version) -> None:
    nobody, candidate, champion = Pointers(), Pointers(candidate=first.number), Pointers(champion=first.number)
    assert registry.pointers("flights") == nobody
    registry.point("flights", candidate, instead_of=nobody)
    with pytest.raises(Conflict, match="by now"):
        registry.point("flights", champion, instead_of=nobody)
    assert registry.pointers("flights") == candidate
    registry.point("flights", champion, instead_of=candidate)
    registry.point("flights", champion, instead_of=candidate)
    assert registry.pointers("flights") == champion


@pytest.mark.usefixtures("first")
def test_nobody_points_to_a_version_that_is_not_there(registry: Registry) -> None:
    with pytest.raises(NotThere):
        registry.point("flights", Pointers(champion=2), instead_of=Pointers())
    assert registry.pointers("flights") == Pointers()


def test_what_is_attached_is_kept_and_changes_no_digest(registry: Registry, first: Version) -> None:
    file = registry.attach("flights", 1, "drift.html", b"old")
    assert registry.attach("flights", 1, "drift.html", b"new") == file
    assert file.read_bytes() == b"new"
    assert registry.attachment("flights", 1, "drift.html") == b"new"
    assert registry.load("flights", 1).version == first
    with pytest.raises(NotThere, match=r"no other\.html"):
        registry.attachment("flights", 1, "other.html")


def test_an_attachment_cannot_leave_its_version(registry: Registry, first: Version) -> None:
    file = registry.attach("flights", first.number, "../../model.skops", b"intruder")
    assert file == registry.folder("flights", 1) / "attachments" / "model.skops"


def test_what_does_not_exist_is_not_there(registry: Registry) -> None:
    for ask in (registry.version, registry.load, registry.anchor):
        with pytest.raises(NotThere):
            ask("flights", 1)
    with pytest.raises(NotThere):
        registry.attach("flights", 1, "drift.html", b"")
    with pytest.raises(NotThere, match="cannot name a model"):
        registry.version("../secrets", 1)


def test_a_folder_that_cannot_be_written_is_named_with_its_mend(
    tmp_path: Path, estimator: object, anchor: Anchor
) -> None:
    (tmp_path / "registry").write_text("a file where the folder should be")
    with pytest.raises(OutsideError, match=r"registry/flights: .*; make the folder .* writable") as raised:
        FolderRegistry(tmp_path / "registry").register(a_version(), estimator, anchor, "retrain:1")
    assert raised.value.who == "registry"


@pytest.mark.usefixtures("first")
def test_pointers_that_cannot_be_read_are_named(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "registry" / "flights" / "pointers.json").write_text('{"champion": 1, "king": 2}')
    with pytest.raises(OutsideError, match=r"pointers\.json cannot be read"):
        registry.pointers("flights")
