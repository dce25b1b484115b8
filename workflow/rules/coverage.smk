from genomodel.calls.quality.limits import limit_words
from genomodel.core.patients import Assay

# Limits are read here, so that a wrong one stops the run before any job.
try:
    QUALITY = {assay: limit_words(config["quality"], assay) for assay in Assay}
except InputError as error:
    raise WorkflowError(error.message) from None


# The programs' own tables, qc/<patient>.<type>.regions.bed.gz among them, come along undeclared: a patient without a normal,
# or without a BED, has fewer of them.
rule measure_quality:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        molecules=lambda wildcards: INPUTS.umi_tables(wildcards.patient),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
    output:
        json=f"{RESULTS}/quality/{{patient}}.json",
        tsv=f"{RESULTS}/quality/{{patient}}.tsv",
    log:
        f"{RESULTS}/logs/quality/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/quality/{{patient}}.tsv"
    conda:
        "../../envs/mosdepth.yaml"
    threads: 2
    resources:
        mem_mb=memory(1500, 0.1),
        runtime=minutes(10, 30),
    params:
        tables=f"{RESULTS}/qc/{{patient}}",
        samples=lambda wildcards: INPUTS.quality_options(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        limits=lambda wildcards: [
            word for limit in QUALITY[INPUTS.assay(wildcards.patient)] for word in ("--limit", limit)
        ],
    message:
        "Measure the quality of the reads of {wildcards.patient}"
    shell:
        "genomodel quality --tumor {input.tumor[0]:q} {params.samples:q} {params.bed:q} --gff {input.gff:q}"
        " --reference {input.fasta:q} {params.limits:q} --tables {params.tables:q} --threads {threads}"
        " --out {output.json:q} > {log:q} 2>&1"
