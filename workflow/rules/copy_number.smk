rule build_copy_number_reference:
    input:
        reads=lambda wildcards: INPUTS.pool_alignments(wildcards.pool),
        bed=lambda wildcards: INPUTS.pool_bed(wildcards.pool),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
    output:
        cnn=f"{RESULTS}/copy_number/reference/{{pool}}.cnn",
        description=f"{RESULTS}/copy_number/reference/{{pool}}.json",
    log:
        f"{RESULTS}/logs/copy_number/reference/{{pool}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/copy_number/reference/{{pool}}.tsv"
    conda:
        "../../envs/dnacopy.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000, 0.02),
        runtime=minutes(20, 20),
    params:
        normals=lambda wildcards: INPUTS.pool_options(wildcards.pool),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        library=lambda wildcards: wildcards.pool.partition("-")[0],
        wgs_bases=config["copy_number"]["wgs_bases"],
    message:
        "Pool the normals of {wildcards.pool} into a copy-number reference"
    shell:
        "genomodel copy-number-reference {params.normals:q} {params.bed:q} --library {params.library} --fasta {input.fasta:q}"
        " --gff {input.gff:q} --wgs-bases {params.wgs_bases} --threads {threads} --out {output.cnn:q} > {log:q} 2>&1"


rule call_copy_number:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        pool=lambda wildcards: INPUTS.copy_number_pool(wildcards.patient),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
        known_sites=CALLING.get("common_sites", []),
    output:
        json=f"{RESULTS}/copy_number/{{patient}}.json",
        tsv=f"{RESULTS}/copy_number/{{patient}}.tsv",
    log:
        f"{RESULTS}/logs/copy_number/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/copy_number/{{patient}}.tsv"
    conda:
        "../../envs/dnacopy.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000, 0.1),
        runtime=minutes(20, 20),
    params:
        options=lambda wildcards: INPUTS.copy_number_options(wildcards.patient),
        known_sites=lambda wildcards, input: ["--known-sites", input.known_sites] if input.known_sites else [],
        purity=lambda wildcards: INPUTS.purity_option(wildcards.patient),
        genome=config["reference"]["genome"],
        segmentation=config["copy_number"]["segmentation"],
        wgs_bases=config["copy_number"]["wgs_bases"],
    message:
        "Call the copy number of {wildcards.patient}"
    shell:
        "genomodel copy-number --tumor {input.tumor[0]:q} {params.options:q} {params.known_sites:q} {params.purity} --fasta {input.fasta:q}"
        " --gff {input.gff:q} --segmentation {params.segmentation} --wgs-bases {params.wgs_bases} --threads {threads}"
        " --genome {params.genome} --out {output.json:q} --table {output.tsv:q} > {log:q} 2>&1"
