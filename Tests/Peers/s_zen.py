"""Workload S in GoRules ZEN: one decision table with hit policy `first`."""

import time

import zen

import workload

directory, count = workload.arguments()
FIELDS = ["region", "family", "channel", "grade", "amount", "discount", "quantity"]


def row(number, rule):
    """One row of the decision table; an empty cell holds for any value."""
    cells = dict.fromkeys(FIELDS, "")
    if rule.regions is not None:
        first, last = rule.regions
        cells["region"] = str(first) if first == last else f"[{first}..{last}]"
    if rule.family is not None:
        cells["family"] = str(rule.family)
    if rule.channel is not None:
        cells["channel"] = str(rule.channel)
    if rule.grades is not None:
        cells["grade"] = ", ".join(map(str, rule.grades))
    if rule.low is not None:
        cells["amount"] = f"[{rule.low}..{rule.high})"
    if rule.most is not None:
        cells["discount"] = f"<= {rule.most}"
    if rule.least is not None:
        cells["quantity"] = f">= {rule.least}"
    return cells | {"_id": f"row{number}", "rule": str(number)}


def engine(rules):
    """An engine that holds the table, compiled by a first call, and the time that took."""
    nothing = workload.Rule(*[None] * 8)
    rows = [row(number, rule) for number, rule in enumerate([*rules, nothing])]
    table = {
        "hitPolicy": "first", "rules": rows,
        "inputs": [{"id": name, "name": name, "field": name} for name in FIELDS],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
    }
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "a", "name": "a", "type": "inputNode", "content": {}, **place},
        {"id": "b", "name": "b", "type": "decisionTableNode", "content": table, **place},
        {"id": "c", "name": "c", "type": "outputNode", "content": {}, **place},
    ]
    edges = [
        {"id": "ab", "sourceId": "a", "targetId": "b", "type": "edge"},
        {"id": "bc", "sourceId": "b", "targetId": "c", "type": "edge"},
    ]
    content = {
        "contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    start = time.process_time()
    made = zen.ZenEngine({"loader": {"type": "static", "content": {"s": content}}})
    made.evaluate("s", requests[0])
    return made, time.process_time() - start


requests = [request._asdict() for request in workload.requests(directory, count)]
empty, _ = engine([])
start = time.process_time()
for request in requests:
    empty.evaluate("s", request)
floor = (time.process_time() - start) / count * 1e9
table, load = engine(list(workload.rules(directory)))


def decide():
    return [int(table.evaluate("s", request)["result"]["rule"]) for request in requests]


workload.measure("GoRules ZEN, a call each", load, decide, count, directory, floor)
