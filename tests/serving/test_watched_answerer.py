"""An answerer inside a watched service, and the figures of both."""

import os
import time
from collections import Counter

from fastapi import FastAPI, HTTPException
from prometheus_client.parser import text_string_to_metric_families

from tests.hosts import Host, raises
from tests.services import fates, talk, watched
from watchkeeper.errors import NoAnswer
from watchkeeper.serving import Request, WatchMiddleware


def test_what_an_answerer_answers_is_logged_once_and_failed_when_its_response_fails(host: Host) -> None:
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        answered = answerer.answer(Request(name, "k", {"n": 1}))
        if name == "unwritable":
            raise TypeError("the answer cannot be written")
        return answered.prediction

    api.add_middleware(WatchMiddleware, logger=host.logger(), also=answerer.metrics)
    fine, broken, figures = talk(api, "/good", "/unwritable", "/metrics")
    assert (fine.status_code, broken.status_code) == (200, 500)
    assert answerer.close()
    assert fates(host) == {"good": (1, 0.1, None), "unwritable": (1, None, 1)}
    assert "watchkeeper_split_share" in figures.text


def test_a_fallback_names_the_version_that_failed_and_its_own_latency(host: Host) -> None:
    host.split(1.0)
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        answered = answerer.answer(Request(name, "k", {"n": 1}))
        time.sleep(0.05)
        return answered.prediction

    api.add_middleware(WatchMiddleware, logger=host.logger())
    talk(api, "/a")
    assert answerer.close()
    assert fates(host) == {"a": (1, 0.1, 2)}
    assert host.kept()[0]["_latency_ms"] < 50


def test_a_service_whose_versions_all_fail_says_so_and_the_record_too(host: Host) -> None:
    host.models[1] = raises(ValueError("broken, too"))
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        try:
            return answerer.answer(Request(name, "k", {"n": 1})).prediction
        except NoAnswer as error:
            raise HTTPException(503, str(error)) from error

    api.add_middleware(WatchMiddleware, logger=host.logger())
    (answer,) = talk(api, "/a")
    assert answer.status_code == 503
    assert answerer.close()
    assert fates(host) == {"a": (1, None, 1)}


def test_the_figures_of_requests_and_logger_are_prometheus_text(host: Host) -> None:
    api = watched(host)
    *_, figures = talk(api, "/threaded/a", "/looped/b", "/raises/c", "/silent/d", "/status/404/e")
    *_, figures = talk(api, "/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(figures.text)}
    ends = Counter({sample.labels["end"]: sample.value for sample in families["watchkeeper_requests"].samples})
    assert ends == {"2xx": 3, "4xx": 1, "5xx": 1, "left": 0}
    took = {sample.labels.get("le"): sample for sample in families["watchkeeper_request_seconds"].samples}
    assert families["watchkeeper_logger_produced"].samples[0].labels == {"pid": str(os.getpid()), "model": "toy"}
    assert took["+Inf"].value == 5
    assert took["0.01"].value < 5
    assert families["watchkeeper_unanswered_observations"].samples[0].value == 1


def test_the_figures_can_lie_elsewhere_or_nowhere(host: Host) -> None:
    elsewhere, _ = talk(watched(host, metrics="/figures"), "/figures", "/metrics")
    assert "watchkeeper_requests_total" in elsewhere.text
    (nowhere,) = talk(watched(host, metrics=None), "/metrics")
    assert nowhere.status_code == 404
