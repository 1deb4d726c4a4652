"""Workload S in plain Python: a loop over rules, and one generated function of `if`s."""

import time

import workload

directory, count = workload.arguments()
rules = list(workload.rules(directory))
requests = [tuple(request) for request in workload.requests(directory, count)]

start = time.process_time()
everything = (0, 31)
rows = [
    (index, *(r.regions or everything), r.family, r.channel,
     None if r.grades is None else frozenset(r.grades),
     -1 if r.low is None else r.low, workload.NO_LIMIT if r.high is None else r.high,
     1000 if r.most is None else r.most, r.least or 0)
    for index, r in enumerate(rules)
]
load = time.process_time() - start


def scan(request):
    region, family, channel, grade, amount, discount, quantity = request
    for index, first, last, f, c, g, low, high, most, least in rows:
        if (discount <= most and low <= amount < high and first <= region <= last
                and (f is None or f == family) and (c is None or c == channel)
                and (g is None or grade in g) and quantity >= least):
            return index
    return len(rows)


def condition(rule):
    """What the rule asks, as Python; the conditions that fail most often first."""
    parts = []
    if rule.family is not None:
        parts.append(f"family == {rule.family}")
    if rule.regions is not None:
        parts.append("%d <= region <= %d" % rule.regions)
    if rule.low is not None:
        parts.append(f"{rule.low} <= amount < {rule.high}")
    if rule.channel is not None:
        parts.append(f"channel == {rule.channel}")
    if rule.most is not None:
        parts.append(f"discount <= {rule.most}")
    if rule.grades is not None:
        parts.append(f"grade in {tuple(rule.grades)}")
    if rule.least is not None:
        parts.append(f"quantity >= {rule.least}")
    return " and ".join(parts) or "True"


workload.measure(
    "Python, a loop over rules", load, lambda: [scan(r) for r in requests], count, directory)

start = time.process_time()
lines = ["def decide(request):",
         " region, family, channel, grade, amount, discount, quantity = request"]
lines += [f" if {condition(rule)}: return {index}" for index, rule in enumerate(rules)]
lines.append(f" return {len(rules)}")
scope = {}
exec("\n".join(lines), scope)
load = time.process_time() - start
decide = scope["decide"]
workload.measure(
    "Python, generated ifs", load, lambda: [decide(r) for r in requests], count, directory)
