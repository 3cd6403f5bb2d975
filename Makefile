# SPDX-License-Identifier: GPL-2.0-only
# The front door: `make help` is the manual.
#
# Each target is a program in ci/ that answers --help.  Variables given on the
# command line reach the programs.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
export REFERENCES KERNEL_SRC TREE BASE MAILS SENT JOBS YES REPEAT REQUESTS TIME_LIMIT SILENT_MINUTES FORCE ACCEPT FRESH WHICH MIRROR
unexport MAKEFLAGS MFLAGS
# What a sender says: ci/series/mails --help.
export PART SIGNOFF ASSISTED_BY REROLL RFC RESEND PREFIX STABLE TESTED RECIPIENTS IN_REPLY_TO RESULTS
ifneq ($(origin CC),default)
export CC
endif

# Mistakes on the command line are said before anything is downloaded or built.
given := $(foreach v,$(.VARIABLES),$(if $(findstring command line,$(origin $v)),$v))
goals := $(or $(MAKECMDGOALS),all)
ifneq ($(goals),help)
mistake := $(shell $(foreach v,$(given),$v='$(subst ','\'',$($v))') ci/lib/arguments.py '$(goals)' $(given))
ifneq ($(mistake),)
$(error $(mistake))
endif
endif

# JOBS= rather than -j: the programs take turns, the builds inside run in parallel.
.NOTPARALLEL:

.PHONY: all
all: ## Linux, the series on top, checks, KUnit on x86_64, what to send; one screen at the end
	@ci/pipeline

.PHONY: test
test: deps ## the repository's own tests, and KUnit on every architecture
	@ci/test

.PHONY: full
full: deps ## every task of ci/lib/tasks.tsv: mutants, hunks, the lab...; hours; resumes
	@ci/full $(TASKS)

.PHONY: deps
deps: ## install the Debian packages that are missing (YES=1 does not ask)
	@ci/lib/deps

.PHONY: fetch
fetch: deps ## fetch all that comes over the network; afterwards everything works offline
	@ci/series/source --fetch >/dev/null
	@ci/cell/shell --fetch
	@ci/series/base-info

.PHONY: tree
tree: ## the git tree to work in: Linux with the series on top
	@ci/series/tree
	@ci/series/tree --path

.PHONY: patches
patches: ## export that tree to patches/
	@ci/series/export

.PHONY: rebase
rebase: deps ## onto another Linux, in a tree of its own: make rebase TO=debian:sid [NEW_BASE=v7.4]
	@ci/series/rebase $(if $(NEW_BASE),--adopt '$(NEW_BASE)') $(if $(TO),'$(TO)')

.PHONY: port
port: deps ## the series as it is now to the other bases, or BASE=v6.12; FROM=debian:SUITE:PACKAGE begins one
	@ci/series/port $(if $(FROM),'$(FROM)')

.PHONY: distro
distro: ## the patches as a distribution takes them: make distro FORMAT=debian|rpm|suse|ubuntu|yocto|mbox|quilt BASE=v6.12 [PARTS='dma virtio']
	@ci/series/distro.py '$(FORMAT)' $(PARTS)

.PHONY: deb
deb: deps ## Debian packages of a base with the series: make deb BASE=v6.12 [CONFIG=small|cloud]
	@ci/deb/build $(or $(CONFIG),small)

.PHONY: deb-boot
deb-boot: deps ## Debian 13 with that package under QEMU, also as a protected guest: make deb-boot BASE=v6.12
	@ci/deb/boot

.PHONY: check
check: deps tree ## every check that others will run on the series, and a table: make check [CHECKS="objects-sparse-* message"]
	@ci/check/run $(CHECKS)

.PHONY: kunit
kunit: tree ## KUnit on one architecture: make kunit ARCH=s390 [SUITE=name[.case]]
	@ci/cell/kunit $(or $(ARCH),um) $(if $(SUITE),'$(SUITE)')

.PHONY: cell
cell: tree ## one cell: make cell CELL=x86_64-debug [SUITE=name[.case]] [ACCEPT=1]
	@ci/cell/kunit $(if $(ACCEPT),--accept) $(or $(CELL),um) $(if $(SUITE),'$(SUITE)')

.PHONY: shell
shell: tree ## a guest with the series to look around in: make shell ARCH=s390; runs commands from a pipe
	@ci/cell/shell $(or $(ARCH),um)

.PHONY: matrix
matrix: deps tree ## every cell of ci/cell/matrix.tsv, or CELLS='um s390-debug'; resumes
	@ci/cell/matrix $(CELLS)

.PHONY: lab
lab: tree ## real drivers and a device that cannot read private memory: make lab [ARCH=] [SCENARIO=pattern]
	@ci/lab/run $(or $(ARCH),$(if $(SCENARIO),x86_64)) $(if $(SCENARIO),'$(SCENARIO)')

.PHONY: demo
demo: tree ## base and series side by side in protected pKVM guests, on any machine; one screen
	@ci/lab/demo

.PHONY: bench
bench: tree ## what the series costs, in counted instructions: make bench [ARCH=] [FIGURE=]
	@ci/bench/bench $(or $(ARCH),$(if $(FIGURE),x86_64)) $(FIGURE)

.PHONY: report
report: deps ## one HTML page of all results; runs the cells and checks that are missing
	@ci/report/report

.PHONY: mails
mails: tree ## the plan of what to send; with PART=name that part as mails (SIGNOFF=1 signs them off)
	@ci/series/mails

.PHONY: mails-dir
mails-dir: ## where the mails of PART=name are
	@ci/series/mails --dir

.PHONY: b4
b4: tree ## PART=name as a branch that b4 prep takes as its own
	@ci/series/b4 '$(PART)'

.PHONY: sent
sent: ## keep the mails of PART=name that were sent in sent/, for the next version [FILES=]
	@ci/series/sent '$(PART)' $(FILES)

.PHONY: trailers
trailers: ## Reviewed-by and the like from answers: make trailers PART=name MBOX=file
	@ci/series/trailers '$(PART)' '$(MBOX)'

.PHONY: pure-move
pure-move: tree ## compare the objects before and after the header move
	@ci/proof/pure-move $(ARCH)

.PHONY: before
before: tree ## which KUnit cases fail without the series: make before ARCH=s390
	@ci/proof/before $(or $(ARCH),um)

.PHONY: coverage
coverage: tree ## which lines and branches of the series the cases run: make coverage ARCH=s390
	@ci/proof/coverage $(or $(ARCH),um)

.PHONY: mutants
mutants: tree ## which case notices each condition made true or false: make mutants ARCH=um
	@ci/proof/mutants $(or $(ARCH),um)

.PHONY: prune
prune: ## remove builds, results, logs, disk images and unpacked sources of all checkouts from the cache; never work of yours
	@ci/lib/prune

.PHONY: size
size: ## how large the cache is, and where the work directory is
	@ci/lib/prune --size

.PHONY: help
help: ## this
	@echo 'make [TARGET] [VARIABLE=...]'
	@echo
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1\t/p' Makefile | expand -t 14
	@echo
	@echo 'Variables:'
	@echo '  KERNEL_SRC=   a Linux tree or tarball to use instead of finding one'
	@echo '  TO= NEW_BASE=  for make rebase: TREE[@COMMIT], a tarball, or debian:SUITE[:PACKAGE]; v7.4 writes patches/v7.4'
	@echo '  FROM=         for make port: likewise, the Linux of a new base'
	@echo '  BASE=         which of patches/: $(notdir $(wildcard patches/v*)) (default v7.3), fixes'
	@echo '  TREE=         the tree to work in (default: in the cache)'
	@echo '  JOBS=         parallel jobs (default: one a core)'
	@echo '  ARCH= SUITE=  $(shell ci/lib/arch.py list | sed -n "s/^architectures: //p"); a KUnit suite, or suite.case'
	@echo '  CONFIG=       for make deb: small or cloud'
	@echo '  CELL= CELLS=  cells of ci/cell/matrix.tsv'
	@echo '  TASKS=        for make full: tasks, such as mutants-um'
	@echo '  FIGURE=       for make bench: ci/bench/bench --help'
	@echo '  CHECKS=       for make check: checks of ci/check/checks.tsv, also patterns'
	@echo '  FRESH=1       for make test and make check: also what is unchanged since it passed'
	@echo '  FORMAT= PARTS= REFERENCES=  for make distro: ci/series/distro.py --help'
	@echo '  ARTIFACTS=    for make test: where what CI keeps goes'
	@echo '  ACCEPT=1      for make cell: proposes rows for what the tables do not have'
	@echo '  FORCE=1       for make tree, patches and matrix: their --help says what is then done anyway'
	@echo '  MBOX= FILES=  for make trailers, an mbox or maildir; for make sent, the mails that b4 wrote'
	@echo '  REPEAT=       how often make kunit boots'
	@echo '  SCENARIO= WHICH= REQUESTS=  for make lab: ci/lab/run --help'
	@echo '  TIME_LIMIT=   seconds without a word until a guest counts as hung'
	@echo '  SILENT_MINUTES=  minutes without a new file or line of output until a build counts as hung (10 for KUnit kernels, else 15)'
	@echo '  CC=           compiler, also "ccache gcc"'
	@echo '  PART= SIGNOFF= ASSISTED_BY= REROLL= RFC= RESEND= PREFIX= STABLE= TESTED= RECIPIENTS= IN_REPLY_TO= RESULTS=   for make mails and b4: ci/series/mails --help'
	@echo '  MIRROR=       a Debian mirror other than that of this machine'
	@echo '  YES=1         install packages without asking'
	@echo
	@echo 'Exit codes, and what is where: ci/README.md'
