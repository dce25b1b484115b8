"""Where in a bgzipped file the records of a place begin, from its tabix index (``.tbi``) or CSI index (``.csi``).

The library's own look-up by place reads every place afresh and ends without a word where a block is damaged. With the
place alone, one pass over the file serves all variants, and a damaged block is an error (SAM/tabix specifications,
section 5; CSIv1).
"""

from __future__ import annotations

import gzip
import struct
import zlib
from array import array
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.errors import InputError

TABIX_WINDOW = 14
"""Bits of the smallest window of a tabix index: 16,384 bases."""
_TABIX_BINS = 37450
_REMAKE = "Index it again: tabix -f -p vcf FILE"


@dataclass(frozen=True)
class _Contig:
    """Where the records of one contig begin."""

    windows: array[int]
    """Of a tabix index: the place in the file of the first record that reaches into each window."""
    bins: dict[int, int]
    """Of a CSI index: the same by number of the bin."""
    first: int


@dataclass(frozen=True)
class PlaceIndex:
    """Places in a bgzipped file (virtual offsets) by contig and position."""

    path: Path
    contigs: dict[str, _Contig]
    smallest: int
    depth: int

    def start(self, contig: str, position: int) -> int | None:
        """Return where to begin reading for records that reach to a 0-based position or beyond, ``None`` for none."""
        known = self.contigs.get(contig)
        if known is None or known.first < 0:
            return None
        if known.windows:
            window = position >> self.smallest
            return max(known.windows[window], known.first) if window < len(known.windows) else None
        return max(self._bin_start(known, position), known.first)

    def _bin_start(self, known: _Contig, position: int) -> int:
        number = ((1 << 3 * self.depth) - 1) // 7 + (position >> self.smallest)
        while number and number not in known.bins:
            first_sibling = (((number - 1) >> 3) << 3) + 1
            number = number - 1 if number > first_sibling else (number - 1) >> 3
        return known.bins.get(number, 0)


def find_index(path: Path) -> Path:
    """Return the index beside a bgzipped file.

    Raises
    ------
    InputError
        There is none, or it was made before the file was last written.
    """
    beside = [Path(f"{path}{ending}") for ending in (".tbi", ".csi") if Path(f"{path}{ending}").is_file()]
    if not beside:
        fix = "Compress it with bgzip and index it with tabix -p vcf; the index lies beside it"
        raise InputError("the file cannot be read by place, it has no index (.tbi or .csi)", path=path, fix=fix)
    if beside[0].stat().st_mtime < path.stat().st_mtime - 1:
        text = f"the index {beside[0].name} is older than the file, so that places in it may be wrong"
        raise InputError(text, path=path, fix=f"{_REMAKE}; if it is this file's, touch it")
    return beside[0]


def read_index(path: Path) -> PlaceIndex:
    """Read a tabix or CSI index.

    Raises
    ------
    InputError
        The file is neither, or it is damaged.
    """
    try:
        with gzip.open(path, "rb") as handle:
            data = handle.read()
        return _parse(path, data)
    except (OSError, EOFError, zlib.error, struct.error, IndexError, ValueError) as error:
        raise InputError(f"the index is damaged or none of tabix ({error})", path=path, fix=_REMAKE) from error


def _parse(path: Path, data: bytes) -> PlaceIndex:
    magic, at = data[:4], 4
    smallest, depth = TABIX_WINDOW, 5
    if magic == b"TBI\1":
        (n_contigs,) = struct.unpack_from("<i", data, at)
        header = at + 4
        names_at = header + 28
    elif magic == b"CSI\1":
        smallest, depth, length = struct.unpack_from("<3i", data, at)
        header = at + 12
        names_at = header + 28
        (n_contigs,) = struct.unpack_from("<i", data, header + length)
    else:
        raise ValueError(f"it begins with {magic!r}")
    (n_name_bytes,) = struct.unpack_from("<i", data, names_at - 4)
    names = data[names_at : names_at + n_name_bytes].decode().split("\0")[:-1]
    at = names_at + n_name_bytes + (4 if magic == b"CSI\1" else 0)
    if len(names) != n_contigs:
        raise ValueError(f"{len(names)} names of {n_contigs} contigs")
    contigs = {}
    for name in names:
        contigs[name], at = _tabix_contig(data, at) if magic == b"TBI\1" else _csi_contig(data, at, depth)
    return PlaceIndex(path, contigs, smallest, depth)


def _tabix_contig(data: bytes, at: int) -> tuple[_Contig, int]:
    (n_bins,) = struct.unpack_from("<i", data, at)
    at += 4
    first = -1
    for _ in range(n_bins):
        number, n_chunks = struct.unpack_from("<Ii", data, at)
        if n_chunks and number < _TABIX_BINS - 1:
            (begin,) = struct.unpack_from("<Q", data, at + 8)
            first = begin if first < 0 else min(first, begin)
        at += 8 + 16 * n_chunks
    (n_windows,) = struct.unpack_from("<i", data, at)
    windows = array("Q")
    windows.frombytes(data[at + 4 : at + 4 + 8 * n_windows])
    if len(windows) != n_windows:
        raise ValueError("it ends too early")
    return _Contig(windows, {}, first), at + 4 + 8 * n_windows


def _csi_contig(data: bytes, at: int, depth: int) -> tuple[_Contig, int]:
    (n_bins,) = struct.unpack_from("<i", data, at)
    at += 4
    first, bins = -1, {}
    highest = ((1 << 3 * (depth + 1)) - 1) // 7
    for _ in range(n_bins):
        number, begin, n_chunks = struct.unpack_from("<IQi", data, at)
        if n_chunks and number < highest:
            bins[number] = begin
            (chunk,) = struct.unpack_from("<Q", data, at + 16)
            first = chunk if first < 0 else min(first, chunk)
        at += 16 + 16 * n_chunks
    return _Contig(array("Q"), bins, first), at
