"""What a person says of the numbers that the business looks at, and of those that come later than the records."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from watchkeeper.domain.business import Direction, Metric, Statistic
from watchkeeper.profiles import Kind
from watchkeeper.spec.words import Strict

__all__ = ["LateColumn", "LateSpec", "MetricName", "MetricSpec", "trouble_with_metric"]

LateColumn = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
MetricName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w -]{0,62}$")]
Function = Annotated[str, StringConstraints(pattern=r"^[\w.]+:\w+$")]
Limit = Annotated[float, Field(gt=0)]


class MetricSpec(Strict):
    """One number that the business looks at: a statistic of a column, or a Python function of a window.

    Attributes:
        column: numeric, or boolean for a rate; a feature, a logged or a late column, or `prediction`.
        statistic: mean, sum, rate (the share of true), or ratio (of two sums, with `over`).
        function: called with a pyarrow Table of the window's records, gives a number.
        labelled: the function is given the records whose labels are due by the window's end, with their `_label`.
        columns: which columns the function is given beside those that begin with `_`; all when not said.
        critical, warning: fixed limits of the relative change; learned from history when not said.
    """

    column: str | None = None
    statistic: Statistic = Statistic.MEAN
    over: str | None = None
    function: Function | None = None
    labelled: bool = False
    columns: tuple[str, ...] = ()
    direction: Direction = Direction.BOTH
    critical: Limit | None = None
    warning: Limit | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_metric(cls, said: object) -> object:
        if isinstance(said, str):
            raise ValueError(  # noqa: TRY004 - pydantic turns this one into a sentence about the field
                f'a metric is a table: column = "...", statistic = "mean"; a column that is only logged stands under '
                f'[logged], for example {said} = ["..."]'
            )
        return said

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        if (self.column is None) == (self.function is None):
            raise ValueError('a metric has either a column or a function, for example column = "price"')
        if (self.over is None) == (self.statistic is Statistic.RATIO):
            raise ValueError('a ratio, and nothing else, names the column below the line: over = "seats"')
        if self.column is not None and (self.labelled or self.columns):
            raise ValueError("labelled and columns are said of a function")
        if self.warning is not None and not (self.critical and self.warning <= self.critical):
            raise ValueError("warning is said together with critical, and lies not above it")
        return self

    def metric(self, name: str, late: Collection[str]) -> Metric:
        """The metric as the domain knows it; `late` are the model's late columns."""
        found = Metric(name, **dict(self))
        return replace(found, late=not set(late).isdisjoint(found.named))


class LateSpec(Strict):
    """A number whose values come later than the records, by `log_label(..., of=...)` or `watchkeeper labels --of`.

    Attributes:
        otherwise: what a record counts as of which none has come when labels are due, where some have come of others;
            it tells nothing when not said.
    """

    otherwise: float | None = None


def trouble_with_metric(metric: Metric, kinds: Mapping[str, Kind]) -> str | None:
    """Why the statistic cannot be made of these columns, or None."""
    allowed = {Kind.NUMERIC, Kind.BOOLEAN} if metric.statistic is Statistic.RATE else {Kind.NUMERIC}
    for column in (metric.column, metric.over):
        if column and kinds[column] not in allowed:
            return f"the {metric.statistic} of {column} cannot be taken, as it is {kinds[column]}"
    return None
