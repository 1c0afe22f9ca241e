"""A version is what its digest says, runs no strange code, and is whole or not there."""

import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.contracts.versions import (
    RACES,
    a_small_estimator,
    a_version,
    an_anchor,
    an_estimator,
    die_while_registering,
    point_all,
    records,
    register_all,
    register_for_ever,
    use_gate,
)
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.domain.versions import Pointers
from watchkeeper.errors import BrokenVersion

PROCESSES = get_context("spawn")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with PROCESSES.Pool(2, use_gate, (PROCESSES.Barrier(2),)) as racing:
        yield racing


@pytest.fixture
def registry(tmp_path: Path) -> FolderRegistry:
    return FolderRegistry(tmp_path)


@pytest.fixture
def folder(registry: FolderRegistry) -> Path:
    registry.register(a_version(), an_estimator(), an_anchor(), "retrain:1")
    return registry.folder("flights", 1)


def test_whatever_file_is_changed_the_version_is_broken_and_the_file_is_named(
    registry: FolderRegistry, folder: Path
) -> None:
    content = [file for file in folder.rglob("*") if file.is_file()]
    assert len(content) == 8
    for file in content:
        whole = file.read_bytes()
        file.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
        for ask in (registry.load, registry.anchor):
            with pytest.raises(BrokenVersion, match=file.name):
                ask("flights", 1)
        file.write_bytes(whole)
    assert registry.load("flights", 1).version.number == 1


def test_a_changed_file_is_told_with_both_digests_and_the_mend(registry: FolderRegistry, folder: Path) -> None:
    (folder / "baseline.wkp").write_bytes(b"forged")
    with pytest.raises(
        BrokenVersion, match=r"/0001/baseline\.wkp was changed: .* sha256:\w{12}…, not sha256:\w{12}…; restore"
    ):
        registry.anchor("flights", 1)


def test_a_lost_file_is_named(registry: FolderRegistry, folder: Path) -> None:
    (folder / "sample.parquet").unlink()
    with pytest.raises(BrokenVersion, match=r"sample\.parquet is missing"):
        registry.load("flights", 1)


def test_metrics_cannot_be_polished_afterwards(registry: FolderRegistry, folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("0.44", "0.14"))
    with pytest.raises(BrokenVersion, match=r"manifest\.json was changed"):
        registry.version("flights", 1)


def test_a_broken_version_does_not_stop_the_next_one(registry: FolderRegistry, folder: Path) -> None:
    (folder / "manifest.json").write_text("torn")
    assert registry.register(a_version(), an_estimator(), an_anchor(), "retrain:2").number == 2
    with pytest.raises(BrokenVersion, match="cannot be read"):
        registry.version("flights", 1)


def strange_step(values: np.ndarray) -> np.ndarray:
    """A function that nobody trusts."""
    return values


def test_a_type_that_nobody_trusts_is_refused_by_name_until_it_is_trusted(registry: FolderRegistry) -> None:
    table = records().select(["temp", "seats", "_label"])
    estimator = make_pipeline(FunctionTransformer(strange_step), LogisticRegression())
    estimator.fit(table.select(["temp", "seats"]).to_pandas(), table.column("_label").to_numpy())
    anchor = an_anchor()
    sample = anchor.sample.drop_columns(["carrier"])
    registry.register(a_version(), estimator, type(anchor)(anchor.profile, (), (), sample), "retrain:1")
    name = f"{strange_step.__module__}.strange_step"
    with pytest.raises(BrokenVersion, match=rf"{name}, which nobody trusts.*`trusted`"):
        registry.load("flights", 1)
    trusting = FolderRegistry(registry.root, trusted=(name,))
    assert trusting.load("flights", 1).predict(table).shape == (300,)


@pytest.mark.parametrize(
    "estimator",
    [
        CalibratedClassifierCV(RandomForestClassifier(3), method="isotonic", cv=2),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        GradientBoostingClassifier(n_estimators=3),
        make_pipeline(StandardScaler(), GaussianNB()),
        KNeighborsClassifier(),
        make_pipeline(StandardScaler(), MLPClassifier((3,), max_iter=500, tol=0.1)),
        make_pipeline(StandardScaler(), Ridge()),
        HistGradientBoostingRegressor(max_iter=3, loss="absolute_error"),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_the_estimators_of_scikit_learn_are_trusted(registry: FolderRegistry, estimator: object) -> None:
    table = records()
    features = table.select(["temp", "seats"])
    frame = features.to_pandas()
    estimator.fit(frame, table.column("_label").to_numpy())
    anchor = an_anchor()
    sample = features.append_column("_at", table.column("_at"))
    registry.register(a_version(), estimator, type(anchor)(anchor.profile, (), (), sample), "retrain:1")
    answers = estimator.predict_proba(frame)[:, 1] if hasattr(estimator, "predict_proba") else estimator.predict(frame)
    np.testing.assert_allclose(registry.load("flights", 1).predict(features), answers)


def test_racers_get_one_version_for_one_request_and_a_number_each_for_their_own(pool: Pool, tmp_path: Path) -> None:
    mine, theirs = pool.starmap(register_all, [(tmp_path, racer) for racer in range(2)], chunksize=1)
    assert [shared for shared, _ in mine] == [shared for shared, _ in theirs]
    numbers = {number for pair in mine + theirs for number in pair}
    assert numbers == set(range(1, 3 * RACES + 1))
    assert [version.number for version in FolderRegistry(tmp_path).versions("flights")] == sorted(numbers)


def test_exactly_one_racer_moves_the_pointers_each_time(pool: Pool, registry: FolderRegistry) -> None:
    anchor = an_anchor()
    for number in range(RACES):
        registry.register(a_version(), a_small_estimator(), anchor, f"retrain:{number}")
    registry.point("flights", Pointers(champion=1), instead_of=Pointers())
    turns = list(zip(*pool.starmap(point_all, [(registry.root, racer) for racer in (1, 2)], chunksize=1), strict=True))
    assert [sum(turn) for turn in turns] == [1] * (RACES - 1)
    assert registry.pointers("flights") == Pointers(champion=RACES, candidate=1 + turns[-1].index(True))


def test_a_kill_while_registering_leaves_nothing(registry: FolderRegistry, tmp_path: Path) -> None:
    doomed = PROCESSES.Process(target=die_while_registering, args=(tmp_path,))
    doomed.start()
    doomed.join(timeout=60)
    assert doomed.exitcode == -9
    assert (registry.folder("flights", 1).parent / ".draft" / "model.skops").exists()
    assert registry.versions("flights") == ()
    assert registry.register(a_version(), an_estimator(), an_anchor(), "deadly").number == 1
    assert [path.name for path in registry.folder("flights", 1).parent.iterdir()] == ["0001"]


def test_a_kill_at_any_moment_leaves_whole_versions_only(registry: FolderRegistry, tmp_path: Path) -> None:
    doomed = PROCESSES.Process(target=register_for_ever, args=(tmp_path,))
    doomed.start()
    while doomed.is_alive() and not registry.folder("flights", 5).exists():
        time.sleep(0.003)
    doomed.kill()
    doomed.join(timeout=60)
    versions = registry.versions("flights")
    assert len(versions) >= 5
    for version in versions:
        assert registry.load("flights", version.number).version == version
    following = registry.register(a_version(), an_estimator(), an_anchor(), "after the kill")
    assert following.number == len(versions) + 1
