FURTHER_FORMS = config["report"]["forms"]
PRESENTED = [
    # Forms that are named stand in place of the usual ones, which are wanted too; --no-pdf takes the PDF out again.
    *([f"--form={form}" for form in ("html", "pdf", "dispositions", *FURTHER_FORMS)] if FURTHER_FORMS else []),
    *(["--laboratory", config["laboratory"]] if "laboratory" in config else []),
    *(["--reviews", config["report"]["reviews"]] if "reviews" in config["report"] else []),
    "--predictions",
    config["report"]["predictions"],
    *(["--reported-on", str(config["report"]["reported_on"])] if "reported_on" in config["report"] else []),
]
# The reads that pictures are drawn of are no inputs: the stages are made from them, and a site that puts alignments away
# must not have them made again for a new patient beside. What is there is taken, and what was drawn is kept.
READ_LIMITS = [
    f"--min-base-quality={CALLING['min_base_quality']}",
    f"--min-mapping-quality={CALLING['min_mapping_quality']}",
]
# What reviewers decided is an input of the reports once it is there.
REVIEWS = {
    patient: table
    for patient in COHORT.patients
    if Path(table := f"{config['report'].get('reviews', f'{RESULTS}/reports/review')}/{patient}.review.tsv").is_file()
}
POLICY = ["--germline", config["germline"], *(["--trials", config["trials"]] if "trials" in config else [])]


rule report_cohort:
    input:
        stages=[path for patient in COHORT.patients for path in INPUTS.report_inputs(patient)],
        trials=config.get("trials", []),
        laboratory=config.get("laboratory", []),
        reviews=list(REVIEWS.values()),
        patients=config["patients"],
        samples=config["samples"],
        fasta=FASTA,
        gff=config["reference"]["gff"],
    output:
        # Reports are no outputs of their own: Snakemake deletes those before a job, so that one new patient would cost all.
        manifest=f"{RESULTS}/reports/manifest.json",
    log:
        f"{RESULTS}/logs/report/cohort.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/cohort.tsv"
    conda:
        "../../envs/genomodel.yaml"
    threads: 4
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 4000 * attempt),
        runtime=lambda wildcards, attempt: (10 + len(COHORT.patients) // 10) * attempt,
    params:
        results=subpath(output.manifest, ancestor=2),
        genome=config["reference"]["genome"],
        pdf="--pdf" if config["report"]["pdf"] else "--no-pdf",
        sources=sum(SOURCES.values(), []),
        knowledge=[option for name in config["knowledge"] for option in ("--knowledge", name)],
        exports=[option for name in config["exports"] for option in ("--export", name)],
        policy=POLICY,
        reads=READ_LIMITS,
        presented=PRESENTED,
        # New knowledge, a new model or a new page make the reports again; calls are left as they are.
        software=package_digest(),
    message:
        "Report on all patients"
    shell:
        "genomodel report-cohort --patients {input.patients:q} --samples {input.samples:q} --results {params.results:q}"
        " --genome {params.genome} --reference {input.fasta:q} --gff {input.gff:q} {params.sources:q} {params.knowledge:q}"
        " --jobs {threads} {params.pdf} {params.policy:q} {params.reads} {params.presented:q} {params.exports}"
        " --manifest {output.manifest:q} > {log:q} 2>&1"


# For a patient named by file, e.g. results/reports/P1.html; the batch above makes the same files for all.
rule report_patient:
    input:
        stages=lambda wildcards: INPUTS.report_inputs(wildcards.patient),
        trials=config.get("trials", []),
        laboratory=config.get("laboratory", []),
        reviews=lambda wildcards: REVIEWS.get(wildcards.patient, []),
        patients=config["patients"],
        samples=config["samples"],
        fasta=FASTA,
        gff=config["reference"]["gff"],
    output:
        html=f"{RESULTS}/reports/{{patient}}.html",
        json=f"{RESULTS}/reports/{{patient}}.json",
    log:
        f"{RESULTS}/logs/report/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 4000 * attempt),
        runtime=lambda wildcards, attempt: 10 * attempt,
    params:
        results=subpath(output.html, ancestor=2),
        genome=config["reference"]["genome"],
        pdf="--pdf" if config["report"]["pdf"] else "--no-pdf",
        sources=sum(SOURCES.values(), []),
        knowledge=[option for name in config["knowledge"] for option in ("--knowledge", name)],
        policy=POLICY,
        reads=READ_LIMITS,
        presented=PRESENTED,
    message:
        "Report on {wildcards.patient}"
    shell:
        "genomodel report-cohort --patients {input.patients:q} --samples {input.samples:q} --results {params.results:q}"
        " --genome {params.genome} --reference {input.fasta:q} --gff {input.gff:q} {params.sources:q} {params.knowledge:q}"
        " {params.pdf} {params.policy:q} {params.reads} {params.presented:q}"
        " --patient {wildcards.patient:q} > {log:q} 2>&1"
