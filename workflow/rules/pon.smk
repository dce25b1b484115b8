rule call_pon_normal:
    input:
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        dict=DICT,
    output:
        vcf=f"{RESULTS}/pon/normals/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/pon/normals/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/pon/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/pon/{{patient}}.tsv"
    conda:
        "../../envs/gatk.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 4000 * attempt),
        runtime=minutes(60, 600),
    params:
        name=lambda wildcards: sample_name(wildcards.patient, "normal"),
        library=lambda wildcards: CALLS.library(wildcards.patient, "normal"),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
    message:
        "Call the normal of {wildcards.patient} for the panel of normals"
    shell:
        "genomodel call-pon-normal --reference {input.fasta:q} --normal {input.normal[0]:q} {params.name:q} {params.bed:q}"
        " --library {params.library} --memory-mb {resources.mem_mb} --out {output.vcf:q} > {log:q} 2>&1"


rule build_pon:
    input:
        calls=lambda wildcards: expand(rules.call_pon_normal.output.vcf, patient=CALLS.normals()),
        indices=lambda wildcards: expand(rules.call_pon_normal.output.tbi, patient=CALLS.normals()),
        beds=lambda wildcards: CALLS.normal_beds(),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        dict=DICT,
        site=CALLS.site_files("germline_resource"),
    output:
        vcf=f"{RESULTS}/pon/pon.vcf.gz",
        tbi=f"{RESULTS}/pon/pon.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/pon/panel.log",
    benchmark:
        f"{RESULTS}/benchmarks/pon/panel.tsv"
    conda:
        "../../envs/gatk.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: min(config["max_mem_mb"], 8000 * attempt),
        runtime=lambda wildcards, input, attempt: (30 + 5 * len(input.calls)) * attempt,
    params:
        beds=lambda wildcards, input: [f"--bed={bed}" for bed in input.beds],
        site=CALLS.site_options("germline_resource"),
    message:
        "Build the panel of normals"
    shell:
        "genomodel build-pon {input.calls:q} --reference {input.fasta:q} {params.beds:q} {params.site:q}"
        " --memory-mb {resources.mem_mb} --out {output.vcf:q} > {log:q} 2>&1"
