#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/bench/notes.py [--check]

Writes MAINTAINERS-notes/cost.md from ci/bench/figures/BASE.json, so that no number there
is typed by hand.  --check only says whether it is what it would write.
"""
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """# What it costs

Written by `ci/bench/notes.py` from `ci/bench/figures/{base}.json`. Instructions of the guest in functions of virtio and the DMA API, under
QEMU's TCG, a request: a 4 KiB read of virtio-blk, a frame of 1 KiB through two virtio-net cards. How they are counted, and what
a count is not: `ci/bench/README.md`. None of this is a time, and none comes from hardware.
"""


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def section(title: str, figure: dict, text: str) -> str:
    commands = ", ".join(f"`{v['command']}`" for v in figure.values())
    return f"\n## {title}\n\n{text}\nFrom: {commands}\n"


def unprotected(f: dict) -> str:
    rows = [[arch, kind, f"{v[kind]['base']:.1f}", f"{v[kind]['series']:.1f}", f"{v[kind]['ratio']:.4f}", f"{v[kind]['spread']:.5f}"]
            for arch, v in f.items() for kind in ("blk", "net") if kind in v]
    return section("Unprotected guests", f, table(["", "", "base", "series", "ratio", "spread of base against base"], rows))


def protected(f: dict) -> str:
    rows = []
    for arch, v in f.items():
        for kind in ("blk", "net"):
            if kind in v:
                w = v[kind]["without"]
                parts = ", ".join(f"{name} {n:.0f}" for name, n in sorted(w["parts"].items(), key=lambda p: -p[1]))
                rows.append([arch, kind, f"{w['instructions']:.0f}", f"{v[kind]['with']['instructions']:.0f}",
                             f"{v[kind]['ratio']:.3f}", parts, f"{w['copy_to_memcpy']:.2f}"])
    return section("Protected guests (simulated)", f, table(
        ["", "", "without ACCESS_PLATFORM", "with it", "ratio", "of which", "copy against memcpy()"], rows))


def probe(f: dict) -> str:
    rows = [[arch, f"{v['base']:.0f}", f"{v['series']:.0f}", f"{v['more']:+.0f}", f"{max(v['spread'].values()):.0f}"] for arch, v in f.items()]
    return section("A device until its driver has it", f, "Virtio-serial in an ordinary guest, by guests with four of them more.\n\n" + table(
        ["", "base", "series", "more", "spread of equal runs"], rows))


def pkvm(f: dict) -> str:
    kinds = {"ordinary": "ordinary guest", "without": "protected, without ACCESS_PLATFORM", "with": "protected, with it",
             "restricted": "without it, restricted-dma-pool", "base_with": "base: with it",
             "dynamic": "without it, 1 MiB of pool and SWIOTLB_DYNAMIC"}
    rows = [[device, kinds[k], f"{v[device][k]['instructions']:.0f}", f"{v[device][k]['exits']:.2f}", f"{v[device][k]['shared']:.2f}",
             str(v[device][k]["shared_before"])] for v in f.values() for device in ("blk", "net") for k in kinds if k in v[device]]
    return section("Real protected guests (pKVM on arm64)", f, (
        "Exits are those to the host. Memory changes sides in set_memory_decrypted(), by a hypercall a page: when the pool is set up, and\n"
        "when a ring is. No request does that. The pool of 1 MiB could grow and did not, so what it costs to share more on demand was not\n"
        "counted.\n\n") + table(
        ["", "", "instructions", "exits", "set_memory_*crypted(), a request", "and before"], rows))


def tce(f: dict) -> str:
    kinds = {"svm_off": "TCEs, without PPC_SVM", "svm_on": "TCEs, with PPC_SVM, not secure", "secure": "secure: direct window, bounced"}
    rows = [[text, f"{v[k]['base']['instructions']:.1f}" if "base" in v[k] else "no request ends", f"{v[k]['series']['instructions']:.1f}",
             (f"{v[k]['more']:+.1f}" + (", beyond the aim" if "beyond" in v[k] else "")) if "more" in v[k] else "", f"{v[k]['series']['spread']:.4f}"]
            for v in f.values() for k, text in kinds.items()]
    return section("pseries: a mapping, and its end", f, (
        "Hypervisor calls do not count. The aim is nothing more in ordinary guests. With PPC_SVM a mapping by TCEs reads the MSR, to refuse\n"
        "private memory in a secure guest.\n\n") + table(["", "base", "series", "more", "spread of equal runs"], rows))


def vhost(f: dict) -> str:
    rows = [[name.replace("_", " "), f"{v['instructions']:.0f}", f"{v['ratio']:.2f}", f"{v['spread']:.2f}", f"{v['lookups']:.0f}",
             f"{v['messages']:.1f}"] for by in f.values() for name, v in by.items() if isinstance(v, dict)]
    return section("A vhost-user disk: ACCESS_PLATFORM, and an IOMMU", f, table(
        ["", "instructions of the device", "ratio", "spread", "look-ups", "messages"], rows))


def size(f: dict) -> str:
    kinds = {"lab": "", "nosvm": ", PPC_SVM=n", "bare": ", nothing to protect memory",
             "modules": ", virtio as modules"}
    rows = [[arch + text, f"{v[k]['sum']:+d}" + (f", beyond {v[k]['beyond']}" if "beyond" in v[k] else ""),
             f"{v[k]['data_path']:+d}" if "data_path" in v[k] else "",
             ", ".join(f"{n} {b:+d}" for n, b in list(v[k]["symbols"].items())[:4])] for arch, v in f.items() for k, text in kinds.items() if k in v]
    return section("Size of vmlinux, KUNIT=n", f, (
        "The aim is no byte in the data path, and 1 KiB in all; 256 bytes where nothing can protect memory. On pseries, whose part\n"
        "changes how mappings are made, *a mapping, and its end* says what that costs. Where nothing can protect memory,\n"
        "DMA_PHYS_NEED_MAP is off: the question is not built, and most of virtio's refusals drop out.\n\n") + table(
        ["", "bytes", "in the data path", "largest"], rows))


def scale(f: dict) -> str:
    rows = [[arch, str(r["queues"]), str(r["flight"]), f"{r['pool'] * 2} KiB", f"{r['instructions']:.0f}", f"{r['tries']:.2f}",
             str(r["most_slots"])] for arch, v in f.items() for r in v["rows"] if r["flight"] >= 64]
    first = next(r for v in f.values() for r in v["rows"] if r["flight"] == 64 and r["tries"] == 1)
    slots = first["most_slots"] / first["flight"]
    share = 100 * first["parts"]["slots"] / first["instructions"]
    text = (f"A 4 KiB read holds {slots:.0f} slots of 2 KiB while it is in flight. A pool with fewer slots is full before, and the rest is\n"
            f"tried again: with N requests in flight, boot with `swiotlb={slots:.0f}*N` slots or more. {share:.0f} of 100 instructions look after the\n"
            "slots: each mapping counts free slots anew, up to 128 of them.\n\n")
    return section("Many requests in flight on the bounce pool", f, text + table(
        ["", "queues", "in flight", "pool", "instructions", "tries a request", "most slots used"], rows))


def idea(f: dict) -> str:
    rows = [[arch, name, f"{r['series']['instructions']:.0f}", f"{r['idea']['instructions']:.0f}", f"{r['ratio']:.2f}",
             f"{r['series']['parts'].get('slots', 0):.0f}", f"{r['idea']['parts'].get('slots', 0):.0f}"]
            for arch, v in f.items() for name, r in v.items() if isinstance(r, dict)]
    return section("What one patch could save", f, (
        "`ci/bench/ideas/` has a patch that is not part of the series: a slot of the pool says whether it is free, and no longer how many free\n"
        "slots follow it. Equal runs with many in flight differ by up to a tenth.\n\n") + table(["", "", "series", "with it", "ratio", "of which slots", "with it"], rows))


def render(base: str) -> str:
    figures = json.loads((ROOT / f"ci/bench/figures/{base}.json").read_text())["figures"]
    makers = {"unprotected": unprotected, "probe": probe, "protected": protected, "pkvm": pkvm, "tce": tce, "size": size, "vhost": vhost,
              "scale": scale, "idea": idea}
    return HEAD.format(base=base) + "".join(make(figures[name]) for name, make in makers.items() if name in figures)


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if args not in ([], ["--check"]):
        print("Error: notes.py takes --check or nothing\nNext:  ci/bench/notes.py --help", file=sys.stderr)
        return 2
    file, text = ROOT / "MAINTAINERS-notes/cost.md", render(os.environ.get("BASE", "v7.3"))
    if not args:
        file.write_text(text)
    elif not file.exists() or file.read_text() != text:
        print(f"\nError: {file} is not what the figures say\nNext:  ci/bench/notes.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
