"""Workload S in CLIPS: a rule a rule, its salience its place; the first that fires wins.

Requests wait as facts of another kind; whenever no rule is left to fire the next one is taken. So
the whole loop is one run of CLIPS, and none of it is Python.
"""

import time

import clips

import workload

directory, count = workload.arguments()
SLOTS = "(slot n) (slot region) (slot family) (slot channel) (slot grade) (slot amount)" \
    " (slot discount) (slot quantity)"
FIELDS = workload.Request._fields
COPY = " ".join(f"({name} ?{name})" for name in FIELDS)
MODEL = [
    f"(deftemplate waiting {SLOTS})",
    f"(deftemplate request {SLOTS})",
    "(deftemplate won (slot n) (slot rule))",
    f"(defrule take (declare (salience -10000)) ?w <- (waiting (n ?n) {COPY})"
    f" => (retract ?w) (assert (request (n ?n) {COPY})))",
]


def pattern(rule):
    slots = []
    if rule.family is not None:
        slots.append(f"(family {rule.family})")
    if rule.channel is not None:
        slots.append(f"(channel {rule.channel})")
    if rule.grades is not None:
        slots.append(f"(grade {'|'.join(map(str, rule.grades))})")
    if rule.regions is not None:
        slots.append("(region ?r&:(<= %d ?r %d))" % rule.regions)
    if rule.low is not None:
        slots.append(f"(amount ?a&:(<= {rule.low} ?a)&:(< ?a {rule.high}))")
    if rule.most is not None:
        slots.append(f"(discount ?d&:(<= ?d {rule.most}))")
    if rule.least is not None:
        slots.append(f"(quantity ?q&:(>= ?q {rule.least}))")
    return " ".join(slots)


def environment(rules):
    """An environment with the rules, and the time that took. Salience ends at 10,000."""
    start = time.process_time()
    made = clips.Environment()
    for construct in MODEL:
        made.build(construct)
    nothing = workload.Rule(*[None] * 8)
    for number, rule in enumerate([*rules, nothing]):
        salience = 10_000 - number if number < len(rules) else -9_999
        made.build(
            f"(defrule r{number} (declare (salience {salience}))"
            f" ?x <- (request (n ?n) {pattern(rule)})"
            f" => (retract ?x) (assert (won (n ?n) (rule {number}))))")
    return made, time.process_time() - start


facts = f"{directory}/requests.clp"
with open(facts, "w") as file:
    for number, request in enumerate(workload.requests(directory, count)):
        slots = " ".join(f"({name} {value})" for name, value in zip(FIELDS, request))
        file.write(f"(waiting (n {number}) {slots})\n")


def decide(made):
    """Seconds for all requests, and the winners."""
    made.reset()
    made.eval(f'(load-facts "{facts}")')
    start = time.process_time()
    made.run()
    seconds = time.process_time() - start
    won = {f["n"]: f["rule"] for f in made.facts() if f.template.name == "won"}
    return seconds, [won[number] for number in range(count)]


empty, _ = environment([])
floor = decide(empty)[0] / count * 1e9
full, load = environment(list(workload.rules(directory)))
workload.report(
    "CLIPS, a fact each", load, [decide(full) for _ in range(2)], count, directory, floor)
