"""The example's host: routed by key, answered by versions, logged for the watch."""

import asyncio
from datetime import timedelta

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI

from examples.flights.serve import app
from examples.flights.source import FEATURES, MODEL
from tests.examples.place import APRIL, Place, answers
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split, assigned
from watchkeeper.ports import Trained


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


def test_a_version_answers_after_the_registry_as_it_did_before(place: Place, first: Trained, day: pa.Table) -> None:
    np.testing.assert_array_equal(place.registry.load(MODEL, 1).predict(day), answers(first, day))


def test_a_carrier_nobody_has_seen_is_still_answered(place: Place, day: pa.Table) -> None:
    strange = day.set_column(day.column_names.index("carrier"), "carrier", pa.array(["??"] * day.num_rows))
    assert np.isfinite(place.registry.load(MODEL, 1).predict(strange)).all()


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
    place.spoil(2)
    with place.answering() as answering:
        answered = answering.answer(day)
        assert set(answered.versions.tolist()) == {1}
        answering.flush()
        assert answering.answerer.fallbacks > 0
        assert "v2" in answering.answerer.last_error
    logged = pq.read_table(place.root / "records" / MODEL / "predictions").to_pylist()
    failed = [row["_failed"] for row in logged]
    assert {row["_version"] for row in logged} == {1}
    assert failed.count(2) == answering.answerer.fallbacks
    assert set(failed) == {2, None}


def test_a_shadow_answers_a_sample_and_its_answers_are_kept_apart(place: Place, day: pa.Table) -> None:
    FileRouter(place.root / "traffic").set_split(MODEL, Split(1, None, 0.0, "rollout-1", APRIL, 2, 0.5))
    with place.answering() as answering:
        answered = answering.answer(day)
        answering.flush()
    assert set(answered.versions.tolist()) == {1}
    shadows = pq.read_table(place.root / "records" / MODEL / "shadows").to_pylist()
    assert {row["_version"] for row in shadows} == {2}
    assert 0.4 < len(shadows) / day.num_rows < 0.6
    answers = dict(zip(day["_id"].to_pylist(), answered.predictions.tolist(), strict=True))
    # Both versions are the same model, so that the shadow says what the champion said.
    assert all(row["_prediction"] == pytest.approx(answers[row["_id"]]) for row in shadows)
    assert {row["_id"] for row in shadows} <= answers.keys()


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
    place.spoil(1)
    (answer,) = talk(app(place.answering()), ("POST", "/predict", {"id": "1", "key": "UA1", "features": {}}))
    assert answer.status_code == 503
