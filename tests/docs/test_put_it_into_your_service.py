"""Every piece of code that people are told to copy does what its page says."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.hosts import rows
from watchkeeper.serving import PredictionLogger

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "put-it-into-your-service.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def programs(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)


def section(page: str, title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, flags=re.DOTALL | re.MULTILINE)
    return found


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs of a page write beside them, and one of them sets a salt."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHKEEPER_SALT", "")
    return tmp_path


def run(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(program, "page", "exec"), names)  # noqa: S102 - the page's own program
    if isinstance(names.get("logger"), PredictionLogger):
        assert names["logger"].flush()
    return names


def posted(app: FastAPI) -> httpx.Response:
    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            question = {"id": "r1", "customer": "ann", "features": {"age": 41.0, "country": "FR"}}
            answer = await client.post("/predict", json=question)
            figures = await client.get("/metrics")
            assert "watchkeeper_logger_produced_total" in figures.text
            return answer

    return asyncio.run(post())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(section(PAGE, "A FastAPI or Starlette service, in five lines"), id="the page"),
        pytest.param(section(README, "Put it into your service"), id="the readme"),
    ],
)
def test_a_service_with_the_five_lines_answers_and_logs(elsewhere: Path, text: str) -> None:
    names = run(programs(text)[0])
    assert posted(names["app"]).json() == 0.2
    (middleware,) = names["app"].user_middleware
    assert middleware.kwargs["logger"].flush()
    (row,) = rows(elsewhere / "records", model="churn")
    assert (row["_id"], row["_key"], row["_version"], row["_prediction"]) == ("r1", "ann", 1, 0.2)
    assert (row["age"], row["country"]) == (41.0, "FR")
    assert row["_latency_ms"] > 0


def test_the_five_lines_are_five() -> None:
    for page in (PAGE, README):
        marked = re.findall(r"  # (\d)$", page, flags=re.MULTILINE)
        assert marked == ["1", "2", "3", "4", "5"]


def test_every_other_program_of_the_page_runs_and_leaves_what_it_says(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, plain, answering, wrapped, labels, late, sampled, private = programs(PAGE)
    run(plain)
    run(answering)
    assert capsys.readouterr().out == "1 0.2 None\n"
    run(wrapped)
    run(labels)
    run(late)
    run(sampled)["logger"].log("r2", "k", 1, {}, 0.5)
    logger = run(private)["logger"]
    logger.log("r3", "ann", 1, {"email": "ann@example.com", "iban": "FR76", "age": 41}, 0.5)
    assert logger.flush()
    found = {row["_id"]: row for row in rows(elsewhere / "records", model="churn")}
    assert found.keys() >= {"request-17", "request-18", "a", "b", "c", "d", "r3"}
    assert found["request-17"]["country"] == "FR"
    assert (found["a"]["_key"], found["a"]["_version"]) == ("ann", 3)
    assert "email" not in found["r3"]
    assert found["r3"]["_key"] != "ann"
    assert found["r3"]["iban"] != "FR76"
    assert {row["_id"] for row in rows(elsewhere / "records", "labels", "churn")} == {"request-17", "request-18"}
    assert [(row["_id"], row["_label"]) for row in rows(elsewhere / "records", "late/revenue", "churn")] == [
        ("request-17", 129.5)
    ]


def test_the_figures_that_the_page_shows_have_the_names_that_a_service_gives(elsewhere: Path) -> None:
    shown = set(re.findall(r"^(watchkeeper_\w+)\{", PAGE, flags=re.MULTILINE))
    answerer = run(programs(PAGE)[2])["answerer"]
    app = run(programs(PAGE)[0])["app"]

    async def figures() -> str:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return (await client.get("/metrics")).text

    given = asyncio.run(figures()) + answerer.metrics()
    assert shown <= set(re.findall(r"^(watchkeeper_\w+)\{", given, flags=re.MULTILINE))
