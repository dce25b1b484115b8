rule index_fasta:
    input:
        fasta=FASTA,
    output:
        fai=f"{FASTA}.fai",
    log:
        f"{RESULTS}/logs/reference/faidx.log",
    benchmark:
        f"{RESULTS}/benchmarks/reference/faidx.tsv"
    conda:
        "../../envs/samtools.yaml"
    resources:
        mem_mb=memory(500, 0.1),
        runtime=minutes(5, 5),
    message:
        "Index the reference"
    shell:
        "samtools faidx {input.fasta:q} -o {output.fai:q} 2> {log:q}"


rule index_dict:
    input:
        fasta=FASTA,
    output:
        dict=DICT,
    log:
        f"{RESULTS}/logs/reference/dict.log",
    benchmark:
        f"{RESULTS}/benchmarks/reference/dict.tsv"
    conda:
        "../../envs/samtools.yaml"
    resources:
        mem_mb=memory(500, 0.1),
        runtime=minutes(5, 5),
    params:
        uri=subpath(input.fasta, basename=True),
    message:
        "Write the sequence dictionary of the reference"
    shell:
        "samtools dict --uri {params.uri:q} --output {output.dict:q} {input.fasta:q} 2> {log:q}"


rule index_bwa:
    input:
        fasta=FASTA,
    output:
        multiext(BWA_INDEX, amb=".amb", ann=".ann", pac=".pac", sa=".sa", bwt=".bwt"),
    log:
        f"{RESULTS}/logs/reference/bwa_index.log",
    benchmark:
        f"{RESULTS}/benchmarks/reference/bwa_index.tsv"
    conda:
        "../../envs/bwa.yaml"
    resources:
        mem_mb=memory(1000, 3),
        runtime=minutes(10, 60),
    params:
        prefix=subpath(output.bwt, strip_suffix=".bwt"),
    message:
        "Index the reference for bwa"
    shell:
        "bwa index -p {params.prefix:q} {input.fasta:q} 2> {log:q}"


rule list_hotspot_alleles:
    input:
        fasta=FASTA,
        fai=f"{FASTA}.fai",
        gff=config["reference"]["gff"],
    output:
        alleles=f"{RESULTS}/reference/hotspot_alleles.tsv",
    log:
        f"{RESULTS}/logs/reference/hotspot_alleles.log",
    benchmark:
        f"{RESULTS}/benchmarks/reference/hotspot_alleles.tsv"
    conda:
        "../../envs/genomodel.yaml"
    resources:
        mem_mb=memory(2000, 2),
        runtime=minutes(10, 10),
    message:
        "Lay the hotspot alleles onto the genome"
    shell:
        "genomodel hotspot-alleles --gff {input.gff:q} --reference {input.fasta:q}"
        " --out {output.alleles:q} > {log:q} 2>&1"
