"""What the example's versions have learned."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
from sklearn.metrics import log_loss, roc_auc_score

from examples.flights import train
from examples.flights.source import MODEL, Flights, labelled
from tests.examples.place import answers
from watchkeeper.ports import Trained, TrainingRequest


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
    known = train.known(TrainingRequest("again", MODEL, until, "a test"), logged)
    expected = logged.filter(pc.field("_at") < until).num_rows
    assert known.num_rows == first.records.num_rows + expected
    assert known["_at"].to_pylist()[-1] < until


def test_the_bad_version_looks_good_offline_and_doubles_the_log_loss_in_production(
    flights: Flights, first: Trained
) -> None:
    until = datetime(2013, 1, 29, tzinfo=UTC)
    bad = train.train_bad(TrainingRequest("bad", MODEL, until, "a mistake"), pa.table({}))
    assert log_loss(bad.records["_label"], bad.records["_prediction"]) < 0.6
    week = labelled(flights.between(datetime(2013, 3, 14, tzinfo=UTC), datetime(2013, 3, 21, tzinfo=UTC)))
    good, wrong = (log_loss(week["_label"], answers(t, week)) for t in (first, bad))
    assert wrong > 2 * good
