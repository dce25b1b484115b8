from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.resources.oncotree import all_types, resolve_tumor_type


def test_a_code_resolves_to_its_name_and_ancestors() -> None:
    luad = resolve_tumor_type("LUAD")
    assert luad.name == "Lung Adenocarcinoma"
    assert luad.ancestors == ("NSCLC", "LUNG")
    assert luad.is_a("NSCLC")
    assert luad.is_a("LUAD")
    assert not luad.is_a("BRCA")


def test_letter_case_and_spaces_around_a_code_do_not_matter() -> None:
    assert resolve_tumor_type(" luad ").code == "LUAD"


def test_a_retired_code_is_followed_to_its_only_successor() -> None:
    assert resolve_tumor_type("CLL").code == "CLLSLL"


def test_a_code_that_was_split_names_its_successors_instead_of_guessing() -> None:
    with pytest.raises(InputError, match=r"split.*BLL.*TLL"):
        resolve_tumor_type("ALL")


def test_an_unknown_code_lists_near_matches() -> None:
    with pytest.raises(InputError, match=r"unknown OncoTree code 'LUADD'.*LUAD \(Lung Adenocarcinoma\)"):
        resolve_tumor_type("LUADD")


def test_free_text_is_answered_with_the_codes_it_may_mean() -> None:
    with pytest.raises(InputError, match="LUAD"):
        resolve_tumor_type("lung adenocarcinoma")


def test_every_ancestor_is_a_tumor_type_itself() -> None:
    types = all_types()
    assert {code for t in types.values() for code in t.ancestors} <= set(types)


@given(st.text(max_size=30))
def test_any_text_resolves_or_is_refused_as_input(text: str) -> None:
    try:
        assert resolve_tumor_type(text).code in all_types()
    except InputError as error:
        assert error.exit_code == 2
