rule annotate_calls:
    input:
        vcf=rules.decide_calls.output.vcf,
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
    output:
        vcf=f"{RESULTS}/annotated/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/annotated/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/annotate/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/annotate/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=memory(2000, 5),
        runtime=minutes(15, 60),
    # Population frequencies, ClinVar and reads are read by place: as inputs their size would be asked for as memory.
    # The calls rest on the same reads, so that these are there.
    params:
        reads=lambda wildcards: [f"--bam={path}" for path in INPUTS.alignment(wildcards.patient, "tumor")[:1]],
        sources=sum(SOURCES.values(), []),
    message:
        "Annotate the calls of {wildcards.patient}"
    shell:
        "genomodel annotate {input.vcf:q} --reference {input.fasta:q} --gff {input.gff:q}"
        " {params.sources:q} {params.reads:q} --out {output.vcf:q} > {log:q} 2>&1"
