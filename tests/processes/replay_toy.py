"""A process that replays days of the toy model from where the last one was stopped: `python -m ... DAYS`."""

import sys

from deployments.worker import Worker
from tasks.house import the_house
from tests import toy
from tests.playing import play_day
from watchkeeper.story.retraining import start_model


def main(days: int) -> None:
    """Play to the end of the given number of days."""
    house = the_house()
    start_model(house, "toy", toy.FIRST)
    judged = house.state.verdicts("toy", toy.FIRST + toy.DAY * (days + 2), 1)
    first = (judged[0].interval.start - toy.FIRST) // toy.DAY if judged else 0
    with Worker(house) as worker:
        print("playing", flush=True)  # noqa: T201 - tells the test that it may be killed from now on
        for number in range(first, days):
            play_day(house, worker, number)


if __name__ == "__main__":
    main(int(sys.argv[1]))
