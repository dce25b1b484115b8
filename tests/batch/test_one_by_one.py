from __future__ import annotations

import pytest

from genomodel.core.errors import InputError
from genomodel.one_by_one import Failure, attempt, in_order


def test_an_input_error_is_told_by_its_message_and_a_defect_by_its_traceback() -> None:
    def raising(error: BaseException) -> int:
        raise error

    assert attempt(lambda: 3) == 3
    wrong = attempt(lambda: raising(InputError("no such gene", row=2)))
    assert wrong == Failure(InputError("no such gene", row=2).message, user_error=True)
    defect = attempt(lambda: raising(ZeroDivisionError("by zero")))
    assert isinstance(defect, Failure)
    assert not defect.user_error
    assert "Traceback" in defect.reason
    assert defect.reason.endswith("ZeroDivisionError: by zero\n")
    with pytest.raises(KeyboardInterrupt):
        attempt(lambda: raising(KeyboardInterrupt()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_made_comes_in_the_order_of_the_items(jobs: int) -> None:
    assert list(in_order(abs, [-3, 2, -1], jobs=jobs)) == [3, 2, 1]
