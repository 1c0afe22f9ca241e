"""A canary that answers with errors, or ten times as late: rolled back at the next look, traffic first.

Windows are a day long, looks come every 15 minutes, as the sweep does, and labels a week late: only what needs no label
can speak. The canary is sound for two hours and then breaks. Beside the two faults a canary without any is looked at
for a day. Nothing but `story.releasing.advance` decides; the split is read whenever the state store is about to write.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.canary_house import DAY, FIRST, GOOD, answer, build, candidate
from benchmarks.machine import machine
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.rollouts import Rollout, RolloutEnd
from watchkeeper.story.house import House
from watchkeeper.story.releasing import advance, open_rollout
from watchkeeper.wiring import open_house

__all__ = ["main"]

EVERY = timedelta(minutes=15)
SOUND = 8
"""Looks before the canary breaks."""

ROWS = 300
"""Requests between two looks."""

FAULTS: dict[str, dict[str, int]] = {"errors": {"failing": 2}, "latency": {"slow": 2}, "none": {}}


@dataclass(frozen=True, slots=True)
class Noting:
    """The state store; before a rollout is written it is noted whether a canary has traffic still."""

    state: Any
    house: House
    noted: list[tuple[RolloutEnd | None, bool]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the state store has
        return getattr(self.state, name)

    def save_rollout(self, rollout: Rollout, *rest: Any, **more: Any) -> None:  # noqa: ANN401 - handed on
        split = self.house.router.split(rollout.model)
        self.noted.append((rollout.end, split is not None and split.canary is not None))
        self.state.save_rollout(rollout, *rest, **more)


def main(arguments: Sequence[str] | None = None) -> None:
    """Break a canary in each way, and print after how many looks it was out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bad_canary", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="look at the sound canary for three hours only")
    asked = parser.parse_args(arguments)
    found = {}
    for fault, wrong in FAULTS.items():
        with tempfile.TemporaryDirectory(prefix="watchkeeper-bad-canary-") as place:
            looks = (12 if asked.quick else 96) if fault == "none" else 2 * SOUND
            found[fault] = _tried(Path(place), wrong, looks)
    print(json.dumps({"faults": found, "requests_a_look": ROWS, "machine": machine()}))


def _tried(place: Path, wrong: dict[str, int], looks: int) -> dict[str, object]:
    house = open_house(build(place / "house", [GOOD], delay="7d"))
    open_rollout(house, candidate(house, GOOD, FIRST), FIRST, who="benchmark", because="a benchmark")
    noting = Noting(house.state, house)
    watched = replace(house, state=noting)
    advance(watched, GOOD, FIRST)
    at = FIRST + DAY / 2
    for look in range(looks):
        answer(house, GOOD, Interval(at, at + EVERY), ROWS, **(wrong if look >= SOUND else {}))
        at += EVERY
        advance(watched, GOOD, at)
        if house.state.open_rollout(GOOD) is None:
            return _ended(house, noting, look + 1 - SOUND, at)
    return {"rolled_back": False, "looks": looks}


def _ended(house: House, noting: Noting, looks: int, at: datetime) -> dict[str, object]:
    last, split = house.state.rollouts(GOOD)[-1], house.router.split(GOOD)
    end, has_traffic = noting.noted[-1]
    return {
        "rolled_back": end is RolloutEnd.ROLLED_BACK,
        "looks_after_the_fault": looks,
        "traffic_first": not has_traffic,
        "champion_answers_all": split is not None and (split.champion, split.canary) == (1, None),
        "within": str(at - (FIRST + DAY / 2 + SOUND * EVERY)),
        "because": last.because,
    }


if __name__ == "__main__":
    main()
