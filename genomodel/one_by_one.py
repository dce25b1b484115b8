"""Many patients worked on in their order, in several processes: one that fails is put aside and costs no other."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from genomodel.core.errors import InputError

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing was made of one patient."""

    reason: str
    """The message of an error in the input, or the traceback of a defect."""
    user_error: bool


def attempt(work: Callable[[], Made]) -> Made | Failure:
    """Return what ``work`` makes, or why it failed; only an interruption leaves it as an exception."""
    try:
        return work()
    except InputError as error:
        return Failure(error.message, user_error=True)
    except Exception:
        return Failure(traceback.format_exc(), user_error=False)


def in_order(work: Callable[[Item], Made], items: Iterable[Item], *, jobs: int) -> Iterator[Made]:
    """Yield what ``work`` makes of each item, in their order.

    Parameters
    ----------
    work
        A function that can be sent to another process.
    items
        What to work on.
    jobs
        Number of worker processes; 1 works in this process.
    """
    if jobs == 1:
        yield from map(work, items)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(work, items, chunksize=1)
