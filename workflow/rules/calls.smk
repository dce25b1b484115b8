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
        targets=temp(f"{RESULTS}/calls/freebayes/{{patient}}.targets.bed"),
        names=temp(f"{RESULTS}/calls/freebayes/{{patient}}.names.txt"),
    log:
        f"{RESULTS}/logs/freebayes/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/freebayes/{{patient}}.tsv"
    conda:
        "../../envs/freebayes.yaml"
    resources:
        mem_mb=memory(2000, 0.5),
        runtime=minutes(30, 240),
    params:
        reads=lambda wildcards, input: [input.tumor[0], *input.normal[:1]],
        samples=lambda wildcards: INPUTS.alignment_options(wildcards.patient),
        bed=lambda wildcards, input: ["--bed", input.bed] if input.bed else [],
        genome=config["reference"]["genome"],
        note=GENOME_NOTE,
        min_fraction=config["calling"]["min_alternate_fraction"],
        min_count=config["calling"]["min_alternate_count"],
        base_quality=config["calling"]["min_base_quality"],
        mapping_quality=config["calling"]["min_mapping_quality"],
    message:
        "Call variants of {wildcards.patient}"
    # Alleles are split before anything is decided, so that no count is summed over alleles. Samples get their names by
    # the names they have: freebayes orders them as it likes.
    shell:
        "(genomodel prepare-calling --reference {input.fasta:q} {params.samples:q} {params.bed:q}"
        " --targets {output.targets:q} --names {output.names:q}"
        " && freebayes --fasta-reference {input.fasta:q} --targets {output.targets:q}"
        " --pooled-continuous --genotype-qualities --strict-vcf --report-genotype-likelihood-max"
        " --allele-balance-priors-off --no-partial-observations --min-repeat-entropy 1"
        " --min-alternate-fraction {params.min_fraction} --min-alternate-count {params.min_count}"
        " --min-base-quality {params.base_quality} --min-mapping-quality {params.mapping_quality} {params.reads:q}"
        " | bcftools norm --fasta-ref {input.fasta:q} --multiallelics -any --output-type u"
        " | bcftools reheader --samples {output.names:q}"
        " | bcftools annotate --header-lines <(printf '##genomodel_genome=%s\n##genomodel_note=%s\n' {params.genome:q} {params.note:q})"
        " --output-type z --output {output.vcf:q}"
        " && bcftools index --tbi --output {output.tbi:q} {output.vcf:q}) 2> {log:q}"


rule decide_origin:
    input:
        vcf=rules.call_freebayes.output.vcf,
    output:
        vcf=f"{RESULTS}/calls/consensus/{{patient}}.vcf.gz",
        tbi=f"{RESULTS}/calls/consensus/{{patient}}.vcf.gz.tbi",
    log:
        f"{RESULTS}/logs/decide/{{patient}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/decide/{{patient}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=memory(1000, 5),
        runtime=minutes(10, 60),
    params:
        samples=lambda wildcards: INPUTS.sample_options(wildcards.patient),
    message:
        "Tell somatic from germline in {wildcards.patient}"
    shell:
        "genomodel decide {input.vcf:q} {params.samples:q} --out {output.vcf:q} > {log:q} 2>&1"
