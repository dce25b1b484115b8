rule align_lane:
    input:
        unpack(lambda wildcards: INPUTS.lane_reads(wildcards.patient, wildcards.type, wildcards.lane)),
        bwt=f"{BWA_INDEX}.bwt",
        index=multiext(BWA_INDEX, ".amb", ".ann", ".pac", ".sa"),
    output:
        bam=temp(f"{RESULTS}/aligned/lanes/{{patient}}/{{type}}.{{lane}}.bam"),
        json=f"{RESULTS}/qc/fastp/{{patient}}/{{type}}.{{lane}}.fastp.json",
        html=f"{RESULTS}/qc/fastp/{{patient}}/{{type}}.{{lane}}.fastp.html",
    log:
        f"{RESULTS}/logs/bwa/{{patient}}/{{type}}.{{lane}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/bwa/{{patient}}/{{type}}.{{lane}}.tsv"
    conda:
        "../../envs/bwa.yaml"
    threads: 8
    resources:
        mem_mb=memory(2000, 3),
        runtime=minutes(20, 150),
    params:
        prefix=subpath(input.bwt, strip_suffix=".bwt"),
        comment=f"@CO\\t{GENOME_NOTE}",
        read_group=lambda wildcards: r"@RG\tID:{0}.{1}\tSM:{0}\tLB:{0}\tPL:ILLUMINA\tPU:{1}".format(
            sample_name(wildcards.patient, wildcards.type), wildcards.lane
        ),
    message:
        "Trim and align {wildcards.patient}, {wildcards.type}, lane {wildcards.lane}"
    # fastp reads on silently when mates are missing or the gzip ends early, so that the pairs are checked first. With one
    # thread it keeps their order in a stream, and a fixed batch size makes the alignment independent of bwa's threads.
    shell:
        "(genomodel check-fastq {input.read1:q} {input.read2:q}"
        " && fastp --in1 {input.read1:q} --in2 {input.read2:q} --stdout --json {output.json:q} --html {output.html:q}"
        " --thread 1"
        " | bwa mem -t {threads} -p -K 100000000 -R {params.read_group:q} -H {params.comment:q} {params.prefix:q} -"
        " | samtools fixmate -m -u - -"
        " | samtools sort -@ 2 -T {output.bam:q} -o {output.bam:q} -) 2> {log:q}"


rule mark_duplicates:
    input:
        bams=lambda wildcards: INPUTS.lane_alignments(wildcards.patient, wildcards.type),
    output:
        bam=f"{RESULTS}/aligned/{{patient}}.{{type}}.bam",
        bai=f"{RESULTS}/aligned/{{patient}}.{{type}}.bam.bai",
        stats=f"{RESULTS}/qc/{{patient}}.{{type}}.markdup.txt",
    log:
        f"{RESULTS}/logs/markdup/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/markdup/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/samtools.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000, 0.5),
        runtime=minutes(10, 60),
    message:
        "Merge the lanes of {wildcards.patient}, {wildcards.type}, and mark duplicates"
    shell:
        "(samtools merge -u -o - {input.bams:q}"
        " | samtools markdup -@ {threads} -S -T {output.bam:q} -f {output.stats:q} - {output.bam:q}"
        " && samtools index {output.bam:q} {output.bai:q}) 2> {log:q}"


# Reads of an amplicon start and end at its primers: marked as duplicates of each other, hardly any would be left. Marks
# that a given alignment brings along are taken off.
rule merge_lanes:
    input:
        reads=lambda wildcards: INPUTS.to_merge(wildcards.patient, wildcards.type),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        bam=f"{RESULTS}/aligned/{{patient}}.{{type}}.merged.bam",
        bai=f"{RESULTS}/aligned/{{patient}}.{{type}}.merged.bam.bai",
    log:
        f"{RESULTS}/logs/merge/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/merge/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/samtools.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000, 0.2),
        runtime=minutes(10, 30),
    params:
        reads=lambda wildcards, input: [path for path in input.reads if path.endswith((".bam", ".cram"))],
    message:
        "Merge the lanes of {wildcards.patient}, {wildcards.type}"
    shell:
        "(samtools merge -u --reference {input.fasta:q} -o - {params.reads:q}"
        " | samtools view -@ {threads} -b --remove-flags DUP -o {output.bam:q} -"
        " && samtools index {output.bam:q} {output.bai:q}) 2> {log:q}"


rule clip_primers:
    input:
        reads=lambda wildcards: INPUTS.unclipped_alignment(wildcards.patient, wildcards.type),
        primers=lambda wildcards: INPUTS.primers(wildcards.patient, wildcards.type),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        bam=f"{RESULTS}/aligned/{{patient}}.{{type}}.clipped.bam",
        bai=f"{RESULTS}/aligned/{{patient}}.{{type}}.clipped.bam.bai",
        stats=f"{RESULTS}/qc/{{patient}}.{{type}}.clipped.txt",
    log:
        f"{RESULTS}/logs/clip_primers/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/clip_primers/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/samtools.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000, 0.5),
        runtime=minutes(10, 90),
    message:
        "Clip the primers of {wildcards.patient}, {wildcards.type}"
    # Hard clips: assembling callers read on through soft ones, and would count the primers' bases as the patient's. Both
    # ends, since a read through a short amplicon ends in the other primer. Positions move, so that mates are told anew.
    shell:
        "(strand=$(genomodel check-primers {input.primers:q} --reference {input.fasta:q})"
        " && samtools ampliconclip --hard-clip --both-ends $strand -u -b {input.primers:q} -f {output.stats:q}"
        " --reference {input.fasta:q} {input.reads[0]:q}"
        " | samtools sort -n -u -@ {threads} -T {output.bam:q}.names -"
        " | samtools fixmate -m -u - -"
        " | samtools sort -@ {threads} -T {output.bam:q} -o {output.bam:q} -"
        " && genomodel check-primers {input.primers:q} --reference {input.fasta:q} --clipped {output.stats:q}"
        " && samtools index {output.bam:q} {output.bai:q}) 2> {log:q}"


rule check_alignment:
    input:
        reads=lambda wildcards: INPUTS.given_alignment(wildcards.patient, wildcards.type),
        fasta=FASTA,
        fai=f"{FASTA}.fai",
    output:
        checked=touch(f"{RESULTS}/qc/{{patient}}.{{type}}.alignment_checked"),
    log:
        f"{RESULTS}/logs/check_alignment/{{patient}}.{{type}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/check_alignment/{{patient}}.{{type}}.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        sample=lambda wildcards: INPUTS.expected_sample(wildcards.patient, wildcards.type),
    message:
        "Check the given alignment of {wildcards.patient}, {wildcards.type}"
    shell:
        "genomodel check-alignment {input.reads[0]:q} --reference {input.fasta:q} {params.sample:q} > {log:q} 2>&1"
