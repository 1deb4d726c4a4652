"""A classic in CLIPS: classics_clips.py PROGRAM DIR. Prints one JSON line."""

import json
import os
import sys
import time

import clips

program, directory = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
environment = clips.Environment()
start = time.process_time()
environment.load(f"{here}/clips/{program}.clp")
compiled = time.process_time() - start

# Facts are loaded as a file: those that Python makes one by one are cleared away slowly.
facts = f"{directory}/facts.clp"
with open(facts, "w") as file:
    for name in ["label", "guest", "last_seat", "count", "context", "stage", "line"]:
        path = f"{directory}/{name}.jsonl"
        if os.path.exists(path):
            for line in open(path):
                slots = " ".join(f"({key} {value})" for key, value in json.loads(line).items())
                file.write(f"({name} {slots})\n")
environment.reset()
start = time.process_time()
environment.eval(f'(load-facts "{facts}")')
loaded = time.process_time() - start
start = time.process_time()
firings = environment.run()
seconds = time.process_time() - start


def records(name, *slots):
    return sorted(
        [str(fact[slot]) for slot in slots]
        for fact in environment.facts() if fact.template.name == name)


print(json.dumps({
    "peer": "CLIPS", "ms": round(seconds * 1e3, 3), "load_ms": round(loaded * 1e3, 3),
    "compile_ms": round(compiled * 1e3, 3), "firings": firings,
    # What the answer is: who sits where, which edge has which label, how junctions look.
    "answer": {
        "manners": lambda: records("place", "seat", "name"),
        "waltz": lambda: records("edge", "p1", "p2", "label"),
        "waltzdb": lambda: records("junction", "base_point", "name"),
    }[program](),
}))
