"""Workload S for other engines: first matching rule wins; everything is an integer.

`writ-bench generate-s DIR RULES` writes the files that are read here.
"""

import json
import statistics
import sys
import time
from collections import namedtuple

Rule = namedtuple("Rule", "regions family channel grades low high most least")
Request = namedtuple("Request", "region family channel grade amount discount quantity")
NO_LIMIT = 2_000_000_000


def rules(directory):
    """The rules in order. None: any value will do."""
    with open(f"{directory}/rules.txt") as file:
        next(file)
        for line in file:
            mask, *numbers = line.split()
            family, channel, grades, low, high, most, least, _ = map(int, numbers)
            leaves = [leaf for leaf in range(32) if int(mask, 16) >> leaf & 1]
            yield Rule(
                regions=(leaves[0], leaves[-1]) if len(leaves) < 32 else None,
                family=family if family >= 0 else None,
                channel=channel if channel >= 0 else None,
                grades=[g for g in range(4) if grades >> g & 1] if grades != 15 else None,
                low=low if high < NO_LIMIT else None,
                high=high if high < NO_LIMIT else None,
                most=most if most < 1000 else None,
                least=least if least > 0 else None,
            )


def requests(directory, count):
    with open(f"{directory}/records.txt") as file:
        next(file)
        return [Request(*map(int, line.split())) for line, _ in zip(file, range(count))]


def expected(directory, count):
    """The rule that wins each request according to writ; the number of rules where none does."""
    with open(f"{directory}/winners.txt") as file:
        return [int(line) for line, _ in zip(file, range(count))]


def measure(name, load, decide, count, directory, floor=0.0, passes=3):
    """Times `decide`, which gives the winners of all requests, and reports."""
    runs = []
    for _ in range(passes):
        start = time.process_time()
        winners = decide()
        runs.append((time.process_time() - start, winners))
    report(name, load, runs, count, directory, floor)


def report(name, load, runs, count, directory, floor=0.0):
    """Prints one JSON line: nanoseconds of processor time a decision, and whether writ agrees.

    `floor` is what a call costs in this engine that decides nothing; it is taken off.
    """
    winners, wanted = runs[-1][1], expected(directory, count)
    differing = sum(a != b for a, b in zip(winners, wanted)) + abs(len(winners) - len(wanted))
    ns = statistics.median(seconds for seconds, _ in runs) / count * 1e9
    print(json.dumps({
        "peer": name, "ns": round(ns - floor, 1), "floor_ns": round(floor, 1),
        "load_ms": round(load * 1e3, 1), "requests": count, "differing": differing,
    }), flush=True)


def arguments():
    """DIR and the number of requests."""
    return sys.argv[1], int(sys.argv[2])
