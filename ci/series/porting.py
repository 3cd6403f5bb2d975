# SPDX-License-Identifier: GPL-2.0-only
"""The commits of a port: what has changed in each patch merged into its port (ports.py)."""
import os
import re
import subprocess
import sys
from pathlib import Path

from ports import LEFT_OUT, Row, blob, read, series, write


# Conflicts that are in no file.
MESSAGE = "the message"
ADAPTED = "what was adapted, or said, is not in it: see the port as it was"
# A message says what was run on the first base, and is kept: so it has to say that.
NOTE = "[This message speaks of {}, also in what it says was tested.]"


def noted(message: str, first: str) -> str:
    """The message with the note, before its trailers."""
    parts = plain(message).rstrip("\n").split("\n\n")
    trailers = [parts.pop()] if len(parts) > 1 and all(re.match(r"[A-Z][A-Za-z-]+: | ", x) for x in parts[-1].split("\n")) else []
    return "\n\n".join([*parts, NOTE.format(first), *trailers]) + "\n"


def plain(message: str) -> str:
    return re.sub(r"\n\n" + re.escape(NOTE).replace(r"\{\}", r"\S+"), "", message)


class Tree:
    """The git tree of the port.  A commit is its name, a tree likewise."""
    def __init__(self, path: str):
        self.path = path
        self.env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_COMMITTER_DATE": "@0 +0000", **{
            f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "The Sender"), ("EMAIL", "sender@example.invalid"))}}

    def git(self, *args: str, ok: tuple[int, ...] = (0,), text: str | None = None, **env: str) -> str:
        run = subprocess.run(["git", "-C", self.path, "-c", "merge.renames=false", *args], capture_output=True, text=True,
                             input=text, env={**self.env, **env}, check=False)
        if run.returncode not in ok:
            raise RuntimeError(f"git {args[0]}: {run.stderr.strip()}")
        return run.stdout

    def chain(self, since: str, ref: str, names: list[str]) -> dict[str, str]:
        commits = self.git("rev-list", "--reverse", f"{since}..{ref}").split()
        if len(commits) != len(names):
            raise RuntimeError(f"{ref} has {len(commits)} commits for {len(names)} patches")
        return dict(zip(names, commits))

    def tree(self, commit: str) -> str:
        return self.git("rev-parse", f"{commit}^{{tree}}").strip()

    def merge(self, base: str, ours: str, theirs: str) -> tuple[str, list[str]]:
        """Three trees made one, and the files that conflict, with their marks in it."""
        if base in (ours, theirs):
            return (theirs if base == ours else ours), []
        root = self.git("commit-tree", "-m", "base", base).strip()
        # (the marks bear these names, so that the same conflict is the same file)
        sides = {"refs/port/ours": ours, "refs/port/theirs": theirs}
        for ref, side in sides.items():
            self.git("update-ref", ref, self.git("commit-tree", "-p", root, "-m", "side", side).strip())
        out = self.git("merge-tree", "--write-tree", "--name-only", "--no-messages", *sides, ok=(0, 1)).split("\n")
        return out[0], [f for f in out[1:] if f]

    def pick(self, commit: str, onto: str) -> tuple[str, list[str]]:
        """What COMMIT does, done to the commit ONTO."""
        return self.merge(self.tree(f"{commit}^"), self.tree(onto), self.tree(commit))

    def message(self, commit: str) -> str:
        return plain(self.git("log", "-1", "--format=%B", commit).rstrip("\n") + "\n")

    def commit(self, tree: str, parent: str, message: str, like: str) -> str:
        name, email, date = self.git("log", "-1", "--format=%an%n%ae%n%ad", "--date=raw", like).rstrip("\n").split("\n")
        return self.git("commit-tree", "-p", parent, tree, text=message,
                        GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=email, GIT_AUTHOR_DATE=date).strip()

    def files(self, *commits: str) -> set[str]:
        return {f for c in commits for f in self.git("diff-tree", "--no-commit-id", "--name-only", "-r", c).split("\n") if f}

    def diff(self, commit: str) -> str:
        return self.git("patch-id", "--stable", text=self.git("diff-tree", "-p", "-U0", commit))[:40]


def ported(t: Tree, new: str, old: str | None, mine: str | None, onto: str) -> tuple[str, list[str], str]:
    """The tree of the next commit, files that conflict, and its message.  NEW and OLD are the
    patch on the first base, MINE its port so far."""
    if not (old and mine):
        return *t.pick(new, onto), t.message(new)
    here, conflicts = t.pick(mine, onto)
    before, lost = t.pick(old, f"{new}^")
    if lost or conflicts:  # a patch below it changed beside it: what changed up to here, less what changed up to there
        (below, wrong), (upto, more) = (t.merge(*(t.tree(c + end) for c in (old, mine, new))) for end in ("^", ""))
        if t.files(old, new, mine) & {*wrong, *more}:  # it has to be ported anew
            adapted = t.diff(mine) != t.diff(old) or t.message(mine) != t.message(old)
            tree, conflicts = t.pick(new, onto)
            return tree, conflicts + [ADAPTED] * adapted, t.message(new)
        here, conflicts = t.merge(below, t.tree(onto), upto)
    else:
        here, conflicts = t.merge(before, here, t.tree(new))
    texts = [t.message(c) for c in (mine, old, new)]
    if texts[0] == texts[1]:
        return here, conflicts, texts[2]
    if texts[1] != texts[2]:
        blobs = [t.git("hash-object", "-w", "--stdin", text=x).strip() for x in texts]
        roots = [t.git("mktree", text=f"100644 blob {b}\tmessage\n").strip() for b in blobs]
        both, wrong = t.merge(roots[1], roots[0], roots[2])
        return here, conflicts + [MESSAGE] * bool(wrong), t.git("cat-file", "blob", f"{both}:message")
    return here, conflicts, texts[0]


def unsaved(t: Tree, begun: list[str], names: list[str]) -> str:
    """Work in the tree that the port would lose: all but one commit that resolves the conflict in
    which it was BEGUN, a patch and the commit below.  That commit, else ""."""
    below = begun[1] if begun else "HEAD"
    commits = t.git("rev-list", "HEAD", "--not", below, "refs/series/exported").split()
    resolved = not commits or begun and begun[0] in names and t.git("rev-parse", "HEAD^").strip() == below
    return "" if resolved and not t.git("status", "--porcelain", "-uno") else below


def port(t: Tree, first: Path, patches: Path) -> int:
    state = Path(t.path, ".git/port")
    rows, names, had = read(patches), series(first), series(patches)
    new = t.chain("refs/port/from", "refs/port/new", names)
    if (state / "old/series").exists():
        old = t.chain("refs/port/from", "refs/port/old", list(rows))
    else:  # nothing that was ported has changed
        old = {name: new[name] for name in names if name in rows}
    if not (state / "mine").exists():
        (state / "mine").write_text(t.git("rev-parse", "refs/series/exported"))
    mine = t.chain("base", (state / "mine").read_text().strip(), had) if had else {}
    onto, out, begun = t.git("rev-parse", "base").strip(), [], (state / "at").read_text().split() if (state / "at").exists() else []
    if below := unsaved(t, begun, names):
        print(f"\nError: {t.path} has work that the port would lose\n"
              f"Next:  commit it as one commit on {below[:12]}; or give it up: git -C {t.path} reset --hard {below[:12]}", file=sys.stderr)
        return 6
    for name in names:
        now, row = blob(first / name, "-w"), rows.get(name, Row(name, "", ""))
        if row.state == LEFT_OUT:
            out.append(row._replace(blob=now))
            print(f"{LEFT_OUT:9} {name}: {row.why}" + (" (it has changed: still so?)" if row.blob != now else ""))
            continue
        kept = state / f"done-{name}"
        if begun and begun[0] == name and t.git("rev-parse", "HEAD^", ok=(0, 128)).strip() == begun[1]:
            resolved = t.commit(t.tree("HEAD"), onto, noted(t.message("HEAD"), first.name), new[name])
            kept.write_text(f"{onto} {now} {resolved}")
        done = kept.read_text().split() if kept.exists() else []
        if done[:2] == [onto, now]:
            onto = done[2]
        else:
            tree, conflicts, message = ported(t, new[name], old.get(name), mine.get(name), onto)
            if conflicts:
                t.git("reset", "-q", "--hard", onto)
                t.git("read-tree", "-u", "-m", "HEAD", tree)
                if files := [c for c in conflicts if c not in (MESSAGE, ADAPTED)]:
                    t.git("reset", "-q", "--", *files)
                    # (one that the patch creates is known to no commit: git add -u would leave it out)
                    t.git("add", "-f", "-N", "--", *files)
                Path(t.path, ".git/MERGE_MSG").write_text(message)
                (state / "at").write_text(f"{name} {onto}")
                print(f"{'conflict':9} {name}: {' '.join(conflicts)}")
                return 5
            onto = t.commit(tree, onto, noted(message, first.name), new[name])
        how = "same" if t.diff(onto) == t.diff(new[name]) else "adapted"
        out.append(Row(name, how, now, "" if how == "same" else row.why or "?"))
        print(f"{how:9} {name}" + (f": {out[-1].why}" if out[-1].why else ""))
    write(patches, out)
    t.git("checkout", "-q", "-B", "series", onto)
    (state / "at").write_text(f"- {onto}")
    if missing := [r.patch for r in out if r.why == "?"]:
        print(f"why are they adapted?  Say so in {patches}/ports.tsv: {' '.join(missing)}", file=sys.stderr)
    return 0
