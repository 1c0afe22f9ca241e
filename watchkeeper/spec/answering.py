"""What a spec says of incidents: when one begins and ends, and what is done about it."""

from datetime import timedelta
from typing import Self

from pydantic import model_validator

from watchkeeper.domain.confirmations import NOfM
from watchkeeper.domain.findings import Family
from watchkeeper.domain.intervals import spoken
from watchkeeper.domain.responses import ResponseRule
from watchkeeper.spec.words import Duration, Length, Share, Strict, Times

__all__ = ["ConfirmSpec", "ResponseSpec"]


class ConfirmSpec(Strict):
    """How often a finding must stand before a person is told, and what it takes until it is over.

    Attributes:
        opens: so often a finding must stand.
        resolves: so often all findings of an incident must be quiet.
        release: quiet is below this share of the limit of a warning: a value that dances around its limit is not.
        lasts: and an incident is open for at least this long, so that windows of a minute do not flap all day.
    """

    opens: Times = NOfM(2, 3)
    resolves: Times = NOfM(3, 3)
    release: Share = 0.9
    lasts: Duration = timedelta(hours=1)


class ResponseSpec(Strict):
    """When an incident asks for recalibration or retraining.

    Attributes:
        retrain: whether it ever asks for retraining.
        cooldown: the least time between two retrainings.
        on: the families of findings that ask for either.
        recalibrate: whether it ever asks for recalibration, the first aid for a gap.
        aid: so long a recalibration is given to help.
        lasting: so long a loss through moved inputs must last before it asks for retraining.
        refresh: the model is retrained when what the champion learned is so old, incident or not; never unless said.
    """

    retrain: bool = True
    cooldown: Duration = timedelta(days=7)
    on: tuple[Family, ...] = (Family.PERFORMANCE, Family.CALIBRATION)
    recalibrate: bool = True
    aid: Duration = timedelta(days=7)
    lasting: Duration = timedelta(days=3)
    refresh: Length | None = None

    @model_validator(mode="after")
    def _cools_down(self) -> Self:
        if self.refresh is not None and self.refresh < self.cooldown:
            raise ValueError(
                f"refresh is not shorter than cooldown, the least time between two retrainings: {spoken(self.cooldown)}"
            )
        return self

    @property
    def rule(self) -> ResponseRule:
        """The same as the domain knows it."""
        return ResponseRule(
            self.retrain, self.cooldown, self.on, self.recalibrate, self.aid, self.lasting, self.refresh
        )
