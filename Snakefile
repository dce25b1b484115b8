from snakemake.utils import min_version

min_version("9.1.0")


configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/reference.smk"
include: "workflow/rules/reads.smk"
include: "workflow/rules/umi.smk"
include: "workflow/rules/identity.smk"
include: "workflow/rules/coverage.smk"
include: "workflow/rules/loci.smk"
include: "workflow/rules/copy_number.smk"
include: "workflow/rules/rearrangements.smk"
include: "workflow/rules/calls.smk"
include: "workflow/rules/annotation.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/multiqc.smk"


rule all:
    default_target: True
    input:
        rules.report_cohort.output.manifest,
        [rules.collect_quality.output.html] if WITH_MULTIQC else [],
