# SPDX-License-Identifier: GPL-2.0-only
# The page of ci/report/report, which sends it all it knows: a line a fact, the first
# field says what it is.  Variables: css, the style sheet.
BEGIN {
	FS = "\t"
	WORD["pass"] = "pass"; WORD["fail"] = "fail"; WORD["hung"] = "fail: the guest hung or died"
	WORD["build"] = "fail: does not build"; WORD["not"] = "not run"
}
function h(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	return s
}
# names may break after what joins their words
function brk(s) { s = h(s); gsub(/[_.\/]/, "&<wbr>", s); return s }
function id(s) { gsub(/[^A-Za-z0-9_.\/-]/, "_", s); return s }
function mark(class, text) { return "<span class=" class ">" text "</span>" }
function plural(n, one, many) { return n " " (n == 1 ? one : many) }
function know(c) {
	if (c in known)
		return
	known[c] = ++ncase
	casename[ncase] = suiteof[ncase] = c
	sub(/\..*/, "", suiteof[ncase])
}
function caselink(c) { return c in known ? "<a href=\"#" id(c) "\">" brk(c) "</a>" : brk(c) }
function killed(s) { return s != "" && s !~ /^(NOT( |$)|KILLED, though|equivalent: )/ }
# (a guest that ended was killed by a case of which the row is not known)
function killing(c, n, p) {
	n = split(c, p, ".")
	return n < 3 || !((p[1] "." p[2]) in kills) ? kills[c] : add(kills[c], kills[p[1] "." p[2]])
}
function add(list, s) { return list (list == "" ? "" : ", ") s }
function red(text) { reds[++nred] = text }

$1 == "info" { info[$2] = $3 }
$1 == "cell" {
	cell[++ncell] = $2
	arch[$2] = $3
	flavour[$2] = $4
	virtio[$2] = $5
	cc[$2] = $6
	need[$2] = $8
}
$1 == "state" { state[$2] = $3 }			# fresh or stale; nothing: not run
$1 == "kept" { keptcell[$2] }
$1 == "fact" { fact[$2, $3] = $4 }
$1 == "file" { files[$2] = add(files[$2], "<a href=\"cells/" h($2 "/" $3) "\">" h($3) "</a>") }
$1 == "log" { excerpt[$2] = excerpt[$2] h($3) "\n" }
$1 == "odd" { odd[$2, ++nodd[$2]] = $3; oddwhy[$2, $3] = $4; know($3) }
$1 == "row" {
	row[++nrow] = $2
	rowtext[nrow] = $3
	rowcase[nrow] = $4
	know($4)
	if (!rows[$2]++) table[++ntable] = $2
}
$1 == "case" {
	know($4)
	res[$2, $4] = $3; why[$2, $4] = $5
	s = $4; sub(/\..*/, "", s)
	if (!(s in suite)) { suite[s]; suites[++nsuite] = s }
	count[$2, s, $3]++; total[$2, $3]++
	if ($3 == "fail" && !(($2, $4) in oddwhy)) { odd[$2, ++nodd[$2]] = $4; oddwhy[$2, $4] = "fails" }
}
# of proofs: the state first, then the lines of the kept files
$1 == "mutant" {
	m = ++nmut
	mstate[m] = $2
	march[m] = $3
	mname[m] = $4
	mcase[m] = $5
	mwhere[m] = $6 ($7 == "" ? "" : " in " $7)
}
$1 == "before" {
	before[$4] = before[$4] $3 "\t" $7 "\t" $2 "\n"
	b = $7
	sub(/:.*/, "", b)
	kind[$3, b]++
	kinds[b]
	bstate[$3] = $2
	if ($2 == "fresh" && $6 != "pass" && $6 != "skip") red(brk($4) " on the series, " h($3) ": " h($6)) 
	if ($2 == "fresh" && b !~ /^(fails before|guards unchanged behaviour|skipped)$/)
		red(caselink($4) ": " h($7) ", " h($3)) }
$1 == "cover" {
	n = ++ncov
	covstate[n] = $2
	covarch[n] = $3
	for (i = 4; i <= NF; i++) cov[n, i - 3] = $i
	covn[n] = NF - 3
}
$1 == "hunk" {
	n = ++nhunk
	hstate[n] = $2
	harch[n] = $3
	hsub[n] = $4
	hfile[n] = $5
	hwhere[n] = $6
	hverdict[n] = $7
}
$1 == "task" {
	n = ++ntask
	tstate[n] = $2
	task[n] = $3
	tverdict[n] = $4
	tcc[n] = $6
	tdetail[n] = $7
	claimed[n] = $8
}
$1 == "patch" { n = ++npatch; pfile[n] = $2; psub[n] = $3; pplus[n] = $4; pminus[n] = $5; ptouch[n] = $6 }
$1 == "check" { check[$2] = $3; finding[$2] = $4 }

# the verdict of a cell: its class, and in words
function verdict(c, v) {
	if (!(c in state)) return "not"
	if (state[c] == "stale") return "stale"
	v = fact[c, "verdict"]
	return v == "pass" && !nodd[c] && fact[c, "failed"] + 0 == 0 ? "pass" : (v in WORD && v != "pass" ? v : "fail")
}
function tone(v) { return v == "pass" || v == "stale" || v == "not" ? v : "fail" }
function words(c, v) {
	v = verdict(c)
	if (v == "stale") return "stale, was " (fact[c, "verdict"] == "pass" ? "pass" : "fail")
	return WORD[v] (tone(v) == "fail" && need[c] == "tried" ? ", not required" : "") (c in keptcell ? ", kept" : "")
}
# where a case has which result
function results(c, i, r, p, f, s, n, np, list, out, k) {
	split("", s)
	for (i = 1; i <= ncell; i++) {
		if (!((cell[i], c) in res)) continue
		n++
		r = res[cell[i], c]
		if (r == "skip") r = "skip\t" why[cell[i], c]
		if (state[cell[i]] == "stale") r = "stale\t" r
		else if (r == "pass") np++
		list[r] = add(list[r], cell[i])
	}
	if (n && np == n)
		return mark("pass", "pass") " in " (n == 1 ? list["pass"] : "all " n " cells that have it")
	if ("fail" in list) out = mark("fail", "fail") " in " list["fail"]
	if ("pass" in list) out = out (out ? "<br>" : "") mark("pass", "pass") " in " list["pass"]
	for (k in list) {
		if (k == "pass" || k == "fail") continue
		split(k, s, "\t")
		if (s[1] == "skip")
			out = out (out ? "<br>" : "") mark("not", "skipped") " in " list[k] ": " h(s[2])
		else out = out (out ? "<br>" : "") mark("stale", "stale") ", was " s[2] (s[3] == "" ? "" : " (" h(s[3]) ")") " in " list[k]
	}
	return out == "" ? mark("not", "not run") : out
}
function short(c, i, r, np, nf, ns, nk) {
	for (i = 1; i <= ncell; i++)
		if ((cell[i], c) in res) {
			r = res[cell[i], c]
			if (state[cell[i]] == "stale") { if (r != "skip") ns++ }
			else if (r == "pass") np++
			else if (r == "fail") nf++
			else nk++
		}
	if (nf) { rowfail++; return mark("fail", "fail in " plural(nf, "cell", "cells")) (np ? ", pass in " np : "") }
	if (np) { rowpass++; return mark("pass", "pass in " plural(np, "cell", "cells")) }
	if (ns) { rowstale++; return mark("stale", "stale") }
	rownot++
	return mark("not", nk ? "only skipped" : "not run")
}
function beforetext(c, l, f, n, i, by, k, out) {
	n = split(before[c], l, "\n")
	for (i = 1; i < n; i++) {
		split(l[i], f, "\t")
		k = h(f[2])
		sub(/: .*/, "", k)
		k = k (f[3] == "stale" ? " " mark("stale", "stale") : "")
		by[k] = add(by[k], f[1])
	}
	for (k in by) out = out (out ? "<br>" : "") k " (" by[k] ")"
	return out
}
function section(name, text) {
	printf "<section id=%s aria-labelledby=h-%s>\n<h2 id=h-%s>%s</h2>\n", name, name, name, text
}
function open(class, label, columns, n, c, i) {
	printf "<div class=scroll tabindex=0 role=region aria-label=\"%s\"><table class=%s><thead><tr>",
		h(label), class
	n = split(columns, c, "|")
	for (i = 1; i <= n; i++) printf "<th scope=col>%s", c[i]
	print "</thead><tbody>"
}
function shut() { print "</tbody></table></div>" }
function statemark(s) { return s == "fresh" ? mark("pass", "of this series") : mark("stale", s) }

END {
	# --- what all of it comes to
	for (i = 1; i <= ncell; i++) {
		c = cell[i]; v = verdict(c); tally[tone(v)]++
		if (tone(v) == "fail") required += need[c] != "tried"
		if (v == "not" && need[c] == "required") missing = add(missing, c)
	}
	for (m = 1; m <= nmut; m++) {
		ok = killed(mcase[m])
		same = mcase[m] ~ /^equivalent: /
		if (mstate[m] != "fresh") mstale++
		else if (ok) mkilled++
		else if (same) mequal++
		else { malive++; red("mutant not killed, " h(march[m]) ": <a href=#m" m ">" h(mname[m]) "</a>") }
		mtotal[march[m]]++
		mdead[march[m]] += ok
		msame[march[m]] += same
		if (ok)
			kills[mcase[m]] = add(kills[mcase[m]], "<a href=#m" m ">" h(march[m] ": " mname[m]) "</a>" \
				(mstate[m] == "fresh" ? "" : " " mark("stale", "stale")))
	}
	for (i = 1; i <= nhunk; i++)
		if (hstate[i] == "fresh" && hverdict[i] ~ /^NOTHING/)
			red("nothing fails without a hunk of " brk(hfile[i]) " (" h(hsub[i]) ")")
	for (i = 1; i <= ntask; i++) {
		if (tstate[i] != "fresh") taskstale++
		else if (tverdict[i] == "ok") taskok++
		if (tstate[i] == "fresh" && tverdict[i] != "ok")
			red("make full, " h(task[i]) ": " h(tverdict[i]) ", " h(tdetail[i]))
		if (claimed[i] == "claimed" && tstate[i] ~ /^(stale|missing)$/)
			red("make full, " h(task[i]) ": claimed, but " tstate[i])
	}
	if (info["tree"] != "")
		red("the tree is not what patches/ holds (make patches): cells can be of " h(info["tree"]))
	for (i = 1; i <= npatch; i++) {
		v = pfile[i] in check ? check[pfile[i]] : "not"
		patches[v]++
		if (v == "FAIL" && info["checks"] == "fresh")
			red("patch " brk(pfile[i]) ": " h(finding[pfile[i]]))
	}
	for (i = 1; i <= ncov; i++)
		if (cov[i, 3] ~ /^[0-9]+$/ && covn[i] >= 6) {
			if (covstate[i] != "fresh") { covstale++; continue }
			la += cov[i, 3]; lr += cov[i, 4]; ba += cov[i, 5]; bt += cov[i, 6]
		} else if (covstate[i] == "fresh" && cov[i, covn[i]] == "")
			red("not covered, without a reason: " h(cov[i, 1] " " cov[i, 2] " " cov[i, 3]))
	for (i = 1; i <= nrow; i++) rowshort[i] = short(rowcase[i])

	if (required || nred) {
		overall = "fail"
		sentence = required ? plural(required, "cell fails", "cells fail") : ""
		if (nred) sentence = add(sentence, plural(nred, "other finding", "other findings"))
		sentence = "Red: " sentence
	} else if (tally["stale"] || tally["not"] || tally["fail"]) {
		overall = "stale"
		sentence = "Not complete: what was run for this series passes"
	} else if (taskstale || info["checks"] != "fresh") {
		overall = "stale"
		sentence = "All cells pass; " (taskstale ? plural(taskstale, "task", "tasks") " of make full stale" : \
			"the patches were not checked")
	} else { overall = "pass"; sentence = "All cells pass" }
	if (tally["fail"] > required)
		sentence = sentence "; " plural(tally["fail"] - required, "cell that was only tried fails", "cells that were only tried fail")
	if (tally["stale"])
		sentence = sentence "; " plural(tally["stale"], "cell is", "cells are") " stale, of another state of the series"
	if (tally["not"]) sentence = sentence "; " plural(tally["not"], "cell was", "cells were") " not run"
	sentence = sentence "."

	# --- head
	print "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>"
	print "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<link rel=icon href=\"data:,\">"
	printf "<title>%s: %s</title>\n<style>\n",
		overall == "pass" ? "pass" : overall == "fail" ? "FAIL" : "incomplete", h(info["title"])
	while ((getline line < css) > 0) print line
	print "</style>\n</head>\n<body>\n<header>"
	printf "<h1>%s</h1>\n<p class=\"verdict %s\" id=verdict>%s</p>\n", h(info["title"]), overall, sentence
	print "<nav aria-label=\"Parts of this page\"><ul>"
	n = split("failures Failures|matrix Matrix|cells Cells|decisions Decisions|cases Cases|" \
		"mutants Mutants|before Fails before|coverage Coverage|hunks Hunks|patches Patches|tasks Tasks", part, "|")
	for (i = 1; i <= n; i++) {
		k = part[i]
		sub(/ .*/, "", k)
		sub(/^[^ ]* /, "", part[i])
		printf "<li><a href=#%s>%s</a>\n", k, part[i]
	}
	print "</ul></nav>\n<dl>"
	printf "<dt>Base<dd>%s\n<dt>Series<dd>%s, patch ids %s\n<dt>Page made<dd>%s\n",
		info["base"] == "" ? "not known: there is no tree here (make tree)" : h(info["base"]),
		plural(npatch, "patch", "patches"), h(info["series"]), h(info["date"])
	printf "<dt>Cells<dd>%d pass, %d fail, %d stale, %d not run, of %d in the matrix\n", tally["pass"],
		tally["fail"], tally["stale"], tally["not"], ncell
	printf "<dt>Decisions<dd>%d rows of %d tables: %d proven by a case that passes, %d fail, %d stale, %d not run or only skipped\n",
		nrow, ntable, rowpass, rowfail, rowstale, rownot
	printf "<dt>Mutants<dd>%d killed by a named case, %d argued equivalent, %d not killed; %d stale\n",
		mkilled, mequal, malive, mstale
	printf "<dt>Coverage<dd>%s\n",
		la ? lr " of " la " added lines run, " bt " of " ba " branches taken" \
			(covstale ? "; " plural(covstale, "function", "functions") " stale" : "") : (covstale ? "stale" : "not run")
	printf "<dt>Patches<dd>%s\n",
		info["checks"] == "" ? "not checked" : (patches["ok"] + 0) " without a finding, " \
			(patches["FAIL"] + 0) " with" (patches["not"] ? ", " patches["not"] " not checked" : "") (info["checks"] == "fresh" ? "" : " (" info["checks"] ")")
	printf "<dt>Tasks of make full<dd>%d good and of this series, %d stale or missing, of %d\n", taskok,
		taskstale, ntask
	print "</dl>\n</header>\n<main>"

	# --- what fails
	section("failures", "Failures")
	if (!tally["fail"] && !nred) print "<p>Nothing that was run for this series fails."
	for (i = 1; i <= ncell; i++) {
		c = cell[i]
		if (tone(verdict(c)) != "fail") continue
		printf "<h3>%s %s</h3>\n<p>%s\n", h(c), mark("fail", words(c)),
			files[c] == "" ? "No file of it is here: the verdict is a kept one." : "Files: " files[c]
		if (nodd[c]) {
			long = nodd[c] > 30
			print "<ul>"
			for (j = 1; j <= nodd[c]; j++) {
				if (long && j == 21)
					printf "</ul><details><summary>%d more</summary><ul>\n", nodd[c] - 20
				printf "<li class=failing data-cell=\"%s\">%s %s\n", h(c), caselink(odd[c, j]),
					mark("fail", h(oddwhy[c, odd[c, j]]))
			}
			print "</ul>" (long ? "</details>" : "")
		} else print "<p>" (fact[c, "verdict"] == "build" ? "No case ran: the build failed." : "No case failed.")
		if (c in excerpt)
			printf "<pre tabindex=0 aria-label=\"From the console of %s\">%s</pre>\n", h(c),
				excerpt[c]
	}
	if (nred) {
		print "<h3>Other findings</h3>\n<ul>"
		for (i = 1; i <= nred; i++) printf "<li>%s %s\n", mark("fail", "fail"), reds[i]
		print "</ul>"
	}
	if (missing != "") printf "<p>Required, but not run: %s.\n", h(missing)
	print "</section>"

	# --- the matrix
	section("matrix", "Matrix: cells and suites")
	print "<p class=dim>A cell is an architecture, plain or debug (KASAN, UBSAN, lockdep, DMA_API_DEBUG, KMEMLEAK as"
	print "far as it has them), VIRTIO built in or as modules, with one compiler. Stale: of other patches, or another base. A dash: the cell has no such suite."
	columns = "Cell|Verdict|Passed|Failed|Skipped"
	for (i = 1; i <= nsuite; i++) columns = columns "|" brk(suites[i])
	open("wide", "Matrix of cells and suites", columns)
	for (i = 1; i <= ncell; i++) {
		c = cell[i]; v = verdict(c)
		printf "<tr data-cell=\"%s\" class=cell><th scope=row><a href=\"#cell-%s\">%s</a><td>%s<td class=n>%s<td class=n>%s<td class=n>%s",
			h(c), id(c), h(c), mark(tone(v), words(c)),
			fact[c, "passed"], fact[c, "failed"], fact[c, "skipped"]
		for (j = 1; j <= nsuite; j++) {
			s1 = suites[j]; p = count[c, s1, "pass"]; f = count[c, s1, "fail"]; k = count[c, s1, "skip"]
			if (!(p + f + k)) { printf "<td class=dim>%s",
				v == "not" || c in keptcell ? "" : "–"; continue }
			printf "<td>%s%s%s", f ? mark(v == "stale" ? "stale" : "fail", f " failed") "<br>" : "",
				p ? mark(v == "stale" ? "stale" : "pass", p " passed") : "",
				k ? (p ? "<br>" : "") mark("not", k " skipped") : ""
		}
		print ""
	}
	shut()
	print "</section>"

	section("cells", "Cells: tools, times, sizes")
	open("wide", "Tools, times and sizes of each cell", "Cell|Architecture|Flavour|VIRTIO|Compiler|QEMU|Base|Build|Boot|Kernel|Run at|Patch ids|Files")
	for (i = 1; i <= ncell; i++) {
		c = cell[i]
		printf "<tr id=\"cell-%s\"><th scope=row>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td class=n>%s<td class=n>%s<td class=n>%s<td>%s<td>%s %s<td>%s\n",
			id(c), h(c), h(arch[c]), h(flavour[c]), virtio[c] == "m" ? "module" : "built in",
			h(c in state ? fact[c, "compiler"] : cc[c]), h(fact[c, "qemu"]), h(fact[c, "base"]),
				seconds(fact[c, "build_seconds"]), seconds(fact[c, "boot_seconds"]),
			fact[c, "kernel_bytes"] ? sprintf("%.1f MB", fact[c, "kernel_bytes"] / 1e6) : "",
				h(fact[c, "date"]), h(fact[c, "series"]),
				c in state ? (state[c] == "stale" ? mark("stale", "stale") : "") : mark("not", need[c] == "tried" ? "not run, not required" : "not run"),
				files[c]
	}
	shut()
	print "</section>"

	# --- decisions, and their cases
	section("decisions", "Decisions")
	print "<p class=dim>Each row of each decision, the case that proves it, in how many cells, what the case does"
	print "without the series, and the mutants that it kills."
	for (t = 1; t <= ntable; t++) {
		printf "<details%s><summary><strong>%s</strong>: %s</summary>\n",
			rows[table[t]] <= 60 ? " open" : "", h(table[t]), plural(rows[table[t]], "row", "rows")
		open("flow", "Rows of " table[t], "Row|Case|Result|Without the series|Mutants killed")
		for (i = 1; i <= nrow; i++)
			if (row[i] == table[t])
				printf "<tr><th scope=row>%s<td><a href=\"#%s\"><code>%s</code></a><td>%s<td>%s<td>%s\n",
					h(rowtext[i]), id(rowcase[i]), brk(rowcase[i]), rowshort[i],
					beforetext(rowcase[i]), killing(rowcase[i])
		shut()
		print "</details>"
	}
	print "</section>"
	section("cases", "Cases: the result in each cell")
	for (i = 1; i <= ncase; i++) if (!insuite[suiteof[i]]++) allsuites[++nall] = suiteof[i]
	for (t = 1; t <= nall; t++) {
		printf "<details><summary><strong>%s</strong>: %s</summary>\n", h(allsuites[t]),
			plural(insuite[allsuites[t]], "case", "cases")
		open("flow", "Cases of " allsuites[t], "Case|Result in each cell")
		for (i = 1; i <= ncase; i++)
			if (suiteof[i] == allsuites[t])
				printf "<tr id=\"%s\"><th scope=row><code>%s</code><td>%s\n", id(casename[i]),
					brk(substr(casename[i], length(suiteof[i]) + 2)), results(casename[i])
		shut()
		print "</details>"
	}
	print "</section>"

	# --- proofs
	section("mutants", "Mutants")
	print "<p class=dim>Each condition of the functions that decide, inverted or removed, one at a time: the case that fails then."
	if (!nmut) print "<p>" mark("not", "not run")
	for (m = 1; m <= nmut; m++) {
		if (march[m] != march[m - 1]) {
			if (m > 1) { shut(); print "</details>" }
			printf "<details><summary><strong>%s</strong>: %d of %d killed, %d argued equivalent %s</summary>\n",
				h(march[m]), mdead[march[m]], mtotal[march[m]], msame[march[m]],
				statemark(mstate[m])
			open("flow", "Mutants on " march[m], "Mutant|Killed by|Where")
		}
		printf "<tr id=m%d><th scope=row>%s<td>%s<td>%s\n", m, h(mname[m]),
			killed(mcase[m]) ? caselink(mcase[m]) : mcase[m] ~ /^equiv/ ? h(mcase[m]) : \
				mark(mstate[m] == "fresh" ? "fail" : "stale", mcase[m] == "" ? "not killed" : h(mcase[m])),
			brk(mwhere[m])
	}
	if (nmut) { shut(); print "</details>" }
	print "</section>"

	section("before", "What fails before")
	print "<p class=dim>Each case on the base with the tests and nothing else of the series. A case that"
	print "passes there guards behaviour that must not change. By case: in the tables of decisions."
	n = 0
	for (k in kinds) { n++; order[n] = k }
	if (!n) print "<p>" mark("not", "not run")
	else {
		columns = "Architecture"
		for (i = 1; i <= n; i++) columns = columns "|" h(order[i])
		open("wide", "Cases by what they do without the series", columns "|State")
		for (a in bstate) {
			printf "<tr><th scope=row>%s", h(a)
			for (i = 1; i <= n; i++) printf "<td class=n>%d", kind[a, order[i]]
			print "<td>" statemark(bstate[a])
		}
		shut()
	}
	print "</section>"

	section("coverage", "Coverage")
	print "<p class=dim>Of the lines and branches that the series adds in the functions that decide."
	if (!ncov) print "<p>" mark("not", "not run")
	else {
		open("wide", "Coverage by function", "Architecture|Function|File|Lines run|of|Branches taken|of|State")
		for (i = 1; i <= ncov; i++)
			if (cov[i, 3] ~ /^[0-9]+$/ && covn[i] >= 6)
				printf "<tr><th scope=row>%s<td>%s<td>%s<td class=n>%s<td class=n>%s<td class=n>%s<td class=n>%s<td>%s\n",
					h(covarch[i]), h(cov[i, 1]), h(cov[i, 2]), h(cov[i, 4]), h(cov[i, 3]),
					h(cov[i, 6]), h(cov[i, 5]), statemark(covstate[i])
			else nreason++
		shut()
		if (nreason) {
			printf "<details open><summary>%s, with the reason</summary><ul>\n",
				plural(nreason, "line or branch not run", "lines and branches not run")
			for (i = 1; i <= ncov; i++)
				if (!(cov[i, 3] ~ /^[0-9]+$/ && covn[i] >= 6)) {
					line = ""
					for (j = 1; j <= covn[i]; j++) line = line (j > 1 ? " · " : "") h(cov[i, j])
					printf "<li>%s: %s%s\n", h(covarch[i]), line,
						covstate[i] == "fresh" ? "" : " " mark("stale", "stale")
				}
			print "</ul></details>"
		}
	}
	print "</section>"

	section("hunks", "Hunks taken back")
	print "<p class=dim>Each hunk alone taken back: the build breaks, or a case fails, or it is no code."
	if (!nhunk) print "<p>" mark("not", "not run")
	for (i = 1; i <= nhunk; i++) {
		if (harch[i] != harch[i - 1]) {
			if (i > 1) { shut(); print "</details>" }
			n = 0
			for (j = i; j <= nhunk && harch[j] == harch[i]; j++) n++
			printf "<details><summary><strong>%s</strong>: %s %s</summary>\n", h(harch[i]),
				plural(n, "hunk", "hunks"), statemark(hstate[i])
			open("flow", "Hunks judged on " harch[i], "Patch|Hunk|Without it")
		}
		printf "<tr><th scope=row>%s<td>%s%s<td>%s\n", h(hsub[i]), brk(hfile[i]),
			hwhere[i] == "" ? "" : "<br><code>" h(hwhere[i]) "</code>",
			hverdict[i] ~ /^NOTHING/ ? mark("fail", "nothing fails") : caselink(hverdict[i])
	}
	if (nhunk) { shut(); print "</details>" }
	print "</section>"

	# --- patches and tasks
	section("patches", "Patches")
	printf "<p class=dim>Checked one by one: checkpatch --strict, codespell, kernel-doc, get_maintainer, the rules for the text. %s\n",
		h(info["checktools"])
	open("flow", "Patches", "Patch|Checks|Lines|Files")
	for (i = 1; i <= npatch; i++) {
		v = pfile[i] in check ? check[pfile[i]] : "not"
		plus += pplus[i]; minus += pminus[i]
		printf "<tr><th scope=row>%d. %s<td>%s<td>+%d −%d<td>%s\n", i, h(psub[i]),
			v == "not" ? mark("not", "not checked") : info["checks"] != "fresh" ? mark("stale", "stale, was " v) : \
				v == "ok" ? mark("pass", "ok") : mark("fail", "fail") " " h(finding[pfile[i]]),
			pplus[i], pminus[i], plural(ptouch[i], "file", "files")
	}
	printf "<tr><th scope=row>All<td><td>+%d −%d<td>\n", plus, minus
	shut()
	print "</section>"

	section("tasks", "Tasks of make full")
	open("flow", "Tasks of make full", "Task|State|Result|Tools")
	for (i = 1; i <= ntask; i++)
		printf "<tr><th scope=row>%s%s<td>%s<td>%s %s<td>%s\n", h(task[i]),
			claimed[i] == "claimed" ? " (claimed)" : "", statemark(tstate[i]),
			mark(tstate[i] != "fresh" ? "stale" : tverdict[i] == "ok" ? "pass" : "fail", h(tverdict[i])),
			h(tdetail[i]), h(tcc[i])
	shut()
	print "</section>\n</main>\n</body>\n</html>"
}
function seconds(s) { return s == "" ? "" : s " s" }
