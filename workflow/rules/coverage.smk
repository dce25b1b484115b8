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
