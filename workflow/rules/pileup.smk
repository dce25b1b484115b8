rule call_pileup:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        vcf=f"{RESULTS}/calls/pileup/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/pileup/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/pileup/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/pileup/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    threads: CALLING["shards"]
    resources:
        mem_mb=memory(2000, 0.5),
        runtime=minutes(30, 240),
    params:
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        library=lambda wildcards: CALLS.library(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        least=lambda wildcards: CALLS.candidate_options(wildcards.patient),
        max_depth=CALLING["max_depth"],
        shards=CALLING["shards"],
        header=HEADER,
    message:
        "Call candidates of {wildcards.patient} with allele counts"
    shell:
        "genomodel call-pileup --reference {input.fasta:q} {params.samples:q} {params.bed:q} {params.least}"
        " --library {params.library} --max-depth {params.max_depth} --shards {params.shards} --threads {threads}"
        " {params.header:q} --out {output.vcf:q} > {log:q} 2>&1"
