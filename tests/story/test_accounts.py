"""From a host's logger to the finding: what it loses is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.checks.scenes import ask
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.checks.losses import Losses
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.ports import Look
from watchkeeper.serving import PredictionLogger

DAY = timedelta(days=1)


def test_what_a_logger_cannot_keep_is_told_by_the_window_of_that_time(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", capacity=50, every=3_600, state=tmp_path / "state")
    for number in range(200):
        logger.log(str(number), "k", 3, {"temp": 1.0}, 0.5)
    logger.close()
    counts, now = logger.counts(), datetime.now(UTC)
    today = Interval(now - DAY, now + DAY)
    window = ParquetPredictions(tmp_path).window(Look("flights", today, {}, {}, today))
    assert window.accounts.produced == counts.produced == 200
    assert window.accounts.lost == counts.dropped > 0
    assert window.rows == counts.delivered
    assert ask(Losses(), seen=window)["*"].level is Level.CRITICAL


def test_what_a_logger_samples_is_counted_as_if_it_had_kept_all(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", sample=0.25, state=tmp_path / "state")
    for number in range(2_000):
        logger.log(str(number), str(number), 3, {"temp": 1.0}, 0.5)
    assert logger.close()
    now = datetime.now(UTC)
    today = Interval(now - DAY, now + DAY)
    window = ParquetPredictions(tmp_path).window(Look("flights", today, {}, {}, today))
    assert (window.weight, window.rows) == (4.0, logger.counts().delivered)
    assert abs(window.requests - 2_000) < 400
    assert ask(Losses(), seen=window)["*"].level is Level.OK
