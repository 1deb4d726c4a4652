"""Workload S in DuckDB: rules are a table; all requests are decided by one join.

Regions and families of rules are written out, so that the join has two equalities to hash; what
is left are ranges. The least number among the rules that match wins.
"""

import time

import duckdb

import workload

directory, count = workload.arguments()
database = duckdb.connect()
database.execute("SET threads = 1")
database.execute(
    "CREATE TABLE request (id INT, region INT, family INT, channel INT, grade INT, amount INT,"
    " discount INT, quantity INT)")
# Appended as a file: row by row is slow, and reading is not what is measured.
database.execute(
    f"""INSERT INTO request SELECT row_number() OVER () - 1, * FROM read_csv(
    '{directory}/records.txt', delim = ' ', header = false, skip = 1, auto_detect = false,
    columns = {{'region': 'INT', 'family': 'INT', 'channel': 'INT', 'grade': 'INT',
    'amount': 'INT', 'discount': 'INT', 'quantity': 'INT'}}) LIMIT {count}""")

start = time.process_time()
database.execute(
    "CREATE TABLE rule (number INT, region INT, family INT, channel INT, grades INT, low INT,"
    " high INT, most INT, least INT)")
database.execute(
    f"""INSERT INTO rule SELECT number, region, family, nullif(channel, -1), grades, low, high,
    most, least
    FROM (SELECT row_number() OVER () - 1 AS number, *,
            CAST('0x' || mask AS UBIGINT) AS bits FROM read_csv('{directory}/rules.txt',
    delim = ' ', header = false, skip = 1, auto_detect = false, columns = {{'mask': 'VARCHAR',
    'own': 'INT', 'channel': 'INT', 'grades': 'INT', 'low': 'INT', 'high': 'INT', 'most': 'INT',
    'least': 'INT', 'outcome': 'INT'}}))
    JOIN range(32) AS regions(region) ON (bits >> region) & 1 = 1
    JOIN range(20) AS families(family) ON own = -1 OR own = family""")
load = time.process_time() - start
number_of_rules = sum(1 for _ in workload.rules(directory))


def decide():
    rows = database.execute(
        f"""SELECT coalesce(min(rule.number), {number_of_rules}) FROM request LEFT JOIN rule
        ON rule.region = request.region AND rule.family = request.family
        AND amount >= low AND amount < high AND discount <= most AND quantity >= least
        AND (rule.channel IS NULL OR rule.channel = request.channel)
        AND (grades >> grade) & 1 = 1
        GROUP BY request.id ORDER BY request.id""").fetchall()
    return [row[0] for row in rows]


workload.measure("DuckDB, one join for all", load, decide, count, directory)
