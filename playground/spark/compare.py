"""Compares rule sets on records that are too many for one machine.

Spark reads the records and cuts them into parts; each part is compared by `writ compare --partial`
where it lies; what comes back is small, and `writ merge` adds it up. The result has the bytes of a
single run over all records, whatever the parts and their order.

    python compare.py --rules RULES "at most 20%" --record OrderLine --records 'lines/*.csv' \\
        --as-of 2019-01-01 --out report.html

The same script runs on a cluster with `spark-submit --master ... compare.py ...`: rules and small
tables are sent along, and `writ` has to stand on every worker (`--writ /usr/local/bin/writ`).
"""

import argparse
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rules", nargs="+", required=True, help="rule sets, the base first")
    parser.add_argument("--record", required=True, help="the record type that is cut into parts")
    parser.add_argument("--records", required=True, help="its files: CSV with a header, any number")
    parser.add_argument("--data", help="a folder with the other, small files; every part reads all")
    parser.add_argument("--together", help="records with the same value in this column stay together")
    parser.add_argument("--parts", type=int, default=0, help="how many parts (default: Spark's)")
    parser.add_argument("--as-of", required=True, help="the business date")
    parser.add_argument("--by", action="append", default=[], help="segments, as for writ compare")
    parser.add_argument("--writ", default="writ", help="the program, on every worker")
    parser.add_argument("--out", help="write the page here")
    parser.add_argument("--format", default="table", help="of what is printed: table, json, md")
    return parser.parse_args()


def run(command, folder):
    """What a command says, and its exit status; a limit that fails is an answer, not a mistake."""
    done = subprocess.run(command, cwd=folder, capture_output=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode() or "writ ended with %d" % done.returncode)
    return done


def packed(path):
    """A file or folder as a tar, to be sent to the workers."""
    import tarfile

    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        tar.add(path, arcname=os.path.basename(os.path.normpath(path)))
    return stream.getvalue()


def unpacked(tar, folder):
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        archive.extractall(folder, filter="data")


def compared(header, files, options):
    """A function from the rows of a part to the partial result of the part, as bytes."""

    def work(rows):
        rows = list(rows)
        if not rows:
            return
        folder = tempfile.mkdtemp(prefix="writ-part-")
        try:
            for tar in files:
                unpacked(tar, folder)
            # Every part calls its file the same, as a single run would.
            with open(os.path.join(folder, "records.csv"), "w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(header)
                writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
            run(options + ["--partial", "part.json"], folder)
            with open(os.path.join(folder, "part.json"), "rb") as part:
                yield part.read()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return work


def main():
    asked = arguments()
    spark = SparkSession.builder.appName("writ compare").getOrCreate()
    frame = spark.read.csv(
        asked.records, header=True, multiLine=True, quote='"', escape='"', encoding="UTF-8",
        ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False)
    header = [name.lstrip("\ufeff") for name in frame.columns]
    if asked.together:
        place = header.index(asked.together)
        frame = frame.repartition(asked.parts or frame.rdd.getNumPartitions(), frame.columns[place])
    elif asked.parts:
        frame = frame.repartition(asked.parts)

    # What every worker needs: the rules, and the small tables.
    paths = [path for path in asked.rules if os.path.exists(path)]
    words = [
        os.path.basename(os.path.normpath(word)) if word in paths else word for word in asked.rules]
    options = [asked.writ, "compare"] + words + ["--as-of", asked.as_of]
    for by in asked.by:
        options += ["--by", by]
    if asked.data:
        paths.append(asked.data)
        options += ["--data", os.path.basename(os.path.normpath(asked.data))]
    options += ["--data", asked.record + "=records.csv"]
    files = [packed(path) for path in paths]

    parts = frame.rdd.mapPartitions(compared(header, files, options)).collect()
    spark.stop()

    folder = tempfile.mkdtemp(prefix="writ-merge-")
    try:
        names = []
        for index, part in enumerate(parts):
            names.append("part-%05d.json" % index)
            with open(os.path.join(folder, names[-1]), "wb") as out:
                out.write(part)
        command = [asked.writ, "merge"] + names + ["--format", asked.format]
        if asked.out:
            command += ["--html", os.path.abspath(asked.out)]
        done = run(command, folder)
        sys.stdout.buffer.write(done.stdout)
        sys.stderr.buffer.write(done.stderr)
        return done.returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
