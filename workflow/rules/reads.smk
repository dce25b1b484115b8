rule trim_reads:
    input:
        unpack(lambda wildcards: INPUTS.lane_reads(wildcards.patient, wildcards.type, wildcards.lane)),
    output:
        read1=temp(f"{RESULTS}/trimmed/{{patient}}/{{type}}.{{lane}}.R1.fastq.gz"),
        read2=temp(f"{RESULTS}/trimmed/{{patient}}/{{type}}.{{lane}}.R2.fastq.gz"),
        json=f"{RESULTS}/qc/fastp/{{patient}}/{{type}}.{{lane}}.fastp.json",
        html=f"{RESULTS}/qc/fastp/{{patient}}/{{type}}.{{lane}}.fastp.html",
    log:
        f"{RESULTS}/logs/fastp/{{patient}}/{{type}}.{{lane}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fastp/{{patient}}/{{type}}.{{lane}}.tsv"
    conda:
        "../../envs/fastp.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000, 0.1),
        runtime=minutes(10, 30),
    message:
        "Check and trim the reads of {wildcards.patient}, {wildcards.type}, lane {wildcards.lane}"
    # fastp reads on silently when mates are missing or the gzip ends early, so that the pairs are checked first.
    shell:
        "(genomodel check-fastq {input.read1:q} {input.read2:q}"
        " && fastp --in1 {input.read1:q} --in2 {input.read2:q} --out1 {output.read1:q} --out2 {output.read2:q}"
        " --json {output.json:q} --html {output.html:q} --compression 1 --thread {threads}) > {log:q} 2>&1"


rule align_lane:
    input:
        read1=rules.trim_reads.output.read1,
        read2=rules.trim_reads.output.read2,
        bwt=f"{BWA_INDEX}.bwt",
        index=multiext(BWA_INDEX, ".amb", ".ann", ".pac", ".sa"),
    output:
        bam=temp(f"{RESULTS}/aligned/lanes/{{patient}}/{{type}}.{{lane}}.bam"),
    log:
        f"{RESULTS}/logs/bwa/{{patient}}/{{type}}.{{lane}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/bwa/{{patient}}/{{type}}.{{lane}}.tsv"
    conda:
        "../../envs/bwa.yaml"
    threads: 8
    resources:
        mem_mb=memory(2000, 3),
        runtime=minutes(15, 120),
    params:
        prefix=subpath(input.bwt, strip_suffix=".bwt"),
        comment=f"@CO\\t{GENOME_NOTE}",
        read_group=lambda wildcards: r"@RG\tID:{0}.{1}\tSM:{0}\tLB:{0}\tPL:ILLUMINA\tPU:{1}".format(
            sample_name(wildcards.patient, wildcards.type), wildcards.lane
        ),
    message:
        "Align {wildcards.patient}, {wildcards.type}, lane {wildcards.lane}"
    # A fixed batch size makes the alignment independent of the number of threads.
    shell:
        "(bwa mem -t {threads} -K 100000000 -R {params.read_group:q} -H {params.comment:q} {params.prefix:q} {input.read1:q} {input.read2:q}"
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
    message:
        "Check the given alignment of {wildcards.patient}, {wildcards.type}"
    shell:
        "genomodel check-alignment {input.reads[0]:q} --reference {input.fasta:q} > {log:q} 2>&1"
