"""Adapters between the sheets, read and checked by genomodel, and the rules."""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

from genomodel.cohort.sheets import read_cohort, sample_name
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.paths import ResultPaths
from genomodel.files import package_digest

validate(config, "../schemas/config.schema.yaml")

RESULTS = config["results"]
FASTA = config["reference"]["fasta"]
BWA_INDEX = config["reference"].get("bwa_index", f"{RESULTS}/reference/bwa")
GENOME_NOTE = f"genome: {config['reference']['genome']}" + (
    ", not a human one" if config["reference"]["genome"] == "synthetic" else ""
)
ID = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"

try:
    COHORT = read_cohort(config["patients"], config["samples"], genome=GenomeBuild(config["reference"]["genome"]))
except InputError as error:
    raise WorkflowError(error.message) from None

INPUTS = WorkflowInputs(COHORT, ResultPaths(Path(RESULTS)))


wildcard_constraints:
    patient=ID,
    type="tumor|normal",
    lane=ID,


def memory(smallest, factor):
    """Memory in megabytes that grows with the input and with every try, up to the configured most."""
    return lambda wildcards, input, attempt: min(
        config["max_mem_mb"], int(max(smallest, factor * input.size_mb)) * attempt
    )


def minutes(smallest, per_gb):
    """Run time that grows with the input, in gigabytes, and with every try."""
    return lambda wildcards, input, attempt: int(smallest + per_gb * input.size_mb / 1024) * attempt
