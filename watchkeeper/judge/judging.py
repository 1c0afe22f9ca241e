"""The judgement of a canary from the readings of all criteria."""

from collections.abc import Sequence
from dataclasses import replace

from watchkeeper.domain.judgements import Judgement, Outcome, Reading, Role
from watchkeeper.domain.plans import Plan
from watchkeeper.judge.evidence import Evidence
from watchkeeper.judge.reading import Rule, read

__all__ = ["judge"]


def judge(evidence: Sequence[Evidence], plan: Plan) -> Judgement:
    """What the evidence so far says of the canary, by all criteria together.

    `plan.alpha` is spent once for the whole rollout. A canary that is no worse can only be rolled back wrongly, one
    that is worse can only be promoted wrongly, so each direction has all of it. Rolling back shares it out among the
    criteria, any of which is enough; promoting does not, as every gate must be passed.
    """
    rule = Rule(plan.alpha / max(len(evidence), 1), plan.alpha)
    readings = tuple(read(one, rule) for one in evidence)
    if not readings:
        return Judgement(Outcome.UNKNOWN, "Nothing was asked of the canary.")
    gates = [r for r in readings if r.criterion.role is Role.GATE] or list(readings)
    said = _said(readings, gates)
    first = gates[0]
    return Judgement(
        outcome=said.outcome,
        sentence=said.sentence if len(readings) == 1 else _with_others(said, readings),
        records=first.records,
        blocks=first.blocks,
        harm=first.harm,
        lower=first.lower,
        upper=first.upper,
        e_worse=first.e_worse,
        e_no_worse=first.e_no_worse,
        pairs=first.pairs,
        final=all(gate.final for gate in gates),
        readings=readings,
    )


def _said(readings: Sequence[Reading], gates: Sequence[Reading]) -> Reading:
    """The reading that settles it: whoever is worse, else the gate that is not passed yet, else the first gate.

    A gate without any evidence leaves it undecided while others can be read, and unknown when none can.
    """
    for outcome in (Outcome.WORSE, Outcome.UNDECIDED):
        asked = readings if outcome is Outcome.WORSE else gates
        if found := next((r for r in asked if r.outcome is outcome), None):
            return found
    silent = next((g for g in gates if g.outcome is Outcome.UNKNOWN), None)
    if silent is None:
        return gates[0]
    told = any(r.outcome is not Outcome.UNKNOWN for r in readings)
    return _provisional(silent) if told else silent


def _provisional(silent: Reading) -> Reading:
    return replace(silent, outcome=Outcome.UNDECIDED, sentence=f"Provisional: {silent.sentence}")


def _with_others(said: Reading, readings: Sequence[Reading]) -> str:
    """The sentence, and in a few words what the other criteria say."""
    others = [f"{r.criterion.name} {r.outcome}" for r in readings if r.criterion is not said.criterion]
    return f"{said.sentence} Beside it: {', '.join(others)}."
