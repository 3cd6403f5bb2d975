#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/proof/mutants.awk -v file=FILE -v added="LINE..." -v table=OUT [-v first=N] ci/proof/mutants.tsv SOURCE
#
# Prints the SOURCE of FILE with all mutants of its functions in it, each chosen
# by the number that the kernel is booted with, and appends to OUT a line for each:
# number, architecture, file, function, what is done, note.  The conditions are
# found here, in the functions that ci/proof/mutants.tsv lists, so that none can be
# forgotten; one on a line in added outside of these functions is an error.
BEGIN { FS = OFS = "\t"; number = first + 0; n_added = split(added, a, " "); for (i = 1; i <= n_added; i++) is_added[a[i]] }

FNR == NR {
	if ($2 == file && $0 !~ /^#/) {
		rows++
		arch[rows] = $1; func_[rows] = $3; orig[rows] = $4; repl[rows] = $5; note[rows] = $6
	}
	next
}
{ line[++lines] = $0 }

function bad(why) {
	printf "%s: %s\n", file, why >"/dev/stderr"
	failed = 1
	exit 1
}

# Comments, strings and the preprocessor blanked, for the scanner.
function blank(s,    i, c, out) {
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 2)
		if (in_comment) {
			if (c == "*/") { in_comment = 0; out = out " "; i++ }
			out = out " "
		} else if (quote != "") {
			if (substr(c, 1, 1) == "\\") { out = out " "; i++ }
			else if (substr(c, 1, 1) == quote) quote = ""
			out = out " "
		} else if (c == "/*") {
			in_comment = 1; out = out "  "; i++
		} else if (c ~ /^["']/) {
			quote = substr(c, 1, 1); out = out " "
		} else
			out = out substr(c, 1, 1)
	}
	if (out ~ /^#/ || in_macro) {
		in_macro = out ~ /\\$/
		gsub(/[^\t]/, " ", out)
	}
	return out
}

function norm(s) { gsub(/[ \t\n]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }
function at(i) { return substr(C, i, 1) }
function op(i) { return substr(C, i, 2) == "&&" || substr(C, i, 2) == "||" }
function find(s, e, what,    i) { # the first of the characters, or of && and ||, outside of parentheses
	for (i = s; i <= e; i++) {
		if (at(i) in opens) i = match_[i]
		else if (what == "&&" ? op(i) : index(what, at(i))) return i
	}
	return 0
}

function cond(s, e,    i, j, p) {
	while (s <= e && at(s) ~ /[ \t\n]/) s++
	while (e >= s && at(e) ~ /[ \t\n]/) e--
	if (at(s) == "(" && match_[s] == e) { cond(s + 1, e - 1); return }
	if (at(s) == "!" && at(s + 1) == "(" && match_[s + 1] == e) { cond(s + 2, e - 1); return }
	p = index(substr(C, s), "(") + s - 1
	if (substr(C, s) ~ /^(un)?likely *\(/ && match_[p] == e) { cond(p + 1, e - 1); return }
	if ((i = find(s, e, "?"))) {
		seen[i]
		j = find(i + 1, e, ":")
		cond(s, i - 1); cond(i + 1, j - 1); cond(j + 1, e)
		return
	}
	if ((i = find(s, e, "&&"))) {
		for (; i; i = find(s, e, "&&")) { seen[i]; cond(s, i - 1); s = i + 2 }
		cond(s, e)
		return
	}
	p = substr(C, s, e - s + 1)
	if (p == "" || p == "true" || p == "false" || p == "NULL" || p !~ /[^0-9]/) return
	for (i = ++atoms; i > 1 && from[i - 1] > s; i--) { from[i] = from[i - 1]; to[i] = to[i - 1] }
	from[i] = s; to[i] = e
}

function scan(is_bool,    i, j, p, w, s, e, stack, depth) {
	atoms = depth = 0
	split("", match_); split("", back); split("", seen)
	for (i = 1; i <= length(C); i++)
		if (at(i) in opens) stack[++depth] = i
		else if (at(i) ~ /[])}]/) { match_[stack[depth]] = i; back[i] = stack[depth--] }
	for (p = 1; match(substr(C, p), /[A-Za-z_][A-Za-z_0-9]*/); ) {
		s = p + RSTART - 1; p = s + RLENGTH
		w = substr(C, s, RLENGTH)
		i = p; while (at(i) ~ /[ \t\n]/) i++
		if ((w == "if" || w == "while") && at(i) == "(")
			cond(i + 1, match_[i] - 1)
		else if (w == "for") {
			j = find(i + 1, match_[i], ";")
			cond(j + 1, find(j + 1, match_[i], ";") - 1)
		} else if (w == "return") {
			e = find(i, length(C), ";") - 1
			j = find(i, e, "?")
			if (is_bool || find(i, e, "&&") && !j) cond(i, e)
			else if (j) { seen[j]; cond(i, j - 1) }
		} else if (w == "bool" && match(substr(C, i), /^[a-z_]+ = /))
			cond(i + RLENGTH, find(i + RLENGTH, length(C), ",;") - 1)
	}
	# what stands elsewhere, in an assignment or an argument
	for (i = 1; i <= length(C); i++) {
		if (i in seen || !(op(i) || at(i) == "?")) { if (op(i)) i++; continue }
		for (s = i - 1; s && (at(s) !~ /[[({,;?:=]/ || at(s) == "=" && substr(C, s - 1, 2) ~ /[!=<>]=/ || substr(C, s, 2) == "=="); s--)
			if (s in back) s = back[s]
		if (at(i) == "?") { seen[i]; e = i }
		else for (e = i; e <= length(C) && at(e) !~ /[]),;?]/; e++) if (at(e) in opens) e = match_[e]
		cond(s + 1, e - 1)
		if (op(i)) i++
	}
}

# What is put around the text from s to e of the present function.
function span(s, e, open, close_) {
	spans++
	S[spans] = s; E[spans] = e; O[spans] = open; X[spans] = close_
}
function enter(a, name, n) {
	if ((fn, name) in named) bad(fn ": \"" name "\" twice")
	named[fn, name]
	number++
	print number, a, file, fn, name, n >>table
	return (n ~ /^test: / ? "-" : "") number
}

function position(text, nth,    i, c, gap, out, where, k) { # of normalized text in the function: sets at_s, at_e
	for (i = 1; i <= length(T); i++) {
		c = substr(T, i, 1)
		if (c ~ /[ \t\n]/) { gap = 1; continue }
		if (gap) { out = out " "; where[length(out)] = i; gap = 0 }
		out = out c; where[length(out)] = i
	}
	for (i = k = 0; nth > 0; nth--) {
		if (!(k = index(substr(out, i + 1), text))) return 0
		i += k
	}
	at_s = where[i]; at_e = where[i + length(text) - 1]
	return nth_more = index(substr(out, i + 1), text) ? 2 : 1
}

function block(first_line, last_line, is_bool,    i, j, k, r, all, some, has, l, name, t, f, text, nth, count, n, order, b, skip, v) {
	T = C = ""
	for (i = first_line; i <= last_line; i++) { T = T line[i] "\n"; C = C code[i] "\n"; if (i in is_added) has = 1 }
	for (r = 1; r <= rows; r++) if (func_[r] == fn) { if (orig[r] == "*") all = r; else if (orig[r] ~ /^[-+]$/) some = r; has = 1 }
	if (!has) return 0
	scan(is_bool)
	# counted in another way: each of these words has a condition
	n = gsub(/&&|[|][|]|[?]|[ \t(;](if|while) *[(]/, "&", C)
	if (all && atoms < n) bad(fn ": " n " conditions, of which only " atoms " are found")
	spans = 0
	for (i = 1; i <= atoms; i++) {
		text = substr(T, 1, from[i]); j = first_line + gsub(/\n/, "", text)
		text = substr(T, 1, to[i]); k = first_line + gsub(/\n/, "", text)
		text = norm(substr(T, from[i], to[i] - from[i] + 1))
		nth = ++count[text]
		for (has = 0; j <= k; j++) if (j in is_added) has = 1
		if (!all && !has) continue
		if (!all && !some) bad(fn ": no line in ci/proof/mutants.tsv for its new condition \"" text "\"")
		if (!all && orig[some] == "-") continue
		if (nth > 1) text = text " #" nth
		for (v = 0; v < 2; v++) {
			name = text " -> " (v ? "false" : "true")
			b = all ? all : some
			for (r = 1; r <= rows; r++)
				if (func_[r] == fn && orig[r] " -> " repl[r] == name) { b = r; used[r] }
			l = enter(arch[b], name, note[b])
			if (v) f = l; else t = l
		}
		span(from[i], to[i], "mutant_cond(", ", " t ", " f ")")
	}
	if (all) used[all]
	if (some && atoms) used[some]
	for (r = 1; r <= rows; r++) {
		if (func_[r] != fn || r in used || orig[r] ~ /^[-+*]$/) continue
		text = orig[r]; nth = 1
		if (match(text, / #[0-9]+$/)) { nth = substr(text, RSTART + 2); text = substr(text, 1, RSTART - 1) }
		if (!position(text, nth)) continue
		if (nth == 1 && nth_more == 2 && orig[r] !~ /#1$/) bad(fn ": \"" text "\" is there more than once, say #1 or #2")
		used[r]
		if (arch[r] != "&") l = enter(arch[r], orig[r] " -> " repl[r], note[r])
		if (repl[r] ~ /^@init /)
			tail = tail sprintf("static int __init mutant_init_%d(void)\n{\n\tif (mutant(%d)) { %s }\n\treturn 0;\n}\npure_initcall(mutant_init_%d);\n", l, l, substr(repl[r], 7), l)
		else if (text ~ /;$/)
			span(at_s, at_e, "{ if (mutant(" l ")) { " repl[r] " } else { ", " } }")
		else
			span(at_s, at_e, "(mutant(" l ") ? (" repl[r] ") : (", "))")
	}
	# the widest first, outside; of equal ones those written by hand
	for (i = 1; i <= spans; i++) order[i] = i
	for (i = 2; i <= spans; i++)
		for (j = i; j > 1; j--) {
			k = order[j]; l = order[j - 1]
			if (E[k] - S[k] < E[l] - S[l] || E[k] - S[k] == E[l] - S[l] && k < l) break
			order[j] = l; order[j - 1] = k
		}
	for (i = 1; i <= spans; i++) for (j = 1; j <= spans; j++)
		if (S[i] < S[j] && S[j] <= E[i] && E[i] < E[j])
			bad(fn ": \"" substr(T, S[i], E[i] - S[i] + 1) "\" and \"" substr(T, S[j], E[j] - S[j] + 1) "\" overlap")
	split("", pre); split("", post)
	for (i = 1; i <= spans; i++) { k = order[i]; pre[S[k]] = pre[S[k]] O[k]; post[E[k]] = X[k] post[E[k]] }
	for (i = 1; i < length(T); i++) printf "%s%s%s", pre[i], substr(T, i, 1), post[i]
	print ""
	return 1
}

END {
	if (failed) exit 1
	opens["("]; opens["["]; opens["{"]
	for (i = 1; i <= lines; i++) code[i] = blank(line[i])
	print "#include <linux/mutant.h>"
	for (i = 1; i <= lines; i++) {
		fn = ""
		if (line[i] == "{") {
			head = ""
			for (j = i - 1; j && code[j] !~ /^[ \t]*$/ && code[j] !~ /[;}][ \t]*$/; j--) head = code[j] " " head
			if (match(head, /[A-Za-z_0-9]+\(/)) fn = substr(head, RSTART, RLENGTH - 1)
		} else if (match(code[i], /[A-Za-z_0-9]+ = {$/))
			fn = substr(line[i], RSTART, RLENGTH - 4)
		else if (i in is_added && line[i] ~ /^#define.*(&&|[|][|]|[?])/)
			bad("line " i ": a condition in a macro")
		if (fn != "") {
			for (k = i + 1; k <= lines && line[k] !~ /^}/; k++);
			if (block(i, k, index(" " head, " bool " fn "("))) { i = k; continue }
		}
		print line[i]
	}
	printf "%s", tail
	for (i = 1; i <= rows; i++) if (!(i in used)) bad(func_[i] ": \"" orig[i] "\" is not there")
}
