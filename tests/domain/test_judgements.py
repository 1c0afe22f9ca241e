"""What the evidence says of a canary."""

import math

from watchkeeper.domain.judgements import Judgement, Outcome


def test_a_judgement_without_evidence_claims_nothing() -> None:
    judgement = Judgement(Outcome.UNKNOWN, "No records yet.")
    assert (judgement.records, judgement.blocks) == (0, 0)
    assert math.isnan(judgement.harm)
    assert (judgement.lower, judgement.upper) == (-math.inf, math.inf)
    assert (judgement.e_worse, judgement.e_no_worse) == (1.0, 1.0)


def test_outcomes_read_as_words() -> None:
    assert [str(o) for o in Outcome] == ["no worse", "worse", "undecided", "unknown"]
