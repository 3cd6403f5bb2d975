#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Every condition on a line that the series adds has its mutants, and guests that run them
# come to the right verdict.  (How mutants are found, written and judged: test_mutants.py.)
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
expect 'each condition of the series has its mutants' 0 '^[0-9]+	um	' "$HERE/ci/proof/mutants" --list
"$HERE/ci/tests/unit" run_mutants
