rule call_mutect2:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        dict=DICT,
        site=CALLS.site_files(),
    output:
        vcf=f"{RESULTS}/calls/mutect2/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/mutect2/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/mutect2/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/mutect2/{{patient}}.tsv"
    conda:
        "../../envs/gatk.yaml"
    threads: CALLING["shards"]
    resources:
        mem_mb=lambda wildcards, threads, attempt: min(config["max_mem_mb"], 4000 * threads * attempt),
        runtime=minutes(60, 600),
    params:
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        library=lambda wildcards: CALLS.library(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        site=CALLS.site_options(),
        shards=CALLING["shards"],
        header=HEADER,
    message:
        "Call {wildcards.patient} with Mutect2, and filter"
    shell:
        "genomodel call-mutect2 --reference {input.fasta:q} {params.samples:q} {params.bed:q} {params.site:q}"
        " --library {params.library} --shards {params.shards} --threads {threads} --memory-mb {resources.mem_mb}"
        " {params.header:q} --out {output.vcf:q} > {log:q} 2>&1"


# Every engine's silence can be wrong: a hotspot that one of them saw is looked at once more before it is judged.
rule force_call_hotspots:
    input:
        calls=lambda wildcards: CALLS.calls(wildcards.patient, forced=False),
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        dict=DICT,
        hotspots=rules.list_hotspot_alleles.output.alleles,
        site=CALLS.site_files("germline_resource", "panel_of_normals"),
    output:
        vcf=f"{RESULTS}/calls/forced/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/forced/{{patient}}.vcf.gz.tbi",
        alleles=f"{RESULTS}/calls/forced/{{patient}}.alleles.vcf.gz",
        alleles_tbi=f"{RESULTS}/calls/forced/{{patient}}.alleles.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/forced/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/forced/{{patient}}.tsv"
    conda:
        "../../envs/gatk.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 4000 * attempt),
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        calls=lambda wildcards: CALLS.calls_options(wildcards.patient, forced=False),
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        library=lambda wildcards: CALLS.library(wildcards.patient),
        site=CALLS.site_options("germline_resource", "panel_of_normals"),
        header=HEADER,
    message:
        "Look once more at hotspot alleles of {wildcards.patient}"
    shell:
        "genomodel force-call {params.calls:q} --hotspots {input.hotspots:q} --reference {input.fasta:q}"
        " {params.samples:q} {params.site:q} --library {params.library} --memory-mb {resources.mem_mb}"
        " {params.header:q} --out {output.vcf:q} > {log:q} 2>&1"
