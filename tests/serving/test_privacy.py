"""What is private never leaves the host."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.hosts import says
from watchkeeper.serving import LoggedModel, PredictionLogger, import_labels
from watchkeeper.serving.privacy import SALT, Privacy

SECRET = "a salt of more than sixteen bytes"  # noqa: S105 - of this test


@pytest.fixture
def _salted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SALT, SECRET)


def table(root: Path, part: str) -> pa.Table:
    return pq.ParquetFile(next(root.glob(f"flights/{part}/day=*/*.parquet"))).read()


def everything(root: Path) -> bytes:
    return b"".join(file.read_bytes() for file in root.rglob("*") if file.is_file())


@pytest.mark.usefixtures("_salted")
def test_private_columns_are_left_out_or_hashed_before_anything_is_written(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", without=["name"], hashed=["email", "_id", "_key"], every=3_600)
    for n in range(3):
        person = {"name": f"Ada {n}", "email": f"ada{n % 2}@example.org", "age": 36 + n}
        logger.log(f"request-{n}", f"ada-{n}", 1, person, 0.5)  # noqa: G004 - no logging module
        logger.log_label(f"request-{n}", 1.0)
        logger.log_shadow(f"request-{n}", f"ada-{n}", 2, 0.5)
    assert logger.close()
    records = table(tmp_path, "predictions")
    assert "name" not in records.column_names
    assert records["age"].to_pylist() == [36, 37, 38]
    emails = records["email"].to_pylist()
    assert emails[0] == emails[2] != emails[1]
    assert {len(email) for email in emails} == {32}
    assert records["_id"].to_pylist() == table(tmp_path, "labels")["_id"].to_pylist()
    assert records["_id"].to_pylist() == table(tmp_path, "shadows")["_id"].to_pylist()
    assert not any(word in everything(tmp_path) for word in (b"Ada", b"ada", b"request-", SECRET.encode()))


@pytest.mark.usefixtures("_salted")
def test_equal_values_have_one_hash_whatever_else_is_in_their_batch(tmp_path: Path) -> None:
    found = []
    for place, others in enumerate(([], [None], ["text"], [2.5])):
        logger = PredictionLogger(tmp_path / str(place), "flights", hashed=["account"], every=3_600)
        for n, value in enumerate([7, *others]):
            logger.log(f"r{n}", "k", 1, {"account": value}, 0.5)
        assert logger.close()
        found.append(table(tmp_path / str(place), "predictions")["account"].to_pylist()[0])
    assert len(set(found)) == 1


def test_hashes_of_two_salts_have_nothing_in_common() -> None:
    one, two = Privacy(salt=b"a" * 16), Privacy(salt=b"b" * 16)
    assert one.hide("ada@example.org") != two.hide("ada@example.org")
    assert one.hide("ada@example.org") == one.hide("ada@example.org")


def test_a_key_that_is_left_out_is_missing_and_the_record_is_kept(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", without=["_key"], every=3_600)
    logger.log("r1", "ada", 1, {}, 0.5)
    assert logger.close()
    assert table(tmp_path, "predictions")["_key"].to_pylist() == [None]
    assert b"ada" not in everything(tmp_path)


@pytest.mark.usefixtures("_salted")
def test_what_cannot_be_kept_is_not_told_when_values_are_private(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", hashed=["email"], every=3_600)
    logger._writer.buffer.offer("predictions", (0, "ada", "k", 1, 5, 0.5, None, None, None))  # noqa: SLF001 - no mapping
    assert not logger.flush()
    assert logger.last_error == "ValueError: TypeError while private columns were written"
    logger.close()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"without": ["_id"]}, "no record is of use without"),
        ({"without": ["a"], "hashed": ["a"]}, "left out or hashed, not both"),
        ({"hashed": ["_version"]}, "only _id and _key can be hashed"),
        ({"hashed": ["a"]}, SALT),
    ],
)
def test_what_cannot_be_private_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, list[str]], says: str
) -> None:
    monkeypatch.delenv(SALT, raising=False)
    with pytest.raises(ValueError, match=says):
        PredictionLogger(tmp_path, "flights", **settings)


@pytest.mark.parametrize("salt", ["short", "x" * 500])
def test_a_salt_is_long_enough_and_may_be_very_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, salt: str) -> None:
    monkeypatch.setenv(SALT, salt)
    if salt == "short":
        with pytest.raises(ValueError, match="at least 16 bytes"):
            PredictionLogger(tmp_path, "flights", hashed=["a"])
    else:
        assert PredictionLogger(tmp_path, "flights", hashed=["a"]).close()


class Half:
    """A model that is never sure."""

    predict = staticmethod(says(0.5))


@pytest.mark.usefixtures("_salted")
def test_a_wrapped_model_that_hides_ids_tells_none_by_its_keys_and_finds_imported_labels(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path / "kept", "flights", hashed=["_id"], every=3_600)
    LoggedModel(Half(), logger, 1).predict([{"age": 36}], ids=["ada@example.org"])
    LoggedModel(Half(), logger, 1).predict([{"age": 37}], ids=["eve@example.org"], keys=["site-7"])
    assert logger.close()
    ids = table(tmp_path / "kept", "predictions")["_id"].to_pylist()
    assert table(tmp_path / "kept", "predictions")["_key"].to_pylist() == [ids[0], "site-7"]
    file = tmp_path / "labels.csv"
    file.write_text("id,label\nada@example.org,1\neve@example.org,0\n")
    assert import_labels(tmp_path / "kept", "flights", file, hashed=True) == 2
    assert table(tmp_path / "kept", "labels")["_id"].to_pylist() == ids
    assert b"@example" not in everything(tmp_path / "kept")


def test_ids_of_imported_labels_are_hashed_with_a_salt_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SALT, raising=False)
    with pytest.raises(ValueError, match=SALT):
        import_labels(tmp_path, "flights", pa.table({"id": ["a"], "label": [1]}), hashed=True)
    assert not list(tmp_path.iterdir())
