"""Who made a report and who may review it: facts that no sequencer knows, from the laboratory's own file."""

from __future__ import annotations

from pydantic import Field

from genomodel.core.base import Noun


class Person(Noun):
    """Somebody of the laboratory whom a review or a signature may name."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")
    """As written in ``review.tsv`` and given to ``genomodel sign``."""
    name: str = Field(min_length=1)
    role: str = ""
    licence: str = ""
    """Number under which the person practices."""
    may_sign: bool = False


class Laboratory(Noun):
    """The laboratory as a report names it; what its file leaves out is shown as not provided."""

    name: str | None = None
    address: str | None = None
    contact: str | None = None
    accreditation: str | None = None
    """Scheme and number, as the laboratory writes it."""
    director: str | None = None
    identifier_system: str | None = None
    """URI that the laboratory's patient and specimen identifiers live under, for FHIR."""


NO_LABORATORY = Laboratory()


class LaboratoryFile(Noun):
    """``config/laboratory.yaml``."""

    laboratory: Laboratory = NO_LABORATORY
    persons: tuple[Person, ...] = ()

    def person(self, id_: str) -> Person | None:
        """Return a person by id."""
        return next((person for person in self.persons if person.id == id_), None)


NO_LABORATORY_FILE = LaboratoryFile()
