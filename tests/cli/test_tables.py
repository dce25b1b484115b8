from __future__ import annotations

import pytest
from rich.table import Table

from genomodel.cli.tables import print_table


@pytest.mark.parametrize(
    "words", ["reports[/b]/P1.html", "run [a]/P1.html", "TP53[red]", ":warning:", "[link=x]y[/link]"]
)
def test_brackets_and_colons_of_a_table_are_printed_as_they_are(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("report")
    table.add_row(words)
    print_table(table)
    assert words in capsys.readouterr().out
