from genomodel.calls.tools import find_tool

# Without conda a program may be missing; the cohort then goes without this page, and is told so.
WITH_MULTIQC = (
    config["report"]["multiqc"]
    and (WITH_CONDA or find_tool("multiqc") is not None)
    and any(entry.entry in ("fastq", "bam") for entry in COHORT.patients.values())
)
if config["report"]["multiqc"] and not (WITH_CONDA or find_tool("multiqc")) and workflow.is_main_process:
    logger.warning("MultiQC is not installed: the page over all samples (qc/multiqc.html) is left out")


rule collect_quality:
    input:
        stages=[path for patient in COHORT.patients for path in INPUTS.report_inputs(patient)],
        patients=config["patients"],
        samples=config["samples"],
    output:
        html=f"{RESULTS}/qc/multiqc.html",
        data=directory(f"{RESULTS}/qc/multiqc_data"),
    log:
        f"{RESULTS}/logs/multiqc.log",
    benchmark:
        f"{RESULTS}/benchmarks/multiqc/cohort.tsv"
    conda:
        "../../envs/multiqc.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], (2000 + 10 * len(COHORT.patients)) * attempt),
        runtime=lambda wildcards, attempt: (10 + len(COHORT.patients) // 20) * attempt,
    params:
        results=subpath(output.html, ancestor=2),
        genome=config["reference"]["genome"],
    message:
        "Draw the quality of all samples"
    shell:
        "genomodel multiqc --patients {input.patients:q} --samples {input.samples:q} --results {params.results:q}"
        " --genome {params.genome} --out {output.html:q} > {log:q} 2>&1"
