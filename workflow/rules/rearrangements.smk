rule call_rearrangements:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
    output:
        json=f"{RESULTS}/rearrangements/{{patient}}.json",
        vcf=f"{RESULTS}/rearrangements/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/rearrangements/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/rearrangements/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/rearrangements/{{patient}}.tsv"
    conda:
        "../../envs/delly.yaml"
    # delly works on whole samples side by side.
    threads: lambda wildcards, input: 2 if input.normal else 1
    resources:
        mem_mb=memory(4000, 0.5),
        runtime=minutes(30, 120),
    params:
        normal=lambda wildcards, input: ["--normal", input.normal[0]] if input.normal else [],
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        exclude=(["--exclude", config["rearrangements"]["exclude"]] if "exclude" in config["rearrangements"] else []),
        assay=lambda wildcards: COHORT.patients[wildcards.patient].patient.assay.value,
        library=lambda wildcards: INPUTS.specimen(wildcards.patient, "tumor").library.value,
        least=config["rearrangements"]["min_fraction"],
        genome=config["reference"]["genome"],
    message:
        "Look for rearrangements of {wildcards.patient}"
    shell:
        "OMP_NUM_THREADS={threads} genomodel rearrangements --tumor {input.tumor[0]:q} {params.normal:q} {params.bed:q}"
        " --reference {input.fasta:q} --gff {input.gff:q} {params.exclude:q} --assay {params.assay}"
        " --library {params.library} --min-fraction {params.least} --genome {params.genome}"
        " --vcf {output.vcf:q} --out {output.json:q} > {log:q} 2>&1"
