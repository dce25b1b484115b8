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
    # A file of population frequencies is read by place: as an input its size would be asked for as memory.
    params:
        population=POPULATION,
    message:
        "Annotate the calls of {wildcards.patient}"
    shell:
        "genomodel annotate {input.vcf:q} --reference {input.fasta:q} --gff {input.gff:q}"
        " {params.population:q} --out {output.vcf:q} > {log:q} 2>&1"
