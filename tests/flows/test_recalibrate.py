"""First aid under a real Prefect server: asked for by a row, done once however often it is killed."""

import os
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pytest
from prefect.client.orchestration import get_client
from typer.testing import CliRunner

from deployments.planned import planned
from deployments.worker import Worker
from tasks.followups import start_followups
from tasks.house import NOW
from tests import toy
from watchkeeper.cli.app import app
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.intervals import window_id
from watchkeeper.story.house import House
from watchkeeper.story.recalibrating import plan_recalibration
from watchkeeper.story.recalibrating import recalibrate as give_first_aid
from watchkeeper.story.retraining import nominate, start_model, try_out

pytestmark = pytest.mark.usefixtures("prefect_api")

DAYS = 9
AT = toy.FIRST + toy.DAY * DAYS
SPEC = toy.SPEC + "[recalibration]\nleast_rows = 300\napprovals = []\n"
BECAUSE = "The model says 50 % on average where 67 % came true."
ROW = FollowUp(f"recalibrate:{window_id('toy', AT)}", Story.RECALIBRATE, "toy", "incident", AT, BECAUSE)


@pytest.fixture
def ailing(house: Callable[..., House]) -> House:
    """A house whose model says too little since its first day."""
    opened = house(spec=SPEC)
    os.environ[NOW] = AT.isoformat()
    start_model(opened, "toy", toy.FIRST)
    for day in range(DAYS):
        requests = toy.traffic(toy.FIRST + toy.DAY * day)
        late = np.random.default_rng(day).random(requests.num_rows) < 0.35
        label = np.maximum(requests["_label"].to_numpy(), late.astype(float))
        toy.serve(opened, "toy", requests.set_column(requests.column_names.index("_label"), "_label", pa.array(label)))
    return opened


@pytest.fixture
def worker(ailing: House) -> Iterator[Worker]:
    with Worker(ailing) as working:
        yield working


def done(house: House) -> str | None:
    [(_, outcome)] = house.state.followups("toy", Story.RECALIBRATE)
    return outcome


def test_what_an_incident_asks_for_becomes_a_candidate_with_traffic(ailing: House, worker: Worker) -> None:
    ailing.state.ask_for(ROW)
    start_followups()
    worker.work()
    assert str(done(ailing)).startswith("toy v2 is a candidate in rollout")
    version = ailing.registry.version("toy", 2)
    assert version.origin.endswith(BECAUSE)
    assert version.created == AT
    split = ailing.router.split("toy")
    assert split is not None
    assert (split.champion, split.canary, split.share) == (1, 2, 0.5)
    assert ailing.state.unacknowledged() == ()
    with get_client(sync_client=True) as client:
        pages = [str(artifact.data) for artifact in client.read_artifacts(limit=200)]
    assert any("# Trial of toy v2" in page for page in pages)


@pytest.mark.parametrize("killed_after", ["registering", "rollout"])
def test_a_run_that_was_killed_is_done_again_and_is_done_once(ailing: House, worker: Worker, killed_after: str) -> None:
    ailing.state.ask_for(ROW)
    planned_aid = plan_recalibration(ailing, "toy", AT, BECAUSE, ROW.id)
    version = give_first_aid(ailing, planned_aid, AT)
    assert not isinstance(version, str)
    if killed_after == "rollout":
        nominate(ailing, version, try_out(ailing, planned_aid, version, AT), AT)
    start_followups()
    worker.work()
    assert str(done(ailing)).startswith("toy v2 is a candidate in rollout")
    assert len(ailing.registry.versions("toy")) == 2
    assert len(ailing.state.rollouts("toy")) == 1
    assert [e.what for e in ailing.state.audit("toy", 50)].count("trial passed") == 1


def test_too_few_labels_are_no_failure(ailing: House, worker: Worker) -> None:
    state = worker.run("recalibrate", model="toy", at=(toy.FIRST + toy.DAY).isoformat())
    assert state.is_completed()
    assert str(state.message).startswith("toy v1 stays as it is. Only 0 new labelled records")


def test_it_can_be_started_for_one_model_by_hand(ailing: House) -> None:
    names = {f"{d.flow_name}/{d.name}" for d in planned(ailing)}
    env = ailing.spec.env
    assert {f"recalibrate/{env}", f"recalibrate/{env}-toy"} <= names


def test_the_command_line_gives_first_aid_too(ailing: House) -> None:
    options = ["recalibrate", "toy", "--by", "dana", "--because", "before the weekend", "--at", AT.strftime("%Y-%m-%d")]
    for _ in range(2):
        result = CliRunner().invoke(app, options)
        assert result.exit_code == 0, result.output
        said = " ".join(result.output.split())
        assert "Recalibration of v1: slope" in said
        assert "dana: before the weekend" in said
        assert "toy v2 is a candidate in rollout" in said
    assert len(ailing.state.rollouts("toy")) == 1


def test_the_command_line_says_when_there_are_too_few_labels(ailing: House) -> None:
    options = ["recalibrate", "toy", "--by", "dana", "--because", "why not", "--at", toy.FIRST.strftime("%Y-%m-%d")]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 1
    assert "toy v1 stays as it is" in str(result.exception)
