rule take_given_calls:
    input:
        calls=lambda wildcards: INPUTS.given_calls(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        vcf=f"{RESULTS}/calls/given/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/given/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/given/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/given/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=memory(1000, 5),
        runtime=minutes(10, 60),
    params:
        samples=lambda wildcards: CALLS.given_options(wildcards.patient),
        header=HEADER,
    message:
        "Bring the given calls of {wildcards.patient} into the common form"
    shell:
        "genomodel take-calls {input.calls:q} --reference {input.fasta:q} {params.samples:q} {params.header:q}"
        " --out {output.vcf:q} > {log:q} 2>&1"
