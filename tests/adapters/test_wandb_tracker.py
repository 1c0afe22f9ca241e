"""What reaches Weights & Biases, read back from the run's own log; no network is needed or used."""

import base64
import hashlib
import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.wandb_log import artifacts_of, exit_of, metrics_of, rows_of, run_of
from tests.builders import DAY, NOON, a_finding, a_verdict
from watchkeeper.adapters._wandb_words import LONGEST, MOST_ABOUT, slug, speakable
from watchkeeper.adapters.wandb_tracker import WandbTracker
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.versions import Version
from watchkeeper.errors import OutsideError

PAGE = "<html><body>drift</body></html>"


@pytest.fixture
def tracker(tmp_path: Path) -> WandbTracker:
    return WandbTracker(tmp_path / "wandb state", env="test")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "report-flights.html"
    file.write_text(PAGE)
    return file


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def test_every_window_is_a_row_of_level_rows_and_values(tracker: WandbTracker) -> None:
    quiet = a_verdict(end=NOON, findings=[a_finding(level=Level.OK, value=0.01)])
    blind = a_verdict(end=NOON + DAY, findings=[a_finding(level=Level.UNKNOWN, value=float("nan"))], rows=0)
    folder = tracker.log_verdicts("flights", [blind, quiet])
    assert rows_of(folder) == [
        {"window_end": NOON.timestamp(), "level": 0, "rows": 1_200, "missing/temp": 0.01},
        {"window_end": (NOON + DAY).timestamp(), "level": 1, "rows": 0},
    ]
    assert exit_of(folder) == 0


def test_charts_are_drawn_over_the_windows_ends(tracker: WandbTracker) -> None:
    step, everything = metrics_of(tracker.log_verdicts("flights", [a_verdict()]))
    assert step.name == "window_end"
    assert everything.glob_name == "*"
    assert everything.step_metric == "window_end"


def test_a_model_has_one_run_a_month(tracker: WandbTracker) -> None:
    windows = [a_verdict(end=NOON + n * DAY) for n in (0, 29, 31)]
    july, august = tracker.log_verdicts("flights", windows[:2]), tracker.log_verdicts("flights", windows)
    assert run_of(july).run_id == "windows-test-flights-2013-07"
    assert run_of(august).run_id == "windows-test-flights-2013-08"
    assert len(rows_of(july)) == 2
    assert len(rows_of(august)) == 1
    again = tracker.log_verdicts("flights", windows[:1])
    assert (again != july, run_of(again).run_id) == (True, run_of(july).run_id)


def test_nothing_to_log_makes_no_run(tracker: WandbTracker) -> None:
    assert tracker.log_verdicts("flights", []) == ""
    assert not tracker.folder.exists()


def test_a_report_is_an_artifact_with_the_file_as_it_is(tracker: WandbTracker, page: Path) -> None:
    about = {"window": "July", "rows": 1_200.0, "share": float("nan")}
    tracked = tracker.log_report("flights", "report-flights", page, about)
    (artifact,) = artifacts_of(tracked.run)
    (staged,) = artifact.manifest.contents
    assert (artifact.type, artifact.name, staged.path) == ("report", tracked.artifact, "report-flights.html")
    assert tracked.digest == staged.digest == md5(PAGE.encode())
    assert Path(staged.local_path).read_text() == PAGE
    assert Path(staged.local_path).is_relative_to(tracker.folder)
    assert json.loads(artifact.metadata) == {"window": "July", "rows": 1_200.0}
    assert run_of(tracked.run).job_type == "report"


def test_a_report_can_be_looked_at_in_the_run(tracker: WandbTracker, page: Path) -> None:
    tracked = tracker.log_report("flights", "report-flights", page, {})
    (row,) = rows_of(tracked.run)
    shown = Path(tracked.run) / "files" / row["report.path"]
    assert shown.read_text() == PAGE


def test_the_same_report_again_is_the_same_run_and_artifact(tracker: WandbTracker, page: Path) -> None:
    first, second = (tracker.log_report("flights", "report-flights", page, {}) for _ in range(2))
    assert (second.artifact, second.digest) == (first.artifact, first.digest)
    assert run_of(first.run).run_id == run_of(second.run).run_id


def test_a_version_is_an_artifact_of_its_files_without_what_was_attached(tracker: WandbTracker, tmp_path: Path) -> None:
    folder = tmp_path / "0003"
    for name in ("model.skops", "windows/a.wkp", "attachments/report.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    version = Version("flights", 3, "sha256:5e", NOON, Interval(NOON - DAY, NOON), "retrained", {"auc": 0.9})
    tracked = tracker.log_version(version, folder)
    (artifact,) = artifacts_of(tracked.run)
    files = {entry.path: entry.digest for entry in artifact.manifest.contents}
    assert files == {name: md5(name.encode()) for name in ("model.skops", "windows/a.wkp")}
    assert (artifact.type, artifact.name, artifact.digest) == ("model", "flights", tracked.digest)
    about = {"number": 3, "digest": "sha256:5e", "origin": "retrained", "auc": 0.9}
    assert json.loads(artifact.metadata) == about


def test_threads_share_a_tracker_without_mixing_their_runs(tracker: WandbTracker) -> None:
    def log(number: int) -> str:
        end = NOON + timedelta(minutes=number)
        return tracker.log_verdicts(f"model-{number}", [a_verdict(f"model-{number}", end, rows=number)])

    with ThreadPoolExecutor(4) as threads:
        folders = list(threads.map(log, range(8)))
    assert [[row["rows"] for row in rows_of(folder)] for folder in folders] == [[n] for n in range(8)]
    assert [run_of(folder).run_id for folder in folders] == [f"windows-test-model-{n}-2013-07" for n in range(8)]


def test_the_environment_is_as_it_was_before(tracker: WandbTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_DIR", "/somebody/elses")
    before = environment()
    tracker.log_verdicts("flights", [a_verdict()])
    with pytest.raises(OutsideError):
        tracker.log_report("flights", "gone", tracker.folder / "gone.html", {})
    assert environment() == before


def environment() -> dict[str, str]:
    """All but the address of wandb's service, which is wandb's own affair."""
    return {name: value for name, value in os.environ.items() if name != "WANDB_SERVICE"}


def test_a_file_that_is_not_there_is_told_by_wandb(tracker: WandbTracker, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"wandb: .*gone\.html") as raised:
        tracker.log_report("flights", "gone", tmp_path / "gone.html", {})
    assert (raised.value.who, raised.value.permanent) == ("wandb", False)


def test_a_server_that_says_no_is_told_without_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "0123456789" * 4
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{port}")
    online = WandbTracker(tmp_path, mode="online", key=key, patience=2.0)
    with pytest.raises(OutsideError) as raised:
        online.log_verdicts("flights", [a_verdict()])
    assert key not in str(raised.value)
    assert key not in repr(online)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_any_words_make_a_name_that_wandb_takes(words: list[str]) -> None:
    name = slug("report", *words)
    assert len(name) <= LONGEST
    assert name.isascii()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_names_that_differ_only_in_strange_letters_stay_apart() -> None:
    assert slug("flights", "2013-07") == "flights-2013-07"
    assert slug("wk:a") != slug("wk@a")
    assert slug("a" * 200) != slug("a" * 201)


def test_metadata_is_no_more_than_wandb_takes() -> None:
    about = {str(n): float(n) for n in range(300)} | {"0": float("inf")}
    assert list(speakable(about)) == [str(n) for n in range(1, MOST_ABOUT + 1)]
