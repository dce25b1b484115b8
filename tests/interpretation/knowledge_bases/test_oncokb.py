"""OncoKB's client against a server of our own; what it answers is made up, and its form is that of the API."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.findings import Direction
from genomodel.core.knowledge import Criterion
from genomodel.core.rearrangements import Frame
from genomodel.core.variants import Variant, VariantClass
from genomodel.interpretation.knowledge_bases import oncokb
from genomodel.interpretation.knowledge_bases.oncokb import (
    OncokbClient,
    copy_number_query,
    fusion_query,
    mutation_query,
)
from genomodel.interpretation.knowledge_bases.oncokb_statements import statements_of
from genomodel.interpretation.knowledge_bases.patient import not_asked, queries_of
from genomodel.interpretation.matching.alterations import GeneCopies, JoinedGenes, Tumor
from genomodel.interpretation.matching.evaluate import match_statements
from tests.interpretation.builders import variant
from tests.interpretation.tumors import fusion, skipped, tumor

SECRET = "11112222-token"
TREATMENT = {
    "alterations": ["V600E"],
    "drugs": [{"drugName": "Trametinib", "ncitCode": "C77908"}, {"drugName": "Dabrafenib", "ncitCode": "C82386"}],
    "level": "LEVEL_1",
    "levelAssociatedCancerType": {"code": "", "name": "", "mainType": {"name": "Melanoma"}},
    "levelExcludedCancerTypes": [{"code": "UM"}],
    "pmids": ["22663011"],
}
ANSWER = {"dataVersion": "v4.99", "lastUpdate": "05/26/2026", "treatments": [TREATMENT]}


@dataclass
class StandIn:
    """What the server answers, and what it was asked."""

    status: list[int] = field(default_factory=lambda: [200])
    content: bytes = json.dumps(ANSWER).encode()
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pieces: int = 1
    """How often the content is sent in one answer, unless the client hangs up."""
    sent: int = 0
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(answer: StandIn) -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            answer.asked.append((parts.path, parse_qs(parts.query), self.headers.get("Authorization", "")))
            time.sleep(answer.delay)
            status = answer.status.pop(0) if len(answer.status) > 1 else answer.status[0]
            self.send_response(status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):
                for _ in range(answer.pieces):
                    self.wfile.write(answer.content)
                    answer.sent += 1

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    answer.address = f"http://127.0.0.1:{server.server_port}/api/v1"
    try:
        yield answer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def client(answer: StandIn, tmp_path: Path, **settings: Any) -> OncokbClient:
    return OncokbClient(SECRET, **({"address": answer.address, "cache": tmp_path, "pause": 0.01} | settings))


QUERY = mutation_query("BRAF", "V600E", "MEL", "GRCh37")


def test_a_query_carries_the_token_and_no_patient(tmp_path: Path) -> None:
    with serving(StandIn()) as server:
        answer = client(server, tmp_path).ask(QUERY)
    assert answer["treatments"][0]["level"] == "LEVEL_1"
    ((path, parameters, authorization),) = server.asked
    assert path == "/api/v1/annotate/mutations/byProteinChange"
    assert parameters == {
        "hugoSymbol": ["BRAF"],
        "alteration": ["V600E"],
        "tumorType": ["MEL"],
        "referenceGenome": ["GRCh37"],
    }
    assert authorization == f"Bearer {SECRET}"


def test_an_answer_is_kept_by_content_and_without_the_token(tmp_path: Path) -> None:
    with serving(StandIn()) as server:
        first = client(server, tmp_path).ask(QUERY)
    kept = list(tmp_path.iterdir())
    assert [path.name for path in kept] == [f"{QUERY.digest}.json"]
    assert SECRET not in kept[0].read_text()
    assert client(StandIn(address="http://127.0.0.1:9/api/v1"), tmp_path).ask(QUERY) == first
    other = mutation_query("BRAF", "V600K", "MEL", "GRCh37")
    assert other.digest != QUERY.digest
    assert mutation_query("BRAF", "V600E", "MEL", "GRCh37").digest == QUERY.digest


def test_a_damaged_answer_in_the_cache_is_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / f"{QUERY.digest}.json").write_text('{"answer": {"treat')
    with serving(StandIn()) as server:
        assert client(server, tmp_path).ask(QUERY)["dataVersion"] == "v4.99"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "message", "queries"),
    [
        (400, "does not understand", 1),
        (401, "refuses the token", 1),
        (403, "may not read this", 1),
        (404, "none of OncoKB's API", 1),
        (429, "wants fewer queries", 3),
        (500, "fails", 3),
        (503, "fails", 3),
        (418, "fails", 1),
        (302, "fails", 1),
    ],
)
def test_a_refusal_is_named_and_nothing_is_kept(tmp_path: Path, status: int, message: str, queries: int) -> None:
    headers = {"Location": "http://127.0.0.1:9/elsewhere"} if status == 302 else {}
    with serving(StandIn(status=[status], headers=headers)) as server, pytest.raises(InputError) as error:
        client(server, tmp_path).ask(QUERY)
    assert message in error.value.message
    assert f"HTTP {status}" in error.value.message
    assert SECRET not in error.value.message
    assert len(server.asked) == queries
    assert list(tmp_path.iterdir()) == []


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    with serving(StandIn(status=[429, 503, 200], headers={"Retry-After": "0"})) as server:
        assert client(server, tmp_path).ask(QUERY)["dataVersion"] == "v4.99"
    assert len(server.asked) == 3


def test_a_slow_server_is_given_up(tmp_path: Path) -> None:
    with serving(StandIn(delay=1.0)) as server, pytest.raises(InputError, match=r"did not answer within 0\.1 s"):
        client(server, tmp_path, timeout=0.1).ask(QUERY)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be reached"):
        client(StandIn(address="http://127.0.0.1:9/api/v1"), tmp_path).ask(QUERY)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>proxy</html>", "no JSON"),
        (b"", "no JSON"),
        (json.dumps(ANSWER).encode()[:-9], "no JSON"),
        (b"[]", "no annotation"),
        (b'{"treatments": null, "dataVersion": "v4"}', "no annotation"),
        (b'{"treatments": []}', "no annotation"),
        (b"\xff\xfe", "no JSON"),
    ],
)
def test_garbage_is_refused_and_not_kept(tmp_path: Path, content: bytes, message: str) -> None:
    with serving(StandIn(content=content)) as server, pytest.raises(InputError, match=message):
        client(server, tmp_path).ask(QUERY)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oncokb, "LARGEST_ANSWER", 100)
    endless = StandIn(content=b"x" * 65536, pieces=4000)
    with serving(endless) as server, pytest.raises(InputError, match="too large"):
        client(server, tmp_path).ask(QUERY)
    assert endless.sent < endless.pieces


@pytest.mark.parametrize("address", ["http://www.oncokb.org/api/v1", "ftp://www.oncokb.org"])
def test_a_token_goes_over_no_open_line(address: str) -> None:
    with pytest.raises(InputError, match="not encrypted"):
        OncokbClient(SECRET, address=address)


def test_without_a_token_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONCOKB_TOKEN", raising=False)
    with pytest.raises(InputError, match="ONCOKB_TOKEN"):
        OncokbClient.from_environment()
    monkeypatch.setenv("ONCOKB_TOKEN", "a b\nX-Header: c")
    with pytest.raises(InputError, match="blanks"):
        OncokbClient.from_environment()


def test_the_token_is_in_no_text_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCOKB_TOKEN", SECRET)
    assert SECRET not in repr(OncokbClient.from_environment())


BRAF = Criterion(gene="BRAF", kind="allele", value="V600E", name="V600E")


def test_a_treatment_is_a_statement_about_the_alteration_that_was_asked(tmp_path: Path) -> None:
    (statement,) = statements_of(ANSWER, BRAF)
    evidence = statement.evidence
    assert (evidence.level, evidence.direction, evidence.therapy) == (
        "1",
        Direction.SENSITIVITY,
        "Trametinib + Dabrafenib",
    )
    assert "MEL" in evidence.tumor_types
    assert (statement.scope, statement.excluded) == ("listed", ("UM",))
    assert (evidence.source_name, evidence.source_id) == ("OncoKB v4.99", "PMID:22663011")
    assert statement.profile.criterion == BRAF


@pytest.mark.parametrize(
    ("change", "scope", "codes", "direction"),
    [
        ({"level": "LEVEL_R1"}, "listed", True, Direction.RESISTANCE),
        ({"levelAssociatedCancerType": {"name": "All Solid Tumors"}}, "solid", False, Direction.SENSITIVITY),
        ({"levelAssociatedCancerType": {"code": "SKCM", "name": "x"}}, "listed", True, Direction.SENSITIVITY),
        ({"levelAssociatedCancerType": {"code": "QQQ", "name": "x"}}, "listed", False, Direction.SENSITIVITY),
        ({"levelAssociatedCancerType": {"mainType": {"name": "None such"}}}, "listed", False, Direction.SENSITIVITY),
    ],
)
def test_levels_and_tumor_types(change: dict[str, Any], scope: str, codes: bool, direction: Direction) -> None:
    (statement,) = statements_of(ANSWER | {"treatments": [TREATMENT | change]}, BRAF)
    assert (statement.scope, bool(statement.evidence.tumor_types)) == (scope, codes)
    assert statement.evidence.direction is direction


@pytest.mark.parametrize("change", [{"level": None}, {"drugs": []}, {"drugs": None}])
def test_what_names_no_level_or_drug_is_no_statement(change: dict[str, Any]) -> None:
    assert statements_of(ANSWER | {"treatments": [TREATMENT | change]}, BRAF) == ()


def test_a_tumor_is_asked_about_once_for_each_alteration_and_matches_the_answer() -> None:
    amplified = GeneCopies(
        "P:ERBB2:amplification", "ERBB2", CopyNumberCall(gene="ERBB2", state=CopyNumberState.AMPLIFICATION)
    )
    neutral = GeneCopies("P:MET:neutral", "MET", CopyNumberCall(gene="MET", state=CopyNumberState.NEUTRAL))
    fused = JoinedGenes("P:EML4::ALK", "EML4", "ALK")
    withheld = JoinedGenes("P:A::B", "KIF5B", "RET", withheld="out of frame")
    tumor = Tumor(alterations=(amplified, amplified, neutral, fused, withheld))
    asked = queries_of(tumor, "LUAD")
    assert [query for query, _ in asked] == [
        copy_number_query("ERBB2", "AMPLIFICATION", "LUAD", ""),
        fusion_query("EML4", "ALK", "LUAD", ""),
    ]
    statements = [statement for _, criterion in asked for statement in statements_of(ANSWER, criterion)]
    assert [match.alterations for match in match_statements(statements, tumor)] == [(amplified.id,), (fused.id,)]


def test_a_residue_of_two_numbers_is_asked_under_both() -> None:
    found = variant("MYD88", "L252P", transcript="NM_002468.5")
    asked = [query.parameters["alteration"] for query, _ in queries_of(tumor(found), "WM")]
    assert asked == ["L252P", "L265P"]
    _, criterion = queries_of(tumor(found), "WM")[1]
    assert match_statements(statements_of(ANSWER, criterion), tumor(found))


def test_what_no_query_tells_of_is_named() -> None:
    promoter = variant("TERT", "", VariantClass.NONCODING, place=Variant(chrom="5", pos=1295113, ref="G", alt="A"))
    silent = variant("TP53", "T125=", VariantClass.SYNONYMOUS)
    of = tumor(
        *(promoter, silent, variant("BRAF", "V600E")),
        joined=(skipped("MET", 14, 14), fusion("KIF5B", "RET", frame=Frame.OUT_OF_FRAME), fusion("EML4", "ALK")),
    )
    left = not_asked(of)
    assert len(left) == 3
    assert promoter.variant.key in left
    assert any(name.startswith("MET") for name in left)
    assert any("RET" in name for name in left)
