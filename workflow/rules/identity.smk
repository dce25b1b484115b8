from genomodel.calls.identity.thresholds import identity_thresholds

# Limits are read here, so that a wrong one stops the run before any job.
try:
    identity_thresholds([f"{name}={value}" for name, value in config["identity"].items()])
except InputError as error:
    raise WorkflowError(error.message) from None


# Tumor and normal against each other, before anything is called on them.
rule check_samples:
    input:
        tumor=lambda wildcards: INPUTS.final_alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.final_alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        site=CALLS.site_files("common_sites"),
    output:
        json=f"{RESULTS}/identity/{{patient}}.json",
        genotypes=f"{RESULTS}/identity/{{patient}}.genotypes.tsv",
    log:
        f"{RESULTS}/logs/check_samples/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/check_samples/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        normal=lambda wildcards, input: ["--normal", input.normal[0]] if input.normal else [],
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        site=CALLS.site_options("common_sites"),
        sheet=lambda wildcards: INPUTS.identity_options(wildcards.patient),
        thresholds=[f"--threshold={name}={value}" for name, value in config["identity"].items()],
        doubts=config["samples_check"],
    message:
        "Check the samples of {wildcards.patient} against each other and the assayed regions"
    shell:
        "genomodel check-samples --tumor {input.tumor[0]:q} {params.normal:q} {params.bed:q} {params.site:q}"
        " --reference {input.fasta:q} {params.sheet:q} {params.thresholds:q} --{params.doubts}"
        " --genotypes {output.genotypes:q} --out {output.json:q} > {log:q} 2>&1"


# The samples of all patients against each other, in one job.
rule match_samples:
    input:
        genotypes=INPUTS.genotypes(),
        patients=config["patients"],
        samples=config["samples"],
    output:
        json=f"{RESULTS}/identity/cohort/matches.json",
    log:
        f"{RESULTS}/logs/match_samples/cohort.log",
    benchmark:
        f"{RESULTS}/benchmarks/match_samples/cohort.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 4000 * attempt),
        runtime=lambda wildcards, attempt: (10 + len(COHORT.patients) // 100) * attempt,
    params:
        results=subpath(output.json, ancestor=3),
        min_sites=config["identity"]["min_sites"],
    message:
        "Look for samples of one person under two patients"
    shell:
        "genomodel match-samples --patients {input.patients:q} --samples {input.samples:q} --results {params.results:q}"
        " --min-sites {params.min_sites} --out {output.json:q} > {log:q} 2>&1"
