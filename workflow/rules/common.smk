"""Adapters between the sheets, read and checked by genomodel, and the rules."""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod
from snakemake.utils import validate

from genomodel.calls.calling_inputs import CallingInputs
from genomodel.calls.engines import tool_plan
from genomodel.calls.tools import tool_folders
from genomodel.calls.umi import require_umi_program
from genomodel.cohort.laboratory import read_laboratory
from genomodel.cohort.plan import plan_cohort, plan_lines
from genomodel.cohort.sheets import read_cohort, sample_name
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.paths import ResultPaths
from genomodel.files import package_digest

validate(config, "../schemas/config.schema.yaml")

RESULTS = config["results"]
FASTA = config["reference"]["fasta"]
DICT = str(Path(FASTA).with_suffix(".dict"))
BWA_INDEX = config["reference"].get("bwa_index", f"{RESULTS}/reference/bwa")
GENOME = config["reference"]["genome"]
GENOME_NOTE = f"genome: {GENOME}" + (", not a human one" if GENOME == "synthetic" else "")
CALLING = config["calling"]
SOURCES = {name: [f"--{name}", path] for name, path in sorted(config["annotation"].items())}
KNOWN_ALLELES = SOURCES.get("population") or next(
    (
        ["--population", CALLING[key], *options]
        for key, options in (("germline_resource", []), ("common_sites", ["--common-only"]))
        if key in CALLING
    ),
    [],
)
ID = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"

try:
    COHORT = read_cohort(config["patients"], config["samples"], genome=GenomeBuild(GENOME))
    INPUTS = WorkflowInputs(COHORT, ResultPaths(Path(RESULTS)), config["copy_number"]["reference"])
    WITH_CONDA = DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method
    PATIENT_PLANS = plan_cohort(COHORT, INPUTS.references, msi_baseline="baseline" in config["msi"])
    PLAN = tool_plan(CALLING, provided=WITH_CONDA)
    require_umi_program(INPUTS.with_umi(), provided=WITH_CONDA)
    read_laboratory(config.get("laboratory"))  # A broken one is told now, not when the calls are done.
except InputError as error:
    raise WorkflowError(error.message) from None
CALLS = CallingInputs(INPUTS, PLAN, CALLING)

# Programs that a site keeps in a folder of their own come behind those of PATH and of conda's environments.
shell.prefix("set -euo pipefail; PATH=$PATH" + "".join(f":'{folder}'" for folder in tool_folders()) + "; ")
HEADER = [f"--header=genomodel_genome={GENOME}", f"--header=genomodel_note={GENOME_NOTE}"]


wildcard_constraints:
    patient=ID,
    type="tumor|normal",
    lane=ID,
    pool="(capture|amplicon|wgs)-[0-9a-f]{10}",


onstart:
    for line in [*plan_lines(PATIENT_PLANS), *PLAN.lines()]:
        logger.info(line)


def memory(smallest, factor):
    """Memory in megabytes that grows with the input and with every try, up to the configured most."""
    most = config["max_mem_mb"]
    return lambda wildcards, input, attempt: min(most, int(max(smallest, factor * input.size_mb)) * attempt)


def minutes(smallest, per_gb):
    """Run time that grows with the input, in gigabytes, and with every try."""
    return lambda wildcards, input, attempt: int(smallest + per_gb * input.size_mb / 1024) * attempt
