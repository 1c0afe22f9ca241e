"""Sampling by key: the same keys everywhere, apart from routing, and estimates stay unbiased."""

import math
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.domain.traffic import Split, assigned
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.sampling import Sampling

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def table(root: Path, part: str) -> pa.Table:
    files = sorted(root.glob(f"flights/{part}/day=*/*.parquet"))
    return pa.concat_tables([pq.ParquetFile(file).read() for file in files])


@settings(max_examples=60, deadline=None)
@given(two=st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), key=st.text() | st.integers() | st.none(), id=st.text())
def test_a_key_that_a_small_share_keeps_a_larger_one_keeps_too(
    two: tuple[float, float],
    key: object,
    id: str,  # noqa: A002
) -> None:
    assert not Sampling(min(two)).keeps(key, id) or Sampling(max(two)).keeps(key, id)
    assert Sampling(1.0).keeps(key, id)


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_the_share_is_kept_of_every_version(share: float) -> None:
    keys = [f"user-{n}" for n in range(20_000)]
    split = Split(1, 2, 0.3, "flights-r1", NOON)
    for version in (1, 2):
        own = [key for key in keys if assigned(key, split) == version]
        kept = sum(Sampling(share).keeps(key, "") for key in own)
        assert kept / len(own) == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / len(own)))


def test_requests_without_a_key_are_drawn_by_their_own_id() -> None:
    kept = sum(Sampling(0.5).keeps(None, f"r{n}") for n in range(2_000))
    assert 880 < kept < 1_120


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, math.nan])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(ValueError, match="`sample` is a share"):
        PredictionLogger(tmp_path, "flights", sample=share)


def test_weights_stand_for_what_was_left_out_labels_are_all_there_and_shadows_follow(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", sample=0.25, every=3_600)
    for n in range(4_000):
        logger.log(f"r{n}", f"user-{n}", 1, {"n": n}, 0.5)  # noqa: G004 - no logging module
        logger.log_shadow(f"r{n}", f"user-{n}", 2, 0.5)
        logger.log_label(f"r{n}", 1.0)
    assert logger.close()
    records, shadows, labels = (table(tmp_path, part) for part in ("predictions", "shadows", "labels"))
    assert set(records["_weight"].to_pylist()) == {4.0}
    assert sum(records["_weight"].to_pylist()) == pytest.approx(4_000, rel=0.15)
    mean = sum(n * 4 for n in records["n"].to_pylist()) / 4_000
    assert mean == pytest.approx(2_000, rel=0.15)
    assert shadows["_id"].to_pylist() == records["_id"].to_pylist()
    assert labels.num_rows == 4_000
    assert logger.sampled_out == 2 * (4_000 - records.num_rows)
    assert logger.produced == logger.delivered + logger.sampled_out == 12_000


def test_without_sampling_there_is_no_weight(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.close()
    assert "_weight" not in table(tmp_path, "predictions").column_names


def test_who_failed_stands_in_the_record(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5, failed=2)
    logger.log("r2", "k", 2, {}, None, failed=2)
    logger.log("r3", "k", 1, {}, 0.5)
    logger.log_shadow("r3", "k", 3, None, failed=3)
    assert logger.close()
    records = table(tmp_path, "predictions")
    assert records.select(["_version", "_failed", "_prediction"]).to_pylist() == [
        {"_version": 1, "_failed": 2, "_prediction": 0.5},
        {"_version": 2, "_failed": 2, "_prediction": None},
        {"_version": 1, "_failed": None, "_prediction": 0.5},
    ]
    assert table(tmp_path, "shadows")["_failed"].to_pylist() == [3]
    assert logger.unusable == 0
