"""Metrics and segments: what can be said of columns, and what is told when it cannot be meant."""

from datetime import timedelta

import pytest

from tests.spec.conftest import Told
from watchkeeper.checks import Check
from watchkeeper.checks.business import Business
from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.domain.business import Direction, Statistic
from watchkeeper.profiles import CategoricalColumn, Kind, Profile
from watchkeeper.spec import ModelSpec

LOGGED = '[logged]\nnumeric = ["price", "seats"]\nboolean = ["bought"]\n'


def spec(**words: object) -> ModelSpec:
    usual: dict[str, object] = {
        "model": "flights",
        "features": {"numeric": ["temp"], "categorical": ["carrier"]},
        "logged": {"numeric": ["price", "seats"], "boolean": ["bought"]},
        "training": {"function": "examples.flights.train:train"},
    }
    return ModelSpec.model_validate(usual | words)


def business(read: ModelSpec) -> Business:
    (found,) = [c for c in read.asked if isinstance(c, Business)]
    return found


def checks_of(read: ModelSpec, segments: int) -> tuple[Check, ...]:
    apart = read.apart(segments)
    assert apart is not None
    return apart.checks


def test_a_metric_of_a_column_is_a_subject_of_the_business_check() -> None:
    read = spec(
        business={
            "revenue": {"column": "price", "statistic": "sum", "direction": "lower is worse"},
            "per seat": {"column": "price", "statistic": "ratio", "over": "seats", "critical": 0.2},
        }
    )
    revenue, per_seat = business(read).metrics
    assert (revenue.name, revenue.statistic, revenue.direction) == ("revenue", Statistic.SUM, Direction.LOWER)
    assert (per_seat.name, per_seat.over, per_seat.critical) == ("per seat", "seats", 0.2)


def test_without_a_metric_the_business_check_takes_nothing_of_the_budget() -> None:
    shares = lambda read: {c.kind: c.false_alarms for c in read.asked if isinstance(c, Calibrated) and c.shares_budget}
    none, one = shares(spec()), shares(spec(business={"revenue": {"column": "price"}}))
    fixed = shares(spec(business={"revenue": {"column": "price", "critical": 0.2}}))
    assert "business" not in none
    assert "business" not in fixed
    assert sum(one.values()) == pytest.approx(sum(none.values())) == pytest.approx(1 / 30)


def test_the_answers_get_as_much_of_the_budget_as_one_input_and_labels_get_half() -> None:
    read = spec()
    share = {c.kind: c.false_alarms for c in read.asked if isinstance(c, Calibrated) and c.shares_budget}
    assert share["drift"] == pytest.approx(len(read.feature_kinds) * share["prediction_drift"])
    assert share["drift"] + share["prediction_drift"] == pytest.approx(1 / 60)
    assert share["auc"] == share["calibration"]


@pytest.mark.parametrize(
    ("more", "tables", "line"),
    [
        ("", '[business]\nfare = "numeric"', "business.fare: a metric is a table: column ="),
        ("", '[checks.business]\ncolumn = "price"', "checks.business.column: a metric is a table of its own now"),
        ("", "[checks.business]\nspreads = 3", "checks.business.spreads: what is usual is learned now"),
        ("", "[checks.business]\nmetrics = []", "checks.business.metrics: there is no such word"),
        ("", LOGGED + '[business.a]\ncolumn = "prise"', "the file: business.a: there is no column prise; did you mean"),
        ("", LOGGED + '[business.a]\ncolumn = "carrier"', "the file: business.a: the mean of carrier cannot be taken"),
        ("", LOGGED + "[business.a]", "business.a: a metric has either a column or a function"),
        ("", LOGGED + '[business.a]\ncolumn = "price"\nstatistic = "ratio"', "business.a: a ratio, and nothing else"),
        ("", LOGGED + '[business.a]\ncolumn = "price"\nover = "seats"', "business.a: a ratio, and nothing else"),
        (
            "",
            LOGGED + '[business.a]\ncolumn = "price"\nlabelled = true',
            "business.a: labelled and columns are said of",
        ),
        ("", LOGGED + '[business.a]\ncolumn = "price"\nstatistic = "men"', "business.a.statistic: 'men' is not known"),
        ("", '[business.a]\nfunction = "no function"', "business.a.function: String should match pattern"),
        ("", '[business.a]\nfunction = "a.b:c"\nwarning = 0.1', "business.a: warning is said together with critical"),
        ("", "[late.price]\n" + LOGGED, "the file: late.price: price is a feature or logged column"),
        ("", "[late.errors]", "the file: late.errors: every canary is judged by its errors: call this another name"),
        ("", '[late."a/b"]', "late.a/b: String should match pattern"),
        ("", "[late.prediction]", "the file: the answers go by the names prediction and prediction_confidence"),
        ("", '[late.refund]\notherwise = "none"', "late.refund.otherwise: Input should be a valid number"),
        ("late = [1]", "", "late.1"),
        ("", '[late.refund]\n[business.a]\ncolumn = "refunds"', "the file: business.a: there is no column refunds"),
        ('segments = "temp"', "", "the file: segments: temp is no categorical or boolean column; known are carrier"),
        (
            'segments = { column = "carrier", mots = 3 }',
            "",
            "segments.mots: there is no such word; did you mean `most`",
        ),
        (
            'segments = { column = "carrier", most = 0 }',
            "",
            "segments.most: Input should be greater than or equal to 1",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_mend(told: Told, more: str, tables: str, line: str) -> None:
    (found,) = told(more, tables)
    assert found.startswith(line)


def test_half_the_budget_is_for_the_whole_and_half_for_all_segments() -> None:
    plain, apart = spec(), spec(segments="carrier")
    whole = sum(c.false_alarms for c in plain.asked if isinstance(c, Calibrated) and c.shares_budget)
    mine = sum(c.false_alarms for c in apart.asked if isinstance(c, Calibrated) and c.shares_budget)
    each = sum(c.false_alarms for c in checks_of(apart, 4) if isinstance(c, Calibrated) and c.shares_budget)
    assert mine == pytest.approx(whole / 2)
    assert mine + 4 * each == pytest.approx(whole)


def test_checks_of_files_do_not_ask_about_segments() -> None:
    kinds = {c.kind for c in checks_of(spec(segments="carrier"), 3)}
    assert {"drift", "missing", "volume", "business"} <= kinds
    assert not {"schema", "freshness"} & kinds


def test_segments_are_the_most_frequent_values_of_the_anchor_and_stay_so() -> None:
    counts = {"AA": 50, "B6": 30, "DL": 20, "EV": 1}
    anchor = Profile(101, {"carrier": CategoricalColumn(counts)})
    read = spec(segments={"column": "carrier", "most": 2})
    first = read.segments_of(anchor)
    assert first is not None
    assert first.values == ("AA", "B6")
    later = Profile(9, {"carrier": CategoricalColumn({"EV": 9})}, segments={n: Profile() for n in first.names})
    assert read.segments_of(later) == first
    assert spec(segments={"column": "carrier", "values": ["EV"]}).segments_of(later).values == ("EV",)  # type: ignore[union-attr]
    assert spec().segments_of(anchor) is None


def test_a_boolean_column_tells_segments_apart() -> None:
    anchor = Profile(3, {"bought": CategoricalColumn({"true": 1, "false": 2})})
    found = spec(segments="bought").segments_of(anchor)
    assert found is not None
    assert (found.values, found.kind) == (("false", "true"), Kind.BOOLEAN)


def test_windows_last_from_a_minute_to_a_month() -> None:
    assert spec(every="1m").every == timedelta(minutes=1)
    assert spec(every="31d").every == timedelta(days=31)


def test_a_metric_that_names_a_late_column_is_late() -> None:
    metrics = {
        "refund": {"column": "refund"},
        "share": {"column": "refund", "statistic": "ratio", "over": "price"},
        "worth": {"function": "tests.shop:worth", "columns": ["refund"]},
        "price": {"column": "price"},
    }
    table, names = (spec(late=said, business=metrics) for said in ({"refund": {"otherwise": 0.0}}, ["refund"]))
    assert (
        [m.late for m in business(table).metrics] == [m.late for m in business(names).metrics] == [True] * 3 + [False]
    )
    assert (table.late["refund"].otherwise, names.late["refund"].otherwise) == (0.0, None)
    assert "refund" not in table.columns
