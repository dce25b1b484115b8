rule read_loci:
    input:
        tumor=lambda wildcards: INPUTS.alignment(wildcards.patient, "tumor"),
        normal=lambda wildcards: INPUTS.alignment(wildcards.patient, "normal"),
        bed=lambda wildcards: INPUTS.assay_bed(wildcards.patient),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
        loci=config["hotspots"].get("loci", []),
        baseline=config["msi"].get("baseline", []),
    output:
        hotspots=f"{RESULTS}/hotspots/{{patient}}.json",
        table=f"{RESULTS}/hotspots/{{patient}}.tsv",
        msi=f"{RESULTS}/msi/{{patient}}.json",
        msi_sites=f"{RESULTS}/msi/{{patient}}.tsv",
    log:
        f"{RESULTS}/logs/loci/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/loci/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=2000,
        runtime=minutes(15, 10),
    params:
        normal=lambda wildcards, input: ["--normal", input.normal[0]] if input.normal else [],
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        loci=lambda wildcards, input: ["--loci", input.loci] if input.loci else [],
        purity=lambda wildcards: INPUTS.purity_option(wildcards.patient),
        library=lambda wildcards: INPUTS.library_options(wildcards.patient),
        genome=config["reference"]["genome"],
        sample=lambda wildcards: sample_name(wildcards.patient, "tumor"),
        baseline=lambda wildcards, input: ["--baseline", input.baseline] if input.baseline else [],
        repeats=[f"--{key.replace('_', '-')}={value}" for key, value in config["msi"].items() if key != "baseline"],
        base_quality=CALLING["min_base_quality"],
        mapping_quality=CALLING["min_mapping_quality"],
    message:
        "Ask the reads of {wildcards.patient} for the actionable loci and for microsatellite instability"
    shell:
        "genomodel hotspots --tumor {input.tumor[0]:q} {params.normal:q} --reference {input.fasta:q} --gff {input.gff:q}"
        " {params.bed:q} {params.loci:q} {params.purity} {params.library} --genome {params.genome}"
        " --min-base-quality {params.base_quality} --min-mapping-quality {params.mapping_quality}"
        " --table {output.table:q} --out {output.hotspots:q} > {log:q} 2>&1;"
        " genomodel msi --tumor {input.tumor[0]:q} {params.normal:q} --reference {input.fasta:q} {params.bed:q}"
        " {params.baseline:q} {params.purity} {params.repeats:q} --sample {params.sample:q}"
        " --min-base-quality {params.base_quality} --min-mapping-quality {params.mapping_quality}"
        " --sites {output.msi_sites:q} --out {output.msi:q} >> {log:q} 2>&1"
