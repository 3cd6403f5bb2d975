# SPDX-License-Identifier: GPL-2.0-only
"""The mutants: which conditions are found, how they are written, what is wrong in a table
of them, and what becomes of a mutant."""
import re
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "ci/proof"), str(ROOT / "ci/lib")]
from ktap import Case
from mutation import blocks, find, judge, lay, lex, rows, write
from mutation.judge import Boot

SOURCE = """/* a ? b : c && d */
static bool f(int a)
{
	bool x = g(a), y;
	const char *s = x ? "a && b" : "";

	if (!(a && b) || unlikely(c == 3))
		return true;
	for (; map && map->size; map++)
		y = p && (q ||
			  r);
	h(a ? 1 : 2, r == 3 && t);
	return a || b;
}
int g(void)
{
	if (x > 2)
		return *n ? 0 : -ENODEV;
	return x - 1;
}
static struct drv d = {
	.a = 1,
};
"""


def mutate(*table: str, added: tuple[int, ...] = (), source: str = SOURCE):
    return write.mutate("t.c", source, rows.parse("\n".join(table)), set(added))


def names(*table: str, added: tuple[int, ...] = ()) -> list[str]:
    return [m.name for m in mutate(*table, added=added)[1]]


def conditions(body: str, result: str = "bool") -> list[str]:
    source = f"static {result} f(void)\n{{\n\t{body}\n}}\n"
    block = next(blocks.blocks(source, lex.tokens(source)))
    return [text for _, text in find.named_conditions(source, block)]


class Lexer(unittest.TestCase):
    def test_directives_comments_and_continued_lines(self):
        source = '#define X(a) \\\n\t((a) && b) /* c\n */ + 1\nint y; // #z\nchar *s = "\u00fc\\" && ";\n'.encode().decode("latin-1")
        found = lex.tokens(source)
        self.assertEqual("#defineX(a)((a)&&b)+1", "".join(t.text for t in found if t.directive == "define" or t.text == "#"))
        self.assertEqual(["int", "y", ";", "char", "*", "s", "=", source[source.index('"'):-2], ";"],
                         [t.text for t in found if not t.directive])
        self.assertEqual([4, 4, 4, 5], [t.line for t in found if not t.directive][:4])
        self.assertTrue(all(source[t.start:t.end] == t.text for t in found))


class Find(unittest.TestCase):
    def test_each_condition_of_a_function(self):
        found = [n.removesuffix(" -> true") for n in names("um\tt.c\tf\t*") if n.endswith("true")]
        self.assertEqual("g(a);x;a;b;c == 3;map;map->size;p;q;r;a #2;r == 3;t;a #3;b #2", ";".join(found))

    def test_operators_of_more_characters(self):
        self.assertEqual(["a <<= 2", "b->c != 3"], conditions("x |= (a <<= 2) && b->c != 3;"))

    def test_nested_choices(self):
        self.assertEqual(["a", "b", "c", "d", "e"], conditions("return a ? b ? c : d : e;"))
        self.assertEqual(["a", "b", "c"], conditions("x = a ? b && c : d;"))

    def test_a_choice_between_values_is_no_condition(self):
        self.assertEqual(["*n"], conditions("return *n ? p : q;", "int"))

    def test_do_while_and_statement_expressions(self):
        self.assertEqual(["{ a && b; }", "a", "b"], conditions("do { x(); } while (({ a && b; }));"))

    def test_only_functions_of_that_name(self):
        source = SOURCE + "#define g(x) \\\n{ \\\n}\nstruct g {\n\tint (*h)(void);\n};\n"
        self.assertEqual(["f", "g", "d"], [b.name for b in blocks.blocks(source, lex.tokens(source))])

    def test_brackets_that_do_not_match(self):
        with self.assertRaisesRegex(blocks.MutantError, "f: a bracket without its partner"):
            conditions("#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}")


class Write(unittest.TestCase):
    def test_in_place(self):
        text, _ = mutate("um\tt.c\tf\t*")
        self.assertIn("\tif (!(mutant_cond(a, 5, 6) && mutant_cond(b, 7, 8)) || unlikely(mutant_cond(c == 3, 9, 10)))\n", text)

    def test_without_the_mutants_it_is_the_source(self):
        text, _ = mutate("um\tt.c\tf\t*")
        text, n = text.removeprefix("#include <linux/mutant.h>\n"), 1
        while n:
            text, n = re.subn(r"mutant_cond\(([^()]*(\([^()]*\))?), [0-9]+, [0-9]+\)", r"\1", text)
        self.assertEqual(SOURCE, text)

    def test_added_lines_rows_by_hand_and_their_notes(self):
        text, mutants = mutate("um\tt.c\tg\t+", "um\tt.c\tg\tx > 2\tx >= 2", "arm64\tt.c\tg\tx > 2\ttrue\ttest: why",
                               "um\tt.c\tg\treturn x - 1;\treturn x;", added=(17, 18))
        self.assertEqual("x > 2 -> true;x > 2 -> false;*n -> true;*n -> false;x > 2 -> x >= 2;return x - 1; -> return x;",
                         ";".join(m.name for m in mutants))
        self.assertEqual([(1, "arm64", "test: why")], [(m.number, m.arch, m.note) for m in mutants if m.name == "x > 2 -> true"])
        self.assertIn("\tif ((mutant(5) ? (x >= 2) : (mutant_cond(x > 2, -1, 2))))\n", text)
        self.assertIn("\t{ if (mutant(6)) { return x; } else { return x - 1; } }\n", text)

    def test_at_boot(self):
        text, _ = mutate("um\tt.c\td\t.a = 1,\t@init d.a = 0;")
        self.assertIn("\tif (mutant(1)) { d.a = 0; }\n", text)
        self.assertTrue(text.endswith("pure_initcall(mutant_init_1);\n"))

    def test_two_changes_of_one_mutant(self):
        text, mutants = mutate("um\tt.c\tg\tx > 2\tx", "&\tt.c\tg\treturn x - 1;\treturn 1;")
        self.assertEqual(1, len(mutants))
        self.assertIn("{ if (mutant(1)) { return 1; } else { return x - 1; } }", text)

    def test_none_for_a_reason(self):
        self.assertEqual([], names("um\tt.c\tg\t-\t\tnot mutated here", added=(17, 18)))

    def test_numbers_follow_the_first(self):
        _, mutants = write.mutate("t.c", SOURCE, rows.parse("um\tt.c\tg\t+"), {17}, 1000)
        self.assertEqual([1001, 1002], [m.number for m in mutants])

    def test_a_text_is_whole_tokens(self):
        text, _ = mutate("um\tt.c\tf\tmap->size\t0")
        self.assertIn("map && (mutant(1) ? (0) : (map->size));", text)
        self.refused('"ap->size" is not there', "um\tt.c\tf\tap->size\t0")

    def refused(self, why: str, *table: str, added: tuple[int, ...] = (), source: str = SOURCE):
        with self.assertRaisesRegex(blocks.MutantError, why):
            mutate(*table, added=added, source=source)

    def test_what_is_wrong(self):
        self.refused('f: no row .*"map"', "um\tt.c\tg\t*", added=(9,))
        self.refused('mutants.tsv:1: t.c: f: "zz" is not there', "um\tt.c\tf\tzz\ttrue")
        self.refused('mutants.tsv:1: t.c: nof: "\\*" is not there', "um\tt.c\tnof\t*")
        self.refused('mutants.tsv:2: t.c: f: "y" is there more than once', "um\tt.c\tf\tunlikely\tlikely", "um\tt.c\tf\ty\tx")
        self.refused('"y #3" is not there', "um\tt.c\tf\ty #3\tx")
        self.refused('t.c: ".*" and ".*" overlap', "um\tt.c\tf\tmap && map\ttrue", "um\tt.c\tf\tmap->size\tfalse",
                     "um\tt.c\tf\t&& map->size\t&& 0")
        self.refused('mutants.tsv:2: .* is a mutant twice: x - 1 -> x', "um\tt.c\tg\tx - 1\tx", "um\tt.c\tg\tx - 1\tx")
        self.refused("line 1: a condition in a macro", "um\tt.c\tg\t*", added=(1,), source="#define C(x) ((x) && y)\n" + SOURCE)
        self.refused("line 2: a condition in a macro", "um\tt.c\tg\t*", added=(2,), source="#define C(x) \\\n\t((x) && y)\n" + SOURCE)


class Rows(unittest.TestCase):
    def test_errors_name_the_row(self):
        for text, why in (("# a\num\tt.c\tf", "t.tsv:2: a row has"), ("um\tt.c\tf\t*\ta\tb\tc", "t.tsv:1: a row has"),
                          ("um\tt.c\tf\t*\n&\tt.c\tf\tx\ty", "t.tsv:2: .* belongs to the row before"),
                          ("um\tt.c\tf\tx\ty\n&\tt.c\tg\tx\ty", "t.tsv:2: .* belongs to the row before")):
            with self.subTest(text), self.assertRaisesRegex(blocks.MutantError, why):
                rows.parse(text, "t.tsv")

    def test_added_lines(self):
        diff = ("diff --git a/t.c b/t.c\n--- a/t.c\n+++ b/t.c\n@@ -1,2 +3 @@ f\n+++ b/x.c\n@@ -9,0 +7,2 @@ g\n+a\n+b\n"
                "diff --git a/u.c b/u.c\n--- a/u.c\n+++ b/u.c\n@@ -3,2 +2,0 @@\n-a\n-b\n")
        self.assertEqual({"t.c": {3, 7, 8}, "u.c": set()}, lay.added_lines(diff))

    def test_a_file_that_is_gone(self):
        with tempfile.TemporaryDirectory() as tree, self.assertRaisesRegex(blocks.MutantError, "t.c is not in"):
            lay.mutated(Path(tree), rows.parse("um\tt.c\tf\t*"), {})


def console(number: int, *lines: str, reached: bool = True) -> str:
    return "\n".join(["KTAP version 1", f"[    0.1] mutant {number} chosen", *["mutant reached"] * reached, *lines])


PASSED, FAILED, SKIPPED = Case("pass", "s.a", ""), Case("fail", "s.b.row", ""), Case("skip", "s.c", "why")


class Judge(unittest.TestCase):
    def test_a_named_case_kills(self):
        self.assertEqual("s.b.row", judge.verdict(3, Boot(console(3), [PASSED, FAILED]), 3))

    def test_survivors(self):
        for boot, why in (
                (Boot("KTAP version 1", [], "", 3), "not chosen, the guest ended 3 times before its tests"),
                (Boot(console(4), [FAILED]), "not chosen, the guest ended 1 times before its tests"),
                (Boot(console(3, reached=False), [PASSED]), "never run"),
                (Boot(console(3, reached=False), [FAILED]), "never run, although s.b.row fails"),
                (Boot(console(3, "    # Subtest: s\r"), [PASSED]), "the guest ended in s, and no case failed"),
                (Boot(console(3), [PASSED, SKIPPED], "the um guest hung"), "the um guest hung"),
                (Boot(console(3), [PASSED, SKIPPED]), "run, and no case fails")):
            with self.subTest(why):
                found = judge.verdict(3, boot, 2)
                self.assertEqual("NOT KILLED: " + why, found)
                self.assertTrue(judge.is_bad(found))

    def test_an_expectation_fails_before_the_guest_ends(self):
        lines = "[ 0.2][  T1]     # Subtest: s\r", "[ 0.3][  T1]     # b: EXPECTATION FAILED at t.c:3\r", "Kernel panic"
        self.assertEqual("s.b", judge.verdict(3, Boot(console(3, *lines), [PASSED], "the guest died"), 2))
        self.assertEqual("NOT KILLED: run, and no case fails", judge.verdict(3, Boot(console(3, *lines), [PASSED]), 1))

    def test_equivalent_mutants_survive(self):
        mutant = write.Mutant(3, "um", "t.c", "f", "a -> true", "equivalent: why")
        self.assertEqual("equivalent: why", judge.final(mutant, judge.SURVIVED))
        for found in "s.b", "NOT KILLED: never run":
            self.assertTrue(judge.is_bad(judge.final(mutant, found)))
        self.assertEqual("s.b", judge.final(mutant._replace(note="test: why"), "s.b"))

    def test_control(self):
        expected = {"s.a": None, "s.c": "why"}
        good = Boot(console(0, reached=False), [SKIPPED, PASSED])
        self.assertEqual([], judge.control(good, expected))
        for boot, fault in ((good._replace(died="it hung"), "it hung"),
                            (good._replace(console="KTAP version 1"), "the guest ended before its tests"),
                            (good._replace(cases=[PASSED]), "skip s.c why is missing"),
                            (good._replace(cases=[PASSED, Case("skip", "s.c", "other")]), "skip s.c other was not expected"),
                            (good._replace(cases=[*good.cases, FAILED]), "fail s.b.row was not expected"),
                            (good._replace(cases=[*good.cases, PASSED]), "s.a is there 2 times")):
            with self.subTest(fault):
                self.assertIn(fault, judge.control(boot, expected))

    def test_what_fails_is_seen_at_any_depth(self):
        for line in b"not ok 1 s", b"[    1.2] not ok 1 s", b"[ 1.2][  T1]         not ok 2 row":
            self.assertTrue(judge.FAILING.search(b"KTAP version 1\r\n" + line))
        self.assertFalse(judge.FAILING.search(b"    ok 1 is not ok 2\nis not ok 3"))

    def test_the_suite_that_killed_goes_first(self):
        killers: dict = {}
        mutant = write.Mutant(1, "um", "t.c", "f", "a -> true", "")
        self.assertEqual("", judge.guess(mutant, killers))
        judge.learn(killers, "t.c", "g", "b -> true", "NOT KILLED: run, and no case fails")
        judge.learn(killers, "t.c", "g", "b -> true", "equivalent: e.g. why")
        self.assertEqual("", judge.guess(mutant, killers))
        for function, name, suite in ("g", "b -> true", "of_file"), ("f", "c -> true", "of_function"), ("f", "a -> true", "own"):
            judge.learn(killers, "t.c", function, name, f"{suite}.case.row with words")
            self.assertEqual(suite, judge.guess(mutant, killers))
        judge.learn(killers, "t.c", "f", "c -> true", "of_function.case")
        self.assertEqual("own", judge.guess(mutant, killers))

    def test_detail(self):
        self.assertEqual("4 mutants: 1 killed by a named case, 1 equivalent",
                         judge.detail(["s.a", "equivalent: why", "NOT KILLED: never run", "KILLED, though said to be equivalent: s.a"]))


if __name__ == "__main__":
    unittest.main()
