# Reads with identifiers are not trimmed: the identifiers are at their ends, and what reaches into the adapter is cut off
# when a consensus is made.
rule align_umi_lane:
    input:
        unpack(lambda wildcards: INPUTS.lane_reads(wildcards.patient, wildcards.type, wildcards.lane)),
        fasta=FASTA,
        dict=DICT,
        bwt=f"{BWA_INDEX}.bwt",
        index=multiext(BWA_INDEX, ".amb", ".ann", ".pac", ".sa"),
    output:
        bam=temp(f"{RESULTS}/aligned/umi_lanes/{{patient}}/{{type}}.{{lane}}.bam"),
    log:
        f"{RESULTS}/logs/umi/{{patient}}/{{type}}.{{lane}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/umi/{{patient}}/{{type}}.{{lane}}.tsv"
    conda:
        "../../envs/fgumi.yaml"
    threads: 8
    resources:
        mem_mb=memory(4000, 3),
        runtime=minutes(20, 150),
    params:
        prefix=subpath(input.bwt, strip_suffix=".bwt"),
        note=GENOME_NOTE,
        sample=lambda wildcards: sample_name(wildcards.patient, wildcards.type),
        umi=lambda wildcards: str(INPUTS.umi(wildcards.patient, wildcards.type)),
        structures=lambda wildcards: INPUTS.umi(wildcards.patient, wildcards.type).read_structures,
    message:
        "Take identifiers off and align {wildcards.patient}, {wildcards.type}, lane {wildcards.lane}"
    shell:
        "export RUST_LOG=info,fgumi_pipeline_core=warn; work=$(mktemp -d {output.bam:q}.XXXXXX); trap 'rm -rf \"$work\"' EXIT;"
        " (genomodel check-fastq {input.read1:q} {input.read2:q} --umi {params.umi:q}"
        " && fgumi extract --inputs {input.read1:q} {input.read2:q} --read-structures {params.structures:q}"
        " --sample {params.sample:q} --library {params.sample:q} --read-group-id {params.sample:q}.{wildcards.lane:q}"
        ' --platform ILLUMINA --platform-unit {wildcards.lane:q} --comment {params.note:q} --output "$work/reads.bam"'
        ' && fgumi fastq --input "$work/reads.bam"'
        " | bwa mem -t {threads} -p -Y -K 100000000 {params.prefix:q} -"
        ' | fgumi zipper --unmapped "$work/reads.bam" --reference {input.fasta:q}'
        ' | fgumi sort --input /dev/stdin --order template-coordinate --tmp-dir "$work" --threads 2'
        " --output {output.bam:q}) > {log:q} 2>&1"


# Consensus reads are filtered before they are aligned again, so that what is thrown away costs no alignment.
rule call_umi_consensus:
    input:
        bams=lambda wildcards: INPUTS.umi_lane_alignments(wildcards.patient, wildcards.type),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        dict=DICT,
        bwt=f"{BWA_INDEX}.bwt",
        index=multiext(BWA_INDEX, ".amb", ".ann", ".pac", ".sa"),
    output:
        bam=f"{RESULTS}/aligned/{{patient}}.{{type}}.consensus.bam",
        bai=f"{RESULTS}/aligned/{{patient}}.{{type}}.consensus.bam.bai",
        tsv=f"{RESULTS}/qc/{{patient}}.{{type}}.umi.tsv",
    log:
        f"{RESULTS}/logs/umi/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/umi/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/fgumi.yaml"
    threads: 8
    resources:
        mem_mb=memory(4000, 3),
        runtime=minutes(20, 240),
    params:
        prefix=subpath(input.bwt, strip_suffix=".bwt"),
        sample=lambda wildcards: sample_name(wildcards.patient, wildcards.type),
        umi=lambda wildcards: str(INPUTS.umi(wildcards.patient, wildcards.type)),
        kind=lambda wildcards: INPUTS.umi(wildcards.patient, wildcards.type).kind,
        strategy=lambda wildcards: {"simplex": "adjacency", "duplex": "paired"}[
            INPUTS.umi(wildcards.patient, wildcards.type).kind
        ],
        min_reads=lambda wildcards: config["umi"][f"{INPUTS.umi(wildcards.patient, wildcards.type).kind}_min_reads"],
        base_quality=config["calling"]["min_base_quality"],
    message:
        "Make consensus reads of the molecules of {wildcards.patient}, {wildcards.type}"
    shell:
        "export RUST_LOG=info,fgumi_pipeline_core=warn; work=$(mktemp -d {output.bam:q}.XXXXXX); trap 'rm -rf \"$work\"' EXIT;"
        ' (fgumi merge --order template-coordinate --output "$work/merged.bam" {input.bams:q}'
        ' && fgumi group --input "$work/merged.bam" --strategy {params.strategy} --realign-window'
        " --parallel-group-min-templates auto --threads {threads}"
        ' --metrics "$work/group" --output "$work/grouped.bam"'
        ' && fgumi {params.kind} --input "$work/grouped.bam" --min-reads {params.min_reads} --threads {threads}'
        " --read-group-id {params.sample:q} --read-name-prefix {params.sample:q}"
        ' --stats "$work/consensus.txt" --metrics "$work/molecules" --output "$work/consensus.bam"'
        ' && fgumi filter --input "$work/consensus.bam" --min-reads {params.min_reads}'
        ' --min-base-quality {params.base_quality} --stats "$work/filter.txt" --output "$work/filtered.bam"'
        ' && genomodel umi-quality "$work" --umi {params.umi:q} --min-reads {params.min_reads} --out {output.tsv:q}'
        # realign looks for the index of bwa beside the FASTA.
        " && for end in amb ann pac sa bwt; do"
        ' ln -s "$(realpath {params.prefix:q}.$end)" "$work/genome.fa.$end"; done'
        ' && for end in "" .fai; do ln -s "$(realpath {input.fasta:q}$end)" "$work/genome.fa$end"; done'
        ' && ln -s "$(realpath {input.dict:q})" "$work/genome.dict"'
        ' && fgumi realign --input "$work/filtered.bam" --ref "$work/genome.fa" --output "$work/realigned.bam"'
        ' --aligner::command "bwa mem -t {threads} -p -Y -K 100000000 {{ref}} -"'
        ' && fgumi sort --input "$work/realigned.bam" --order coordinate --write-index true --threads 2'
        ' --tmp-dir "$work" --output {output.bam:q}) > {log:q} 2>&1'
