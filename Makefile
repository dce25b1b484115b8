# make demo: the whole job on a synthetic cohort. make test: all tests. Both install what they need first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(PATH)

CORES ?= $(shell nproc)
DEMO := config/demo/config.yaml
# Tools come from envs/*.yaml where there is conda, else from PATH.
DEPLOYMENT = $(shell command -v conda >/dev/null && echo "--sdm conda")

.PHONY: help setup demo test lint clean bench-response bench-shown bench-calling bench-hotspots bench-msi bench-purity bench-annotation bench-hgvs bench-interpretation bench-report bench-signatures bench-second-allele mutation

help:
	@grep -E '^# make' Makefile | sed 's/^# //'
	@echo "Others: setup, lint, clean, bench-response (all response models on held-out lines)," \
	  "bench-calling (engines, decision and consensus on simulated pairs; BENCH=--quick for one small pair)."

setup:
	@.ci/setup runtime

demo: setup
	@genomodel simulate --out demo --seed 1
	@genomodel plan --patients config/demo/patients.tsv --samples config/demo/samples.tsv --config config/demo/config.yaml
	@snakemake --configfile $(DEMO) --workflow-profile config/profiles/local --cores $(CORES) $(DEPLOYMENT) --quiet host reason progress
	@genomodel summary demo/results/reports/manifest.json

test:
	@.ci/setup dev
	@failed=0; \
	pytest -n 2 -m "not slow" --dist loadfile || failed=1; \
	pytest -n 2 -m slow --dist loadfile || failed=1; \
	exit $$failed

lint:
	@.ci/setup dev
	ruff check .
	ruff format --check .
	mypy
	snakefmt --check Snakefile workflow/rules
	genomodel simulate --out demo --seed 1
	snakemake --configfile $(DEMO) --lint

bench-response:
	@.ci/setup runtime
	@python -m bench.response

bench-shown:
	@.ci/setup runtime
	@python -m bench.shown

# FASTA and GFF of a human genome come from GENOMODEL_BENCH_FASTA and GENOMODEL_BENCH_GFF; without them only the
# synthetic genome is used.
bench-calling:
	@.ci/setup runtime
	@python -m bench.calling $(BENCH)

# Limits of the looked-for negative, for indels too where the two variables above name a genome; speed and memory.
bench-hotspots:
	@.ci/setup runtime
	@python -m bench.hotspots $(BENCH)

# Simulated tumors, stable and unstable, by depth, size of the assay and purity.
bench-msi:
	@.ci/setup runtime
	@python -m bench.msi $(BENCH)

# Purity, ploidy and lost alleles of simulated tumors.
bench-purity:
	@.ci/setup runtime
	@python -m bench.purity $(BENCH)

# 100,000 variants looked up in a file of a gigabyte, which is made and deleted again.
bench-annotation:
	@.ci/setup runtime
	@python -m bench.annotation $(BENCH)

# HGVS names of random alleles beside biocommons and csq. The two variables above may name several genomes, parted by ':'.
bench-hgvs:
	@.ci/setup dev
	@python -m bench.hgvs $(BENCH)

# Refit of simulated tumors to COSMIC's signatures, which GENOMODEL_MIRROR has to hold.
bench-signatures:
	@.ci/setup runtime
	@python -m bench.signatures $(BENCH)

# Errors of what is said of second alleles, on drawn genes of known truth.
bench-second-allele:
	@.ci/setup runtime
	@python -m bench.second_allele $(BENCH)

# Changes the code that decides tiers and oncogenicity in one place at a time, and counts the changes that tests notice.
mutation:
	@.ci/setup dev
	@python -m bench.mutation $(BENCH)

# A genome and a dense file of 100,000 annotated variants, and panels of a batch: seconds and memory.
bench-interpretation:
	@.ci/setup runtime
	@python -m bench.interpretation $(BENCH)

# A thousand patients in one batch, one PDF, one VCF, long lists, and the cohort page in a browser where there is one.
bench-report:
	@.ci/setup dev
	@python -m bench.report $(BENCH)

clean:
	rm -rf demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
