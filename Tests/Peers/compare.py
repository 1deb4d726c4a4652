"""Runs other engines on the problems of `writ-bench`, checks that all agree, and compares speed.

    swift build -c release --product writ-bench
    python3 Tests/Peers/compare.py [--quick] [--rules 100,1000] [--classics manners64,…] [--bin DIR]

The engines come from PyPI at the versions of requirements.txt, into `.build/peers`. Every engine
runs on one thread in a process of its own; figures are processor time, medians of rounds in which
writ and the others take turns. Ratios hold, absolute figures are of the machine and the day.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(ROOT, ".build", "peers")
PYTHON = os.path.join(WORK, "bin", "python")

UNFAIR = {
    "writ": "requests stand in memory as typed columns, decided as one batch",
    "Python, a loop over rules": "written for this problem, integers only, nothing explained",
    "Python, generated ifs": "as above; the rules are one compiled function",
    "GoRules ZEN, a call each": "each call crosses from Python and makes an answer; the cost of a"
    " call to an empty table is taken off, converting seven fields is not",
    "DuckDB, one join for all": "finds all matches and takes the least: it cannot stop at the first",
    "CLIPS, a fact each": "a fact is made, matched against all rules and taken away for each"
    " request; the cost of that without rules is taken off. It is built for facts that stay",
    "classics": "the same rules pattern for pattern; CLIPS runs depth first, writ by priority. CLIPS"
    " matches while facts are loaded, so its figure counts loading facts as well",
}


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument("--rules", help="sizes of workload S, with commas")
    parser.add_argument("--classics", help="names such as manners64,waltz50; none: \"\"")
    parser.add_argument("--bin", default=os.path.join(ROOT, ".build", "release"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sizes = options.rules if options.rules is not None else (
        "100" if options.quick else "100,1000,10000")
    classics = options.classics if options.classics is not None else (
        "manners16,waltz12,waltzdb4" if options.quick
        else "manners64,manners128,waltz50,waltzdb16,waltzdb64,waltzdb200")
    rounds = 1 if options.quick else options.rounds
    install()
    bench = os.path.join(options.bin, "writ-bench")
    agree = True
    for size in filter(None, sizes.split(",")):
        agree &= decisions(bench, int(size), rounds)
    if classics:
        agree &= programs(bench, classics.split(","), rounds)
    print("What is unfair:")
    for name, text in UNFAIR.items():
        print(f"  {name}: {text}")
    sys.exit(0 if agree else 1)


def install():
    """Makes the virtual environment; once for a set of versions."""
    wanted = open(os.path.join(HERE, "requirements.txt")).read()
    mark = os.path.join(WORK, "installed.txt")
    if os.path.exists(mark) and open(mark).read() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", WORK], check=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r",
         os.path.join(HERE, "requirements.txt")], check=True)
    with open(mark, "w") as file:
        file.write(wanted)


def lines(*command):
    """The JSON lines that a command prints; empty where it fails."""
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        print(f"  {' '.join(command)}: {run.stderr.strip()[-300:]}", file=sys.stderr)
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def decisions(bench, size, rounds):
    """Workload S with so many rules."""
    folder = os.path.join(WORK, f"s{size}")
    subprocess.run([bench, "generate-s", folder, str(size)], check=True)
    # Slow engines decide fewer requests: a pass should not take minutes.
    counts = {"s_python.py": 2_000_000 // size, "s_duckdb.py": 100_000 if size < 10_000 else 5_000,
              "s_zen.py": 2_000_000 // size, "s_clips.py": 1_000_000 // size}
    times, results = {}, {}
    for _ in range(rounds):
        own = [line for line in lines(bench, folder) if "ns" in line]
        for line in own:
            times.setdefault("writ", []).append(line["ns"])
            if "anchor" in line:
                times.setdefault("C, for this problem alone", []).append(line["anchor"])
        for script, count in counts.items():
            count = str(max(1_000, min(count, 100_000)))
            for line in lines(PYTHON, os.path.join(HERE, script), folder, count):
                times.setdefault(line["peer"], []).append(line["ns"])
                results[line["peer"]] = line
    print(f"\nWorkload S, {size:,} rules, the narrow ones first: ns a decision")
    rows = []
    for name, taken in sorted(times.items(), key=lambda item: statistics.median(item[1])):
        line = results.get(name, {})
        rows.append([
            name, f"{statistics.median(taken):,.0f}", ratio(taken, times["writ"]),
            spread(taken), str(line.get("load_ms", "")),
            "" if not line else "agrees" if line["differing"] == 0
            else f"{line['differing']} differ"])
    table(["engine", "ns", "× writ", "spread", "load ms", "answers"], rows)
    return all(line["differing"] == 0 for line in results.values())


def programs(bench, names, rounds):
    """The classics: firings and answers have to agree."""
    rows, agree = [], True
    for name in names:
        program = name.rstrip("0123456789")
        folder = os.path.join(WORK, name)
        subprocess.run([bench, "generate-classics", WORK, name], check=True, capture_output=True)
        own, other = [], []
        for _ in range(rounds):
            found = lines(bench, "classics", "--answer", name)
            own += [line for line in found if "ms" in line]
            for line in found:
                if "error" in line:
                    print(f"  {name}: {line['error']}", file=sys.stderr)
            other += lines(PYTHON, os.path.join(HERE, "classics_clips.py"), program, folder)
        if not own or not other:
            rows.append([name, "", "", "", "", "", "did not run"])
            agree = False
            continue
        mine, theirs = [x["ms"] for x in own], [x["ms"] + x["load_ms"] for x in other]
        verdict = compare(program, own[-1], other[-1])
        agree &= verdict == "agrees"
        rows.append([
            name, f"{statistics.median(mine):,.1f}", f"{statistics.median(theirs):,.1f}",
            ratio(theirs, mine), f"{own[-1]['firings']:,}", f"{other[-1]['firings']:,}", verdict])
    print("\nClassics: ms to the end")
    table(["program", "writ", "CLIPS", "× writ", "firings", "CLIPS's", "answers"], rows)
    return agree


def compare(program, own, other):
    """Whether the two answers are answers to one problem."""
    if program == "manners":
        # Who sits where may differ: the bench has looked at its own, the number of firings is law.
        return "agrees" if own["firings"] == other["firings"] else "firings differ"
    if program == "waltz" and own["firings"] != other["firings"]:
        return "firings differ"
    return "agrees" if sorted(own["answer"]) == other["answer"] else "answers differ"


def ratio(taken, base):
    return f"{statistics.median(taken) / statistics.median(base):,.2f}"


def spread(taken):
    return f"{(max(taken) - min(taken)) / statistics.median(taken):.0%}"


def table(header, rows):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [cell.ljust(w) if i == 0 else cell.rjust(w)
                 for i, (cell, w) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells))


if __name__ == "__main__":
    main()
