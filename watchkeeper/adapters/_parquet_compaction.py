"""Many small files of a closed day become few large ones, and nothing is lost on the way.

A compacted file is written beside the files it is made of, read back, and held against them: every row in its place,
and the number and a digest of the ids. Then it gets its name, in one step, and its footer names the files in whose
place it is: from then on readers pass those over. They are removed an hour later, when whoever listed them before has
read them, and after the compacted file was read once more. A kill between any two steps leaves a draft that no reader
sees, or files that no reader counts twice; the next run goes on from there.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.adapters._parquet_digests import DIGEST, digest_of, first_of_each, ids_in, same_rows
from watchkeeper.adapters._parquet_files import (
    COMPACT,
    REPLACES,
    STORE,
    Trouble,
    entries,
    files_of,
    footer_of,
    microseconds,
    replaced_by,
    those,
)
from watchkeeper.adapters._parquet_ids import Mask
from watchkeeper.domain.keeping import Compaction
from watchkeeper.errors import OutsideError
from watchkeeper.serving.files import UNIQUE, write_parquet
from watchkeeper.serving.layout import arriving, settle

__all__ = ["GRACE", "compacted_day"]

GRACE = timedelta(hours=1)
"""So long the files that were replaced stay, for readers that listed them before."""

ABANDONED = timedelta(days=1)
"""A draft of this age has no writer any more."""

MOST_ROWS, MOST_VALUES = 2**20, 2**25
"""A compacted file has no more rows, and no more values (256 MB in memory), than this."""

SELDOM = 8
"""A column whose values come so often each, on average, is written with a dictionary, fractions too."""


def compacted_day(day: Path, trouble: Trouble, *, once: bool, grace: timedelta = GRACE) -> Compaction:
    """Put a closed day's folder in order.

    Args:
        once: whether of rows with one id only the first counts, as of records.
        grace: how long replaced files stay.
    """
    done = Compaction(removed=_swept(day, trouble, grace))
    if any(COMPACT in file.name and _replaced(file) for file in entries(day)):
        return done  # what was replaced is still there: nothing is replaced twice
    alike = _alike(files_of(day), trouble)
    if any(map(_groups, alike.values())):
        sound = _sound([file for found in alike.values() for _, file in found], trouble)
        first = first_of_each(sound) if once else {}
        whole = [[(footer, file) for footer, file in found if file in sound] for found in alike.values()]
        for files in (group for found in whole for group in _groups(found)):
            done += _compacted(files, first)
    return done


def _replaced(file: Path) -> list[Path]:
    """The files in whose place a compacted one is, and that are still there."""
    return [path for name in sorted(replaced_by(file)) if (path := file.parent / name).exists()]


def _swept(day: Path, trouble: Trouble, grace: timedelta) -> int:
    """Remove abandoned drafts, and what was replaced long enough ago; how many of the latter."""
    removed = 0
    for file in entries(day):
        if file.name.endswith(".draft") and _age(file) >= ABANDONED:
            file.unlink(missing_ok=True)
        elif COMPACT in file.name and (gone := _replaced(file)) and _age(file) >= grace:
            with trouble.around(file):
                _proven(file)
                for path in gone:
                    path.unlink(missing_ok=True)
                removed += len(gone)
    return removed


def _age(file: Path) -> timedelta:
    """How old a file is; nothing when it has just gone away."""
    with suppress(FileNotFoundError):
        return timedelta(seconds=time.time() - file.stat().st_mtime)
    return timedelta(0)


def _alike(files: Sequence[Path], trouble: Trouble) -> dict[str, list[tuple[pq.FileMetaData, Path]]]:
    """The files that can be read, with their footers, by the columns they have."""
    found: dict[str, list[tuple[pq.FileMetaData, Path]]] = defaultdict(list)
    for file in files:
        with trouble.around(file):
            footer = footer_of(file, ["_id", "_at"])
            found[str(footer.schema.to_arrow_schema().remove_metadata())].append((footer, file))
    return found


def _sound(files: Sequence[Path], trouble: Trouble) -> list[Path]:
    """The files of which every page can be read, by name."""
    found = []
    for file in sorted(files):
        with trouble.around(file):
            _read(file)
            found.append(file)
    return found


def _groups(files: Sequence[tuple[pq.FileMetaData, Path]]) -> list[list[Path]]:
    """Files that become one; large ones, and those without another of their kind, stay as they are."""
    groups: list[list[Path]] = [[]]
    rows = 0
    for footer, file in files:
        most = min(MOST_ROWS, MOST_VALUES // footer.num_columns)
        if 2 * footer.num_rows >= most:
            continue
        if rows + footer.num_rows > most:
            groups.append([])
            rows = 0
        groups[-1].append(file)
        rows += footer.num_rows
    return [group for group in groups if len(group) > 1]


def _compacted(files: Sequence[Path], first: Mapping[Path, Mask]) -> Compaction:
    """One file in the place of several; `first` says which rows of each stay, all where it says nothing."""
    parts = [_read(file) for file in files]
    kept = [those(part, first[file]) if file in first else part for file, part in zip(files, parts, strict=True)]
    table = _by_time(pa.concat_tables(kept))
    ids = (ids_in(file).filter(pa.array(first[file])) if file in first else ids_in(file) for file in files)
    written = {REPLACES: json.dumps([file.name for file in files]).encode(), DIGEST: digest_of(ids).encode()}
    unique = UNIQUE if pc.count_distinct(table.column("_id"), mode="all").as_py() == table.num_rows else {}
    target = _put(table.replace_schema_metadata(written | unique), files[0])
    before, after = sum(file.stat().st_size for file in files), target.stat().st_size
    twice = sum(part.num_rows for part in parts) - table.num_rows
    return Compaction(1, len(files), table.num_rows, twice, bytes_before=before, bytes_after=after)


def _put(table: pa.Table, beside: Path) -> Path:
    """Write a compacted file, read it back, and name it: it sorts where the first of those it is made of does."""
    made_of = sha256(table.schema.metadata[REPLACES]).hexdigest()
    target = beside.with_name(f"{beside.stem.split(COMPACT)[0]}{COMPACT}{made_of[:24]}.parquet")
    with arriving(beside.parent) as draft:
        write_parquet(table, draft, _repeating(table))
        _proven(draft)
        if not same_rows(_read(draft), table):
            raise OutsideError(STORE, f"{draft}: what was written is not what was read of it")
        settle(draft, target)
    return target


def _proven(file: Path) -> None:
    """See that a compacted file holds what it was made of. Raises OutsideError when it does not."""
    with pq.ParquetFile(file) as opened:
        said = (opened.metadata.metadata or {}).get(DIGEST, b"").decode()
    if digest_of([ids_in(file)]) != said:
        raise OutsideError(STORE, f"{file} does not hold the records it was made of; what it is made of stays")


def _read(file: Path) -> pa.Table:
    with pq.ParquetFile(file, page_checksum_verification=True) as opened:
        return opened.read().replace_schema_metadata(None)


def _by_time(table: pa.Table) -> pa.Table:
    return table.take(pa.array(np.argsort(microseconds(table), kind="stable"))).combine_chunks()


def _repeating(table: pa.Table) -> list[str]:
    """The columns of numbers whose values come often."""
    numbers = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    return [n for n in numbers if pc.count_distinct(table.column(n)).as_py() * SELDOM <= table.num_rows]
