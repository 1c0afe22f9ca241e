"""A version under a layer is kept, trusted and checked like any other."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.contracts.versions import a_version, an_anchor, an_estimator, records
from watchkeeper.adapters._version_files import _digest_of, read_manifest
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.errors import BrokenVersion
from watchkeeper.layers import ClassLayer, ValueLayer

LAYER = ClassLayer(0.9, (0.0, 0.4))


@pytest.fixture
def registry(tmp_path: Path) -> FolderRegistry:
    registry = FolderRegistry(tmp_path)
    registry.register(a_version(), an_estimator(), an_anchor(), "retrain:1")
    parent = registry.load("flights", 1)
    registry.register(replace(a_version(), parent=1), LAYER.over(parent.estimator), an_anchor(), "recalibrate:1")
    return registry


def test_it_comes_back_with_its_layer_and_knows_its_parent(registry: FolderRegistry) -> None:
    first, second = (registry.load("flights", number) for number in (1, 2))
    assert (first.version.parent, second.version.parent) == (None, 1)
    assert registry.version("flights", 2) == second.version
    np.testing.assert_array_equal(second.predict(records()), LAYER.apply(first.predict(records())))
    assert second.version.digest != first.version.digest


def test_a_layer_over_a_layer_is_one(registry: FolderRegistry) -> None:
    loaded = registry.load("flights", 2).estimator
    again = ClassLayer(1.1, (0.0, -0.1)).over(loaded)
    assert again.estimator is loaded.estimator
    registry.register(replace(a_version(), parent=2), again, an_anchor(), "recalibrate:2")
    expected = ClassLayer(1.1, (0.0, -0.1)).apply(registry.load("flights", 2).predict(records()))
    np.testing.assert_allclose(registry.load("flights", 3).predict(records()), expected, atol=1e-6)


def test_a_regressions_layer_comes_back_too(registry: FolderRegistry) -> None:
    registry.register(a_version(), ValueLayer(2.0, 1.0).over(Line()), an_anchor(), "recalibrate:3")
    with pytest.raises(BrokenVersion, match=r"Line, which nobody trusts"):
        registry.load("flights", 3)
    trusting = FolderRegistry(registry.root, trusted=(f"{Line.__module__}.Line",))
    assert trusting.load("flights", 3).predict(records(4)).tolist() == [7.0] * 4


def test_a_layer_cannot_be_changed_afterwards(registry: FolderRegistry) -> None:
    file = registry.folder("flights", 2) / "model.skops"
    file.write_bytes(file.read_bytes().replace(b"schema", b"schemb", 1)[:-1])
    with pytest.raises(BrokenVersion, match=r"model\.skops was changed"):
        registry.load("flights", 2)
    manifest = registry.folder("flights", 2) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"parent": 1', '"parent": 7'))
    with pytest.raises(BrokenVersion, match=r"manifest\.json was changed"):
        registry.version("flights", 2)


def test_a_version_that_was_kept_before_there_were_parents_is_still_read(registry: FolderRegistry) -> None:
    folder = registry.folder("flights", 1)
    old = {name: value for name, value in read_manifest(folder).items() if name not in ("parent", "digest")}
    (folder / "manifest.json").write_text(json.dumps(old | {"digest": _digest_of(old)}))
    assert registry.version("flights", 1).parent is None


class Line:
    """Says three of everything."""

    def predict(self, features: object) -> np.ndarray:
        return np.full(len(features), 3.0)  # type: ignore[arg-type]
