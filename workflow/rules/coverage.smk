rule measure_coverage:
    input:
        reads=lambda wildcards: INPUTS.alignment(wildcards.patient, wildcards.type),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        regions=f"{RESULTS}/qc/{{patient}}.{{type}}.regions.bed.gz",
        index=f"{RESULTS}/qc/{{patient}}.{{type}}.regions.bed.gz.csi",
        summary=f"{RESULTS}/qc/{{patient}}.{{type}}.mosdepth.summary.txt",
        genome_distribution=f"{RESULTS}/qc/{{patient}}.{{type}}.mosdepth.global.dist.txt",
        region_distribution=f"{RESULTS}/qc/{{patient}}.{{type}}.mosdepth.region.dist.txt",
    log:
        f"{RESULTS}/logs/mosdepth/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/mosdepth/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/mosdepth.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000, 0.1),
        runtime=minutes(10, 20),
    params:
        prefix=subpath(output.regions, strip_suffix=".regions.bed.gz"),
    message:
        "Measure the depth of the assayed regions of {wildcards.patient}, {wildcards.type}"
    shell:
        "mosdepth --no-per-base --threads {threads} --fasta {input.fasta:q} --by {input.bed:q}"
        " {params.prefix:q} {input.reads[0]:q} 2> {log:q}"


rule call_copy_number:
    input:
        tumor=f"{RESULTS}/qc/{{patient}}.tumor.regions.bed.gz",
        normal=f"{RESULTS}/qc/{{patient}}.normal.regions.bed.gz",
    output:
        tsv=f"{RESULTS}/copy_number/{{patient}}.tsv",
    log:
        f"{RESULTS}/logs/copy_number/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/copy_number/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        purity=lambda wildcards: INPUTS.purity_option(wildcards.patient),
        genome=config["reference"]["genome"],
    message:
        "Call the copy number of {wildcards.patient}"
    shell:
        "genomodel copy-number --tumor-regions {input.tumor:q} --normal-regions {input.normal:q}"
        " {params.purity} --genome {params.genome} --out {output.tsv:q} > {log:q} 2>&1"
