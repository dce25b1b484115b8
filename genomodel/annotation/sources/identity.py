"""Which file it was that alleles were looked up in, and whether it is of the genome build of the calls."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from genomodel.annotation.sources.base import Source
from genomodel.annotation.sources.stream import AlleleFile
from genomodel.calls.vcf_text import VcfHeader
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.provenance import AlleleSource

SOURCE_HEADER = "genomodel_source"
FILES_APART = " + "
"""Stands between the names of several files of one source."""
PIECES, PIECE = 64, 65536
"""A large file is identified by so many pieces of so many bytes."""
_WHOLE = "all bytes"
_PARTS = "the size and {} evenly spaced pieces of {} bytes"
_VERSION_IN_NAME = re.compile(r"(?<![a-z])[rv](\d+(?:\.\d+)+)(?![\d])", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")
_BUILD_WORDS = {
    GenomeBuild.GRCH37: re.compile(r"GRCh37|hg19|\bb37\b|hs37d5", re.IGNORECASE),
    GenomeBuild.GRCH38: re.compile(r"GRCh38|hg38|hs38", re.IGNORECASE),
}
_SAME_BUILD = "Give the file of the genome build that the calls were made on"


def identify(file: AlleleFile) -> AlleleSource:
    """Return name, version and digest of a file that alleles were looked up in."""
    digest, of = fingerprint(file.path)
    return AlleleSource(
        id=file.source.id,
        title=file.source.title,
        looked_up=True,
        file=file.path.name,
        version=_version(file.header, file.path.name),
        sha256=digest,
        digest_of=of,
    )


def together(source: Source, parts: Sequence[AlleleSource], without: Collection[str], note: str) -> AlleleSource:
    """Return one record of the files of a source, with what could not be asked; without files, that none was."""
    if not parts:
        return absent(source)
    not_asked = {"without": tuple(sorted(without, key=lambda name: (len(name), name))), "note": note}
    if len(parts) == 1:
        return parts[0].model_copy(update=not_asked)
    versions = sorted({part.version for part in parts if part.version})
    return parts[0].model_copy(
        update={
            "file": FILES_APART.join(part.file for part in parts),
            "version": ", ".join(versions),
            "sha256": hashlib.sha256("".join(f"{part.sha256}\n" for part in parts).encode()).hexdigest(),
            "digest_of": f"the digests of {len(parts)} files",
            **not_asked,
        }
    )


def absent(source: Source) -> AlleleSource:
    """Return what stands for a source that no file was given for."""
    return AlleleSource(id=source.id, title=source.title, looked_up=False)


def fingerprint(path: Path, pieces: int = PIECES) -> tuple[str, str]:
    """Return a SHA-256 and what it was made of.

    Of a file of more than ``pieces`` times :data:`PIECE` bytes it is made of its size and evenly spaced pieces,
    the first and the last among them: hundreds of gigabytes are not read to name a file. A compressed file in which
    something is added or gone shifts all that follows, so that another release differs.
    """
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        if size <= pieces * PIECE:
            return hashlib.file_digest(handle, "sha256").hexdigest(), _WHOLE
        digest.update(f"{size}\n".encode())
        for piece in range(pieces):
            handle.seek((size - PIECE) * piece // (pieces - 1))
            digest.update(handle.read(PIECE))
    return digest.hexdigest(), _PARTS.format(pieces, PIECE)


def _version(header: VcfHeader, name: str) -> str:
    stated = header.value("fileDate") or ""
    if stated:
        return stated
    if match := _VERSION_IN_NAME.search(name):
        return f"v{match[1]}"
    if match := _DATE_IN_NAME.search(name):
        return "-".join(match.groups())
    return ""


def contigs_not_asked(file: AlleleFile, lengths: Mapping[str, int]) -> frozenset[str]:
    """Refuse a file of another build as far as its header tells, and name the contigs that it cannot be asked for.

    The mitochondrion of hg19 (16,571 bases) is another sequence than that of GRCh37 (16,569): where its length differs
    and nothing else does, it is left out.

    Parameters
    ----------
    file
        The opened file.
    lengths
        Contigs of the reference.

    Raises
    ------
    InputError
        No contig is shared, one has another length, or the header names another build.
    """
    here = {bare(name): length for name, length in lengths.items()}
    own = file.header.contig_lengths()
    title = file.source.title
    if not {bare(name) for name in file.index.contigs} & set(here):
        listed = ", ".join(sorted(file.index.contigs)[:5])
        text = f"no contig of the {title} VCF ({listed}) is in the reference"
        raise InputError(text, path=file.path, fix=_SAME_BUILD)
    other = {name: length for name, length in own.items() if here.get(bare(name), length) != length}
    for name, length in other.items():
        if bare(name) != "MT":
            text = f"{name} has {length} bases in the {title} VCF and {here[bare(name)]} in the reference"
            raise InputError(text, path=file.path, fix=_SAME_BUILD)
    stated = file.header.value("reference") or ""
    build = build_of_lengths(lengths)
    for told, words in _BUILD_WORDS.items():
        if build in _BUILD_WORDS and told is not build and words.search(stated):
            text = f"the {title} VCF is of {told.value} (##reference={stated}), the reference is {build.value}"
            raise InputError(text, path=file.path, fix=_SAME_BUILD)
    return frozenset(name for name in lengths if bare(name) == "MT" and other)


def header_line(source: AlleleSource) -> str:
    """Return the header line of an annotated VCF that says whether and where alleles were looked up."""
    fields = {"Name": source.title, "Status": "looked up" if source.looked_up else "not looked up"}
    fields |= {"File": source.file, "Version": source.version, "SHA256": source.sha256, "Of": source.digest_of}
    fields |= {"Without": ",".join(source.without), "Note": source.note}
    written = ",".join(f'{key}="{_quoted(value)}"' for key, value in fields.items() if value)
    return f"##{SOURCE_HEADER}=<ID={source.id},{written}>"


def stated_sources(header: VcfHeader) -> tuple[AlleleSource, ...]:
    """Return what the lines by :func:`header_line` say."""
    start = f"##{SOURCE_HEADER}=<ID="
    found = []
    for line in header.meta:
        if not line.startswith(start):
            continue
        identifier, _, rest = line[len(start) :].partition(",")
        fields = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', rest))
        value = {key: re.sub(r"\\(.)", r"\1", text) for key, text in fields.items()}
        found.append(
            AlleleSource(
                id=identifier,
                title=value.get("Name", identifier),
                looked_up=value.get("Status") == "looked up",
                file=value.get("File", ""),
                version=value.get("Version", ""),
                sha256=value.get("SHA256", ""),
                digest_of=value.get("Of", ""),
                without=tuple(filter(None, value.get("Without", "").split(","))),
                note=value.get("Note", ""),
            )
        )
    return tuple(found)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
