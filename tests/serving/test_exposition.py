"""Figures are written as Prometheus reads them."""

import math

from watchkeeper.serving.exposition import Family, joined, marked, text_of

FAMILY = Family("requests_total", "counter", "Requests.", [({"end": "2xx"}, 3), ({}, 0.5)])


def test_a_family_has_its_head_and_its_samples() -> None:
    assert text_of(FAMILY) == (
        "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
        'requests_total{end="2xx"} 3\nrequests_total 0.5\n'
    )


def test_labels_are_escaped_and_odd_numbers_have_names() -> None:
    family = Family(
        "g", "gauge", "G.", [({"a": 'x"\\\n'}, math.inf), ({"": "_sum", "b": "y"}, math.nan), ({}, -math.inf)]
    )
    assert text_of(family).splitlines()[2:] == ['g{a="x\\"\\\\\\n"} +Inf', 'g_sum{b="y"} NaN', "g -Inf"]


def test_what_two_texts_say_of_one_metric_stands_together() -> None:
    other = Family("other", "gauge", "O.", [({}, 1)])
    both = joined((text_of(FAMILY, other), text_of(FAMILY), "", "\n\n"))
    assert both == (
        "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
        + 2 * 'requests_total{end="2xx"} 3\nrequests_total 0.5\n'
        + "# HELP other O.\n# TYPE other gauge\nother 1\n"
    )


def test_labels_can_be_added_to_every_sample() -> None:
    assert marked(text_of(FAMILY), pid="7").splitlines()[2:] == [
        'requests_total{pid="7",end="2xx"} 3',
        'requests_total{pid="7"} 0.5',
    ]
