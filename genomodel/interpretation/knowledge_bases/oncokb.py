"""OncoKB, asked through its API with the user's own token.

A query holds a gene, an alteration, a tumor type and a genome build, and no name of a patient; it leaves this machine.
Answers are kept in the cache folder under the digest of the query, never the token. OncoKB's terms bind whoever holds
the token: clinical or commercial use needs its licence, and its content is not to train models, so that nothing of
:mod:`genomodel.response` may import this module (a test holds that).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from genomodel.core.errors import InputError
from genomodel.files import write_text
from genomodel.resources.registry import cache_folder

TOKEN = "ONCOKB_TOKEN"
URL = "ONCOKB_URL"
"""Another instance of OncoKB than the main one, such as https://demo.oncokb.org/api/v1."""
ADDRESS = "https://www.oncokb.org/api/v1"
TERMS = (
    "OncoKB (Memorial Sloan Kettering Cancer Center), https://www.oncokb.org/terms: asked with your own token; use in "
    "care or commerce needs their licence; not for training models. The gene, alteration and tumor type of each "
    "variant are sent to them."
)
LARGEST_ANSWER = 5_000_000
"""Bytes beyond which an answer is taken for none of OncoKB's."""
_PATHS = {
    "mutation": "annotate/mutations/byProteinChange",
    "copy_number": "annotate/copyNumberAlterations",
    "fusion": "annotate/structuralVariants",
}
_REFUSALS = {
    400: ("OncoKB does not understand the query", "Report it, with the query"),
    401: ("OncoKB refuses the token", f"Put a valid token of your account into {TOKEN}"),
    403: ("the account of the token may not read this", "Ask OncoKB for a licence that covers it"),
    404: ("the address is none of OncoKB's API", "Check the address"),
}
_TRY_AGAIN = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of OncoKB about one alteration."""

    kind: str
    """``mutation``, ``copy_number`` or ``fusion``."""
    parameters: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over path and parameters, under which the answer is kept."""
        text = json.dumps([_PATHS[self.kind], sorted(self.parameters.items())], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def url(self, address: str) -> str:
        """Return the query as an address, its parameters in one order."""
        return f"{address}/{_PATHS[self.kind]}?{urllib.parse.urlencode(sorted(self.parameters.items()))}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@dataclass
class OncokbClient:
    """Asks OncoKB, one query at a time, and keeps what it answered.

    Parameters
    ----------
    token
        Of the user; from the environment by :meth:`from_environment`.
    address
        Of the API; anything but https is refused, on this machine excepted.
    cache
        Folder of answers.
    timeout
        Seconds for one answer.
    tries
        How often a query is put where the server is busy or fails.
    pause
        Seconds before the second try, doubled for each further one; a server's ``Retry-After`` is kept up to 30 s.
    """

    token: str = field(repr=False)
    address: str = ADDRESS
    cache: Path | None = None
    timeout: float = 20.0
    tries: int = 3
    pause: float = 1.0

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.address)
        if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
            raise InputError(f"'{self.address}' is not encrypted; the token would be read on the way", fix="Use https")
        if not self.token.isascii() or any(sign.isspace() for sign in self.token):
            raise InputError(f"the token in {TOKEN} holds blanks or signs that no token has", fix="Copy it again")
        self._opener = urllib.request.build_opener(_NoRedirects)

    @classmethod
    def from_environment(cls, **settings: Any) -> OncokbClient:
        """Return a client with the token, and the address where there is one, of the environment.

        Raises
        ------
        InputError
            There is none.
        """
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            fix = "Get one at https://www.oncokb.org/account/settings; or leave OncoKB out"
            raise InputError(f"OncoKB needs your token in the environment variable {TOKEN}", fix=fix)
        return cls(token, **({"address": os.environ.get(URL) or ADDRESS} | settings))

    def ask(self, query: Query) -> dict[str, Any]:
        """Return OncoKB's answer, from the cache where it has been given before.

        Raises
        ------
        InputError
            The server cannot be reached, refuses, stays busy, is too slow, or answers something that is no annotation.
        """
        kept = (self.cache or cache_folder() / "oncokb") / f"{query.digest}.json"
        if kept.is_file():
            answer = _kept(kept)
            if answer is not None:
                return answer
        answer = _annotation(self._fetch(query.url(self.address)), self.address)
        day = datetime.now(UTC).date().isoformat()
        record = {"asked": dict(sorted(query.parameters.items())), "on": day, "answer": answer}
        write_text(kept, json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        return answer

    def _fetch(self, url: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "User-Agent": "genomodel"}
        request = urllib.request.Request(url, headers=headers)
        for attempt in range(1, self.tries + 1):
            try:
                with self._opener.open(request, timeout=self.timeout) as answer:
                    content: bytes = answer.read(LARGEST_ANSWER + 1)
                    return content
            except urllib.error.HTTPError as error:
                if error.code not in _TRY_AGAIN or attempt == self.tries:
                    raise self._refusal(error.code, attempt) from error
                self._wait(attempt, error.headers.get("Retry-After"))
            except TimeoutError as error:
                raise self._too_slow() from error
            except (urllib.error.URLError, HTTPException, OSError) as error:
                if isinstance(getattr(error, "reason", None), TimeoutError):
                    raise self._too_slow() from error
                what = f"OncoKB at {self.address} cannot be reached ({error})"
                raise InputError(what, fix="Check the network, or leave OncoKB out") from error
        raise AssertionError("every try returns or raises")

    def _wait(self, attempt: int, asked: str | None) -> None:
        seconds = float(asked) if asked and asked.isdigit() else self.pause * 2 ** (attempt - 1)
        time.sleep(min(seconds, 30.0))

    def _refusal(self, code: int, attempts: int) -> InputError:
        if code in _REFUSALS:
            what, fix = _REFUSALS[code]
            return InputError(f"{what} (HTTP {code}, {self.address})", fix=fix)
        if code == 429:
            return InputError(f"OncoKB wants fewer queries (HTTP 429, tried {attempts} times)", fix="Try again later")
        what = f"OncoKB at {self.address} fails (HTTP {code}, tried {attempts} times)"
        return InputError(what, fix="Try again later, or leave OncoKB out")

    def _too_slow(self) -> InputError:
        what = f"OncoKB at {self.address} did not answer within {self.timeout:g} s"
        return InputError(what, fix="Try again later, or leave OncoKB out")


def _kept(path: Path) -> dict[str, Any] | None:
    """Return an answer of the cache; one that cannot be read is asked for again."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))["answer"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return answer if isinstance(answer, dict) else None


def _annotation(content: bytes, address: str) -> dict[str, Any]:
    fix = "Check the address and whether a proxy answers in its place"
    if len(content) > LARGEST_ANSWER:
        raise InputError(f"the answer of {address} is too large for an annotation", fix=fix)
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise InputError(f"the answer of {address} is no JSON ({error})", fix=fix) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("treatments"), list) or "dataVersion" not in answer:
        raise InputError(f"the answer of {address} is no annotation: treatments or data version are missing", fix=fix)
    return answer


def mutation_query(gene: str, change: str, code: str, build: str) -> Query:
    """Return a query about a protein change in one-letter form, such as ``V600E``."""
    values = {"hugoSymbol": gene, "alteration": change, "tumorType": code, "referenceGenome": build}
    return Query("mutation", _given(values))


def copy_number_query(gene: str, kind: str, code: str, build: str) -> Query:
    """Return a query about ``AMPLIFICATION`` or ``DELETION`` of a gene."""
    values = {"hugoSymbol": gene, "copyNameAlterationType": kind, "tumorType": code, "referenceGenome": build}
    return Query("copy_number", _given(values))


def fusion_query(five: str, three: str, code: str, build: str) -> Query:
    """Return a query about a fusion of two genes."""
    values = {
        **{"hugoSymbolA": five, "hugoSymbolB": three, "structuralVariantType": "FUSION", "isFunctionalFusion": "true"},
        **{"tumorType": code, "referenceGenome": build},
    }
    return Query("fusion", _given(values))


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
