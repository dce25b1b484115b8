# One engine, one file; those that cannot run here are left out of the graph, and the plan says so.
for engine in (*PLAN.engines, "given"):

    include: f"{engine}.smk"


if PLAN.forces_hotspots:

    include: "pon.smk"


rule decide_calls:
    input:
        calls=lambda wildcards: CALLS.calls(wildcards.patient, forced=True),
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        hotspots=rules.list_hotspot_alleles.output.alleles,
    output:
        vcf=f"{RESULTS}/calls/consensus/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/consensus/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/decide/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/decide/{{patient}}.tsv"
    conda:
        "../../envs/varlociraptor.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000, 2),
        runtime=minutes(20, 120),
    params:
        calls=lambda wildcards: CALLS.calls_options(wildcards.patient, forced=True),
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        library=lambda wildcards: CALLS.library(wildcards.patient),
        purity=lambda wildcards: INPUTS.purity_option(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        judge=PLAN.judge.value,
        rule=CALLING["pass_rule"],
        contamination=["--contamination", CALLING["contamination"]] if "contamination" in CALLING else [],
        fdr=CALLING["fdr"],
        population=KNOWN_ALLELES,
        max_depth=CALLING["max_depth"],
        base_quality=CALLING["min_base_quality"],
        mapping_quality=CALLING["min_mapping_quality"],
        not_run=PLAN.not_run_options(),
    message:
        "Decide over the candidates of {wildcards.patient}"
    shell:
        "genomodel decide {params.calls:q} {params.samples:q} --reference {input.fasta:q} --judge {params.judge}"
        " --pass-rule {params.rule} --library {params.library} {params.purity} {params.contamination} {params.bed:q}"
        " --fdr {params.fdr} --max-depth {params.max_depth} --hotspots {input.hotspots:q}"
        " {params.population:q}"
        " --min-base-quality {params.base_quality} --min-mapping-quality {params.mapping_quality}"
        " {params.not_run:q} --threads {threads} --out {output.vcf:q} > {log:q} 2>&1"
