"""The grammar of what conditions ask for: what is read, and how what cannot be read is told."""

from __future__ import annotations

import pytest

from genomodel.core.errors import InputError
from genomodel.interpretation.matching import parse_rule
from genomodel.interpretation.requirements import EXTENTS, GROUPS, KINDS, Ages, Join, Requirement, parse_requirement

FORM = f"Kinds: {', '.join(KINDS)}; as in stage:metastatic & !prior:ALK Inhibitor, or the one word fact or reader"
ADULT = Requirement(kind="age", value="18+", ages=Ages(low=18))
FIRST = Requirement(kind="line", value="1")
FEMALE = Requirement(kind="sex", value="female")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("receptor:HER2=low", Requirement(kind="receptor", value="HER2=low", names=("HER2", "low"))),
        ("line:12+", Requirement(kind="line", value="12+")),
        ("stage:locally_advanced", Requirement(kind="stage", value="locally_advanced")),
        ("group:II,III", Requirement(kind="group", value="II,III", names=("II", "III"))),
        ("prior:any", Requirement(kind="prior", value="any")),
        ("prior:Osimertinib", Requirement(kind="prior", value="Osimertinib", names=("Osimertinib",))),
        ("age:18+", ADULT),
        ("age:<60", Requirement(kind="age", value="<60", ages=Ages(below=60))),
        ("age:16-60", Requirement(kind="age", value="16-60", ages=Ages(16, 61))),
        ("sex:male", Requirement(kind="sex", value="male")),
        ("type:LUAD,LUSC", Requirement(kind="type", value="LUAD,LUSC", names=("LUAD", "LUSC"))),
        ("origin:germline", Requirement(kind="origin", value="germline")),
        ("origin:somatic", Requirement(kind="origin", value="somatic")),
        (
            "tumor:{ KRAS/hotspot }",
            Requirement(kind="tumor", value="KRAS/hotspot", profile=parse_rule("KRAS/hotspot")),
        ),
        ("tumor:{KRAS/hotspot}", Requirement(kind="tumor", value="KRAS/hotspot", profile=parse_rule("KRAS/hotspot"))),
        ("reader", Requirement(kind="reader")),
        ("reader:fit for surgery", Requirement(kind="reader", value="fit for surgery")),
        ("age:18+ & line:1 & sex:female", Requirement(Join.ALL, (ADULT, FIRST, FEMALE))),
        ("age:18+ | line:1", Requirement(Join.ANY, (ADULT, FIRST))),
        ("age:18+ & line:1 | sex:female", Requirement(Join.ANY, (Requirement(Join.ALL, (ADULT, FIRST)), FEMALE))),
        ("age:18+ & (line:1 | sex:female)", Requirement(Join.ALL, (ADULT, Requirement(Join.ANY, (FIRST, FEMALE))))),
        ("!age:18+ & line:1", Requirement(Join.ALL, (Requirement(Join.NOT, (ADULT,)), FIRST))),
        ("!(age:18+ | line:1)", Requirement(Join.NOT, (Requirement(Join.ANY, (ADULT, FIRST)),))),
    ],
)
def test_a_requirement_is_read_to_its_parts(text: str, read: Requirement) -> None:
    assert parse_requirement(text) == read


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("receptor:HER2=maybe", "'HER2=maybe' is no state of a receptor", "As in receptor:HER2=negative"),
        ("receptor:HER2=low=low", "'HER2=low=low' is no state of a receptor", "As in receptor:HER2=negative"),
        ("line:0", "'0' is no line of treatment", "As in line:1 or line:2+"),
        ("age:old", "'old' is no range of ages", "As in age:18+, age:<60 or age:16-60"),
        ("prior:Tagrisso", "'Tagrisso' is no drug or class by its normalized name", "Write it as Osimertinib"),
        (
            "prior:Osimertinb",
            "'Osimertinb' is no drug or class by its normalized name",
            "Drugs and classes are in drugs.tsv and drug_classes.tsv",
        ),
        ("tumor:KRAS", "'KRAS' is no match rule in braces", "As in tumor:{KRAS/hotspot | NRAS/hotspot}"),
        ("stage:late", f"'late' is no extent of the disease: {', '.join(EXTENTS)}", FORM),
        ("group:V", f"'V' is no stage group: {', '.join(GROUPS)}", FORM),
        ("sex:unknown", "'unknown' is no sex: female, male", FORM),
        ("origin:both", "'both' is no origin: germline, somatic", FORM),
        ("type:XYZ", "'XYZ' is no OncoTree code", FORM),
        ("kin:1", "'kin' is no kind of requirement", FORM),
        ("age:18+ &", "'age:18+ &' is no requirement: a part is missing", FORM),
        ("| age:18+", "'| age:18+' is no requirement: a part is missing", FORM),
        ("(age:18+", "'(age:18+' is no requirement: a parenthesis is not closed", FORM),
        ("age:18+ )", "'age:18+ )' is no requirement: ')' is not expected there", FORM),
        ("reader ?", "'reader ?' is no requirement: '?' is not expected there", FORM),
    ],
)
def test_what_cannot_be_read_is_told_with_what_would_be(text: str, what: str, fix: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_requirement(text)
    assert (caught.value.what, caught.value.fix) == (what, fix)


def test_atoms_are_named_in_the_order_of_the_text() -> None:
    assert list(parse_requirement("!(age:18+ | line:1) & sex:female").atoms()) == [ADULT, FIRST, FEMALE]
