"""The picture of a rollout's confidence sequence."""

import numpy as np

from tests.builders import DAY, NOON, PLAN
from watchkeeper.domain.judgements import Criterion, Judgement, Outcome, Role
from watchkeeper.domain.rollouts import Move, Verb
from watchkeeper.judge import Block, Evidence, judge
from watchkeeper.pictures import Canvas, rollout_picture

LOSS, ERRORS = Criterion("loss", 0.05, labelled=True), Criterion("errors", 0.005, role=Role.GUARD)


def judgement(harm: float, *, dated: bool = True) -> Judgement:
    draw = np.random.default_rng(0)
    blocks = [
        Block(draw.exponential(0.5, 400) + harm, draw.exponential(0.5, 1_600), NOON + n * DAY if dated else None)
        for n in range(14)
    ]
    failed = [Block(np.zeros(400), np.zeros(1_600), b.at) for b in blocks]
    return judge([Evidence(LOSS, blocks), Evidence(ERRORS, failed)], PLAN)


def words(canvas: Canvas) -> str:
    """All that is written on it."""
    texts = [t.get_text() for t in canvas.figure.texts]
    for axes in canvas.axes:
        legend = axes.get_legend()
        texts += [axes.get_title(loc="left"), axes.get_ylabel(), *(t.get_text() for t in axes.texts)]
        texts += [t.get_text() for t in legend.get_texts()] if legend else []
    return "\n".join(texts)


def test_it_shows_every_criterion_with_its_band_its_margin_and_when_it_was_decided() -> None:
    seen = judgement(-0.1)
    moves = [Move(NOON + 3 * DAY, Verb.ADVANCE, 0.25, "on"), Move(NOON + 4 * DAY, Verb.ASK, 0.25, "ask")]
    canvas = rollout_picture(seen, "flights v4", moves=moves)
    said = words(canvas)
    assert len(canvas.axes) == 2
    assert "loss, must be shown no worse: no worse" in said
    assert "errors, must not be shown worse" in said
    assert "canary 25%" in said
    assert " ".join(said.split()).startswith(f"flights v4 {seen.sentence}"[:120])
    assert "possible\nharm\nmargin\nno worse" in said
    line = canvas.axes[0].get_lines()[0].get_ydata()
    assert np.allclose(line, [s.harm for s in seen.readings[0].path])


def test_a_canary_that_is_worse_is_marked_where_it_was_shown() -> None:
    seen = judgement(0.3)
    assert seen.outcome is Outcome.WORSE
    assert "\nworse" in words(rollout_picture(seen, "flights v4"))


def test_the_picture_is_a_file_of_either_kind() -> None:
    canvas = rollout_picture(judgement(0.0), "flights v4", "v4 against v3")
    assert canvas.png().startswith(b"\x89PNG")
    assert b"<svg" in canvas.svg()


def test_blocks_without_a_time_stand_by_their_number() -> None:
    assert rollout_picture(judgement(0.0, dated=False), "flights v4").axes[0].get_xlabel() == "blocks"


def test_nothing_read_is_said() -> None:
    canvas = rollout_picture(judge([Evidence(LOSS)], PLAN), "flights v4")
    assert "Nothing has been read of the canary yet" in words(canvas)
