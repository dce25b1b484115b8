rule call_freebayes:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        vcf=f"{RESULTS}/calls/freebayes/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/freebayes/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/freebayes/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/freebayes/{{patient}}.tsv"
    conda:
        "../../envs/freebayes.yaml"
    threads: CALLING["shards"]
    resources:
        mem_mb=memory(2000, 0.5),
        runtime=minutes(30, 240),
    params:
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        library=lambda wildcards: CALLS.library(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        least=lambda wildcards: CALLS.candidate_options(wildcards.patient),
        shards=CALLING["shards"],
        header=HEADER,
    message:
        "Call candidates of {wildcards.patient} with freebayes"
    shell:
        "genomodel call-freebayes --reference {input.fasta:q} {params.samples:q} {params.bed:q} {params.least}"
        " --library {params.library} --shards {params.shards} --threads {threads}"
        " {params.header:q} --out {output.vcf:q} > {log:q} 2>&1"
