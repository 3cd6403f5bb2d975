# SPDX-License-Identifier: GPL-2.0-only
# The front door: `make help` is the manual.
#
# Everything is done by a script in ci/ of nearly the same name; each answers
# --help.  Variables given on the command line reach the scripts.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
export KERNEL_SRC TREE BASE JOBS YES SIGNOFF ASSISTED_BY REROLL PREFIX REPEAT REQUESTS TIME_LIMIT FORCE SLOWER
unexport MAKEFLAGS MFLAGS
ifneq ($(origin CC),default)
export CC
endif

# JOBS= rather than -j: the scripts take turns, the builds inside run in parallel.
.NOTPARALLEL:

.PHONY: all
all: ## source, tree, checks, build, boot on x86_64 and UML, mails; one screen at the end
	@ci/pipeline

.PHONY: test
test: deps ## the repository's own tests, and KUnit on every architecture
	@ci/test

.PHONY: full
full: deps ## what takes too long for test; goes on where it was stopped
	@ci/full

.PHONY: deps
deps: ## install the Debian packages that are missing (YES=1 does not ask)
	@ci/lib/deps

.PHONY: fetch
fetch: deps ## bring in all that comes over the network; afterwards all works offline
	@ci/series/source --fetch >/dev/null
	@ci/series/base-info

.PHONY: tree
tree: ## the git tree to work in: Linux with the series on top
	@ci/series/tree
	@ci/series/tree --path

.PHONY: patches
patches: ## export that tree to patches/
	@ci/series/export

.PHONY: check
check: tree ## checkpatch, kernel-doc and the rules for the text, a line a patch
	@ci/series/check

.PHONY: kunit
kunit: tree ## KUnit on one architecture: make kunit ARCH=s390 [SUITE=name[.case]]
	@ci/cell/kunit $(or $(ARCH),um) $(if $(SUITE),'$(SUITE)')

.PHONY: lab
lab: tree ## real drivers and a device that cannot read private memory: make lab [ARCH=] [SCENARIO=pattern]
	@ci/lab/run $(or $(ARCH),$(if $(SCENARIO),x86_64)) $(if $(SCENARIO),'$(SCENARIO)')

.PHONY: matrix
matrix: deps tree ## every cell of ci/cell/matrix.tsv, or CELLS='um s390-debug'; goes on where it was
	@ci/cell/matrix $(CELLS)

.PHONY: cell
cell: tree ## one cell: make cell CELL=x86_64-debug [SUITE=name[.case]]
	@ci/cell/kunit $(or $(CELL),um) $(if $(SUITE),'$(SUITE)')

.PHONY: report
report: deps ## one HTML page of all results; runs the cells and checks that are missing
	@ci/report/report

.PHONY: mails
mails: tree ## the series as mails, to a folder (SIGNOFF=1 to sign them off)
	@ci/series/mails

.PHONY: mails-dir
mails-dir: ## where the mails are
	@source ci/lib/lib.sh; echo $$MAILS

.PHONY: pure-move
pure-move: tree ## compare the objects before and after the header move
	@ci/proof/pure-move $(ARCH)

.PHONY: before
before: tree ## which KUnit cases fail without the series: make before ARCH=s390
	@ci/proof/before $(or $(ARCH),um)

.PHONY: coverage
coverage: tree ## which lines and branches of the series the cases run: make coverage ARCH=s390
	@ci/proof/coverage $(or $(ARCH),um)

.PHONY: prune
prune: ## remove builds and unused sources from the cache; never work of yours
	@ci/lib/prune

.PHONY: size
size: ## how large the cache is
	@ci/lib/prune --size

.PHONY: help
help: ## this
	@echo 'make [TARGET] [VARIABLE=...]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 14
	@echo
	@echo 'Variables:'
	@echo '  KERNEL_SRC=   a Linux tree or tarball to use instead of finding one'
	@echo '  TREE=         where the tree to work in is (default: in the cache)'
	@echo '  JOBS=         parallel jobs (default: one a core)'
	@echo '  ARCH= SUITE=  um, um-nodma, x86_64, s390, ppc64le, ppc64, arm64; a KUnit suite, or suite.case'
	@echo '  CELL= CELLS=  cells of ci/cell/matrix.tsv; SLOWER=2 where builds take twice their minutes'
	@echo '  REPEAT=       how often make kunit boots'
	@echo '  SCENARIO= REQUESTS=   for make lab: ci/lab/run --help'
	@echo '  TIME_LIMIT=   seconds until a guest counts as hung (60)'
	@echo '  CC=           compiler, also "ccache gcc"'
	@echo '  SIGNOFF= ASSISTED_BY= REROLL= PREFIX=   for make mails: ci/series/mails --help'
	@echo '  YES=1         install packages without asking'
	@echo
	@echo 'Exit codes of the scripts, and what is where: ci/README.md'
