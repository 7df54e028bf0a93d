#!/usr/bin/env python3
"""What a city's developer would write in an afternoon, with Python's standard library.

The patrons are loaded into a dictionary, the people or changes are read line by line, the address is
compared, and differences are put into SQLite in batches. No sealing, no states, no rules, no HTTP.

    peer.py full|changes DATA DATABASE
"""

import csv
import hashlib
import hmac
import json
import pathlib
import sqlite3
import sys

KEY = b"a key from the configuration"
BATCH = 1000


def index(code):
    return hmac.new(KEY, code.encode(), hashlib.sha256).digest()[:16]


def line_of(person):
    for group in person["tietoryhmat"]:
        if group["tietoryhma"] == "VAKINAINEN_KOTIMAINEN_OSOITE":
            street = [(group.get("katunimi") or {}).get("fi"), group.get("katunumero")]
            street += [(group.get(part) or "").lstrip("0") for part in ("huoneistokirjain", "huoneistonumero")]
            town = (group.get("postitoimipaikka") or {}).get("fi")
            return " ".join(part for part in [*street, group.get("postinumero"), town] if part)
    return None


def main():
    mode, data, database = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS proposal (patron TEXT, code BLOB, current TEXT, proposed TEXT)")
    connection.execute("CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, patron TEXT, action TEXT)")
    with open(data / "patrons.csv", encoding="utf-8", newline="") as file:
        patrons = {row["identity_code"]: row for row in csv.DictReader(file)}
    batch, proposals = [], 0

    def store():
        connection.executemany("INSERT INTO proposal VALUES (?, ?, ?, ?)", batch)
        connection.executemany("INSERT INTO audit (patron, action) VALUES (?, 'open')", [row[:1] for row in batch])
        connection.commit()
        batch.clear()

    with open(data / ("population.jsonl" if mode == "full" else "changes.jsonl"), encoding="utf-8") as people:
        for text in people:
            person = json.loads(text)
            patron = patrons.get(person["henkilotunnus"])
            proposed = line_of(person)
            if patron is None or proposed is None:
                continue
            current = " ".join([patron["street_address"], patron["postal_code"], patron["city"]])
            if current.lower() != proposed.lower():
                batch.append((patron["patron_id"], index(person["henkilotunnus"]), current, proposed))
                proposals += 1
            if len(batch) == BATCH:
                store()
    store()
    print(proposals, "proposals")


if __name__ == "__main__":
    main()
