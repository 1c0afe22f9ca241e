"""What a person says of a model's columns: the features, those logged beside them, and what is made of them."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from watchkeeper.domain.business import Metric
from watchkeeper.domain.judgements import ERRORS, LATENCY, LOSS
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Kind, Profile, Segments
from watchkeeper.profiles.segments import OTHER
from watchkeeper.spec.metrics import LateColumn, LateSpec, MetricName, MetricSpec, trouble_with_metric
from watchkeeper.spec.sentences import nearest
from watchkeeper.spec.words import Strict
from watchkeeper.window import CONFIDENCE, PREDICTION, kinds_of_answers

__all__ = ["ColumnsSpec", "SegmentSpec"]

Column = Annotated[str, StringConstraints(pattern=r"^[^_/:][^/:]*$")]


class SegmentSpec(Strict):
    """The column whose values are monitored apart.

    Attributes:
        column: categorical or boolean.
        most: so many of its most frequent values; the others together are `other`.
        values: these values instead of the most frequent ones.
        least: with fewer records than this in a window a segment is not judged, except by their number.
    """

    column: str
    most: int = Field(default=10, ge=1, le=50)
    values: tuple[str, ...] = ()
    least: int = Field(default=100, ge=1)


class ColumnsSpec(Strict):
    """The columns of a model.

    Attributes:
        features: column names by kind.
        logged: further columns that are logged and watched, by kind; the model is not asked with them.
        late: numbers that come later than the records, as labels do, by name; a folder is called so.
        business: the metrics, by name.
        segments: the column whose values are monitored apart.
    """

    features: Mapping[Kind, tuple[Column, ...]]
    logged: Mapping[Kind, tuple[Column, ...]] = Field(default_factory=dict)
    late: Mapping[LateColumn, LateSpec] = Field(default_factory=dict)
    business: Mapping[MetricName, MetricSpec] = Field(default_factory=dict)
    segments: SegmentSpec | None = None

    @field_validator("segments", mode="before")
    @classmethod
    def _may_be_short(cls, said: object) -> object:
        """`"origin"` is short for `{ column = "origin" }`."""
        return {"column": said} if isinstance(said, str) else said

    @field_validator("late", mode="before")
    @classmethod
    def _may_be_names(cls, said: object) -> object:
        """`["revenue"]` is short for a table `[late.revenue]` that says nothing more."""
        return {name: {} for name in said} if isinstance(said, list) else said

    @field_validator("features")
    @classmethod
    def _some(cls, features: Mapping[Kind, tuple[Column, ...]]) -> Mapping[Kind, tuple[Column, ...]]:
        if not any(features.values()):
            raise ValueError('a model has features: write them by kind, for example numeric = ["age"]')
        return features

    @model_validator(mode="after")
    def _names_each_column_once(self) -> Self:
        names = [name for table in (self.features, self.logged) for columns in table.values() for name in columns]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"named twice among features and logged columns: {', '.join(twice)}")
        if both := sorted(set(self.late) & set(names)):
            raise ValueError(f"late.{both[0]}: {both[0]} is a feature or logged column; what is late is watched apart")
        if taken := sorted({LOSS, ERRORS, LATENCY} & set(self.late)):
            raise ValueError(f"late.{taken[0]}: every canary is judged by its {taken[0]}: call this another name")
        if taken := sorted({CONFIDENCE, PREDICTION} & {*names, *self.late}):
            raise ValueError(f"the answers go by the names {PREDICTION} and {CONFIDENCE}: call {taken[0]} another name")
        return self

    @model_validator(mode="after")
    def _speaks_of_columns_that_are_there(self) -> Self:
        known = self.columns | dict.fromkeys((PREDICTION, CONFIDENCE, *self.late), Kind.NUMERIC)
        for metric in self.metrics:
            for column in metric.named:
                if column not in known:
                    why = f"there is no column {column}{nearest(column, list(known))}"
                    raise ValueError(f"business.{metric.name}: {why}")
            if trouble := trouble_with_metric(metric, known):
                raise ValueError(f"business.{metric.name}: {trouble}")
        if self.segments and self.columns.get(self.segments.column) not in (Kind.CATEGORICAL, Kind.BOOLEAN):
            apart = [n for n, kind in self.columns.items() if kind in (Kind.CATEGORICAL, Kind.BOOLEAN)]
            raise ValueError(
                f"segments: {self.segments.column} is no categorical or boolean column"
                f"{nearest(self.segments.column, apart)}"
            )
        return self

    def misread(self, problem: Problem) -> str | None:
        """Which metric takes an answer for a number that is none, or None."""
        numbers = [name for name, kind in kinds_of_answers(problem).items() if kind is Kind.NUMERIC]
        for metric in self.metrics:
            if wrong := [c for c in metric.named if c in (PREDICTION, CONFIDENCE) and c not in numbers]:
                return f"business.{metric.name}: {wrong[0]} of a {problem} model is no number; take {numbers[0]}"
        return None

    @property
    def columns(self) -> dict[str, Kind]:
        """Every watched column with its kind, the features first."""
        return self.feature_kinds | {name: kind for kind, columns in self.logged.items() for name in columns}

    @property
    def feature_kinds(self) -> dict[str, Kind]:
        """The features in the order of the file, with their kinds."""
        return {name: kind for kind, columns in self.features.items() for name in columns}

    @property
    def otherwise(self) -> Mapping[str, float | None]:
        """What a record counts as of which no value has come, by late column."""
        return {name: said.otherwise for name, said in self.late.items()}

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics as the domain knows them."""
        return tuple(metric.metric(name, self.late) for name, metric in self.business.items())

    def segments_of(self, anchor: Profile) -> Segments | None:
        """How records are told apart, chosen by the records that a version was approved on; None when they are not.

        Segments that the profile tells apart already stay, so that what a model's windows are compared with does not
        change its meaning with every version.
        """
        said = self.segments
        if said is None:
            return None
        kind = self.columns[said.column]
        if said.values:
            return Segments(said.column, said.values, kind)
        prefix = f"{said.column}="
        before = tuple(n.removeprefix(prefix) for n in anchor.segments if n.startswith(prefix))
        if before:
            return Segments(said.column, tuple(v for v in before if v != OTHER)[: said.most], kind)
        return Segments.most_frequent(said.column, said.most, anchor, kind)
