"""One TOML file a model, and one for the house; unknown words are refused."""

from watchkeeper.spec.house import ChannelSpec, HouseSpec, TrackerSpec
from watchkeeper.spec.model import ModelSpec
from watchkeeper.spec.reading import read_house, read_model

__all__ = ["ChannelSpec", "HouseSpec", "ModelSpec", "TrackerSpec", "read_house", "read_model"]
