"""How `writ watch` behaves for a long time: save to answer, wake-ups while idle, memory after many saves.

    swift build -c release --product writ
    python3 Tests/Long/watch.py .build/release/writ                 # 300 saves, 20 idle seconds
    python3 Tests/Long/watch.py .build/release/writ 10000 60        # the whole of it

Makes a rule set of 1,000 rules and data of 10,000 records, watches them, and saves edits. Exits with 1 where a
median save takes more than 100 ms, an idle minute wakes it, or memory after the last save is more than 5 % above
that after the hundredth.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time


def rules(variant):
    lines = [
        "currency CNY",
        "enum Region { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9 }",
        "record Deal { id : text key, region : Region, size : number, amount : money }",
        'data Deal from "deals.csv"',
        "decide limit for Deal -> number, first {",
    ]
    for i in range(1000):
        start = (i * 37) % 5000
        answer = i if i != 500 else 100000 + variant
        lines.append(
            f'  "r{i}": when region = R{i % 10} and size >= {start} and size < {start + 20}'
            f" and amount > {i % 90} : {answer}"
        )
    return "\n".join(lines + ["  otherwise : -1", "}"]) + "\n"


def data():
    seed = random.Random(7)
    rows = [
        f"D{i},R{seed.randrange(10)},{seed.randrange(5200)},{seed.randrange(10000)}" for i in range(10000)
    ]
    # One record that the edited rule decides, so that every save has something to tell.
    rows.append("D-edited,R0,18510,95")
    rows.append(f"D-hit,R0,{(500 * 37) % 5000},9999")
    return "id,region,size,amount\n" + "\n".join(rows) + "\n"


def status(pid, name):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0


def main():
    program = os.path.abspath(sys.argv[1])
    saves = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    idle = float(sys.argv[3]) if len(sys.argv) > 3 else 20
    with tempfile.TemporaryDirectory() as desk:
        os.makedirs(desk + "/rules")
        os.makedirs(desk + "/data")
        with open(desk + "/data/deals.csv", "w") as file:
            file.write(data())
        path = desk + "/rules/r.writ"
        with open(path, "w") as file:
            file.write(rules(0))
        watcher = subprocess.Popen(
            [program, "watch", "rules", "--data", "data", "--format", "json"],
            cwd=desk, stdout=subprocess.PIPE, text=True,
        )
        watcher.stdout.readline()

        before = status(watcher.pid, "voluntary_ctxt_switches")
        time.sleep(idle)
        wakes = status(watcher.pid, "voluntary_ctxt_switches") - before

        took, early = [], 0
        for number in range(1, saves + 1):
            with open(path + ".new", "w") as file:
                file.write(rules(number))
            start = time.monotonic()
            os.rename(path + ".new", path)
            watcher.stdout.readline()
            took.append((time.monotonic() - start) * 1000)
            if number == min(100, saves):
                early = status(watcher.pid, "VmRSS")
        late = status(watcher.pid, "VmRSS")
        watcher.terminate()
        watcher.wait()
    median = statistics.median(took)
    growth = (late - early) / early * 100 if early else 0
    print(f"save to answer: median {median:.0f} ms, 95 % within {sorted(took)[int(len(took) * 0.95)]:.0f} ms")
    print(f"idle for {idle:.0f} s: {wakes} wake-ups")
    print(f"memory after {min(100, saves)} saves {early} kB, after {saves} {late} kB: {growth:+.1f} %")
    sys.exit(0 if median <= 100 and wakes == 0 and growth <= 5 else 1)


main()
