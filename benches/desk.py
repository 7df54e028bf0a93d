#!/usr/bin/env python3
"""Measures the staff pages as staff use them: one request after the other over loopback, beside the bare disk and a
bare index of the same database in the same run, and people signing in meanwhile.

The people who wait in the queue are made, compared and sealed as in an installation; the register around them is
filled up by statements of the database. Nothing is asserted about times. See README.md beside this file.
"""

import argparse
import base64
import gzip
import hashlib
import hmac
import http.client
import os
import pathlib
import random
import re
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

# Patrons who wait for nothing: they fill the register and its indexes.
FILLING = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO patron (id, patron_id, card_number, key_version, sealed, last_name, first_names, birth_date, language,
        patron_group, municipality, home_library, open_loans, unpaid_fees_cents, oldest_due_date, owning_library, kind,
        protected_mark, notes, row_digest, in_register, last_import, sources, version, created_at, updated_at, written_name)
    SELECT unhex(printf('%012x7%03x', i, i % 4096) || hex(randomblob(8))), 'F' || i, 'F' || i, 1, randomblob(320),
        'Täyte' || (i % 9973), 'Testi', date('2020-01-01', '-' || (i * 7919 % 30000) || ' days'),
        CASE WHEN i % 10 < 6 THEN 'fi' WHEN i % 10 < 9 THEN 'sv' END, 'aikuinen',
        CASE i % 5 WHEN 0 THEN '078' WHEN 1 THEN '092' WHEN 2 THEN '149' WHEN 3 THEN '710' ELSE '755' END,
        'Kirjasto ' || (i % 31), i % 4, 0, NULL, '', 'person', 0, '', randomblob(32), 1, zeroblob(16), '{}', 1,
        '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00', 'täyte' || (i % 9973) || ' testi'
    FROM n"""
AROUND = """INSERT INTO person (patron, follow_state, unfollowed_because, municipality, list, enrol_due,
        refresh_attempts, answer, answered_at, record_version, record_digest, key_version, sealed, protection,
        protection_period, held_as_dead, frozen, code_change_signalled, compare_due)
    SELECT id, 'unfollowed', 'no_code', municipality, zeroblob(16), 0, 0, 'not_asked', NULL, 1, randomblob(32), 1,
        randomblob(700), 'no', 0, 0, 0, 0, 0
    FROM patron WHERE patron_id LIKE 'F%'"""
# The bare index: what the first page of a queue needs at least.
BARE = """SELECT finding, opened_at, kind, state, home_library FROM queue_entry
    WHERE shielded = 0 AND municipality = ? AND (opened_at, finding) > (?, ?) ORDER BY opened_at, finding LIMIT 25"""
PEER = """SELECT finding, opened_at, kind, state, home_library FROM queue_entry WHERE shielded = 0
    AND municipality IN ('078', '092', '149', '710', '755') ORDER BY opened_at, finding LIMIT 25 OFFSET ?"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def p(values, share):
    """A percentile in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e3


class Browser:
    """Somebody at a browser: a connection that is kept, cookies, and the word of the last form."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.origin = f"http://127.0.0.1:{port}"
        self.cookies, self.token, self.seconds = {}, "", 0.0

    def ask(self, method, path, body=None, compressed=False):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Language": "fi"}
        if compressed:
            headers["Accept-Encoding"] = "gzip"
        if body is not None:
            headers |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        self.seconds = time.perf_counter() - started
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        if answer.headers.get("Content-Encoding") == "gzip":
            text = gzip.decompress(data).decode()
        else:
            text = data.decode(errors="replace")
        token = re.search(r'name="token" value="([^"]+)"', text)
        if token:
            self.token = token.group(1)
        self.bytes = len(data)
        return answer.status, answer.headers.get("Location", ""), text

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, **fields):
        return self.ask("POST", path, urllib.parse.urlencode({"token": self.token, **fields}))


def code_of(secret):
    """The code of an authenticator app (RFC 6238) now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def signed_in(port, name, password):
    """A browser whose user has set up the second factor and is signed in."""
    browser = Browser(port)
    browser.get("/")
    status, where, _ = browser.post("/sign-in", name=name, password=password)
    if status != 303:
        sys.exit(f"{name} cannot sign in: {status}")
    status, _, text = browser.get(where)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", text)
    if secret:
        status, where, text = browser.post(where, code=code_of(secret.group(1).replace(" ", "")))
    status, _, text = browser.get("/queue")
    if status != 200 or "table" not in text:
        sys.exit(f"{name} does not reach the queue: {status}")
    return browser


def timed(browser, count, request, expected, every=0.0):
    """Seconds of each of so many requests; one begins every so many seconds."""
    seconds = []
    begun = time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, begun + number * every - time.perf_counter()))
        status, where, text = request(number)
        if status != expected:
            sys.exit(f"{status} instead of {expected}: {where} {text[:400]}")
        seconds.append(browser.seconds)
    return seconds


def flushes(folder, count):
    """What the disk takes at least for one durable write."""
    seconds = []
    with open(folder / "flush", "wb", buffering=0) as file:
        for _ in range(count):
            file.write(os.urandom(4096))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - started)
    return seconds


def bare(database, statement, parameters):
    seconds = []
    for values in parameters:
        started = time.perf_counter()
        database.execute(statement, values).fetchall()
        seconds.append(time.perf_counter() - started)
    return seconds


def row(name, seconds, limit=None, unit="ms"):
    ratio = f"{p(seconds, .99) / p(limit, .99):.2f}" if limit else "-"
    limits = f"{p(limit, .5):.2f} | {p(limit, .99):.2f}" if limit else "- | -"
    print(f"| {name} | {len(seconds)} | {p(seconds, .5):.2f} | {p(seconds, .99):.2f} | {limits} | {ratio} |", flush=True)


def positions(database, count):
    """Places spread over the whole queue, as the pages name them."""
    rows = database.execute("SELECT opened_at, finding FROM queue_entry WHERE shielded = 0 ORDER BY opened_at, finding").fetchall()
    chosen = [rows[len(rows) * number // count] for number in range(count)]
    places = []
    for at, finding in chosen:
        micros = database.execute(
            "SELECT CAST(strftime('%s', ?) AS INTEGER) * 1000000 + CAST(substr(strftime('%f', ?), 4) || '000' AS INTEGER)",
            (at, at)).fetchone()[0]
        text = finding.hex()
        places.append(f"{micros}_{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return len(rows), chosen, places


def lists_and_searches(browser, database, count, every):
    cases, chosen, places = positions(database, count)
    say(f"    {cases} cases in the ordinary queue")
    towns = ["078", "092", "149", "710", "755"]
    limit = bare(database, BARE, [(random.choice(towns), at, finding) for at, finding in chosen])
    row("first page of the queue", timed(browser, count, lambda _: browser.get("/queue"), 200, every), limit)
    row("page anywhere in the queue",
        timed(browser, count, lambda number: browser.get(f"/queue?after={places[number]}"), 200, every), limit)
    row("queue of one kind and town",
        timed(browser, count, lambda _: browser.get("/queue?kind=address_change&municipality=710"), 200, every), limit)
    names = [name for (name,) in database.execute(
        "SELECT DISTINCT last_name FROM patron WHERE patron_id NOT LIKE 'F%' ORDER BY last_name LIMIT 400")]
    searches = []
    for number in range(count):
        time.sleep(every)
        status, where, _ = browser.post("/patrons/search", text=names[number % len(names)])
        asked = browser.seconds
        if status != 303 or browser.get(where)[0] != 200:
            sys.exit(f"a search ended with {status}")
        searches.append(asked + browser.seconds)
    row("search by name and its answer", searches, limit)
    row("first page of the staff", timed(browser, count // 4, lambda _: browser.get("/overview"), 200, every), limit)
    depth = cases * 9 // 10
    peer = bare(database, PEER, [(depth,)] * 20)
    ours = timed(browser, 20, lambda _: browser.get(f"/queue?after={places[len(places) * 9 // 10]}"), 200)
    print(f"\nAt 90 % depth: OFFSET in the bare database {p(peer, .5):.2f} ms, the whole page here {p(ours, .5):.2f} ms:"
          f" {p(peer, .5) / p(ours, .5):.1f} times")


def approvals(browser, database, folder, count, every):
    cases = database.execute(
        "SELECT q.finding FROM queue_entry q WHERE q.shielded = 0 AND q.kind = 'address_change' AND q.state = 'new'"
        " ORDER BY q.opened_at, q.finding LIMIT ?", (count,)).fetchall()
    seconds, disk = [], []
    for (finding,) in cases:
        time.sleep(every)
        text = finding.hex()
        case = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        status, _, page = browser.get(f"/queue/{case}")
        version = re.search(r'name="version" value="(\d+)"', page)
        if status != 200 or not version or "data-act=\"approve\"" not in page:
            continue
        status, _, page = browser.post(f"/queue/{case}/approve", version=version.group(1), list="")
        if status != 303:
            sys.exit(f"an approval ended with {status}: {page[:400]}")
        seconds.append(browser.seconds)
        disk += flushes(folder, 1)
    row("durable approval, beside fdatasync", seconds, disk)
    print(f"\nThe aim for approvals is {2 * p(disk, .99) + 3:.2f} ms at p99 (twice the disk's and three).")


def sign_ins(browser, port, names, password, count):
    """People sign in at once while somebody works."""
    alone = timed(browser, 60, lambda _: browser.get("/queue"), 200)
    ended, seconds = [], []

    def one(name):
        visitor = Browser(port)
        visitor.get("/")
        started = time.perf_counter()
        status, _, _ = visitor.post("/sign-in", name=name, password=password)
        ended.append((status, time.perf_counter() - started))

    threads = [threading.Thread(target=one, args=(names[number % len(names)],)) for number in range(count)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        browser.get("/queue")
        seconds.append(browser.seconds)
    whole = time.perf_counter() - started
    for thread in threads:
        thread.join()
    row(f"first page of the queue while {count} sign in", seconds, alone)
    statuses = {status: sum(1 for one, _ in ended if one == status) for status, _ in ended}
    print(f"\n{count} sign-ins at once took {whole:.1f} s ({count / whole:.0f} a second); answers: {statuses}")


def sizes(port, browser):
    """What a browser that has never been here loads for the first page of the queue."""
    _, _, text = browser.get("/queue", compressed=True)
    page, files = browser.bytes, 0
    for path in sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', text))):
        browser.get(path, compressed=True)
        files += browser.bytes
    print(f"\nA first page of the queue: {page} bytes of page, {files} of style sheet and scripts, {page + files} together")


def memory(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"{name}:\s+(\d+)", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM")}


def main(words, site_of, built, port=18431):
    arguments = argparse.ArgumentParser(prog="benches/run desk", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=100_000, help="moves in the log (default 100000)")
    arguments.add_argument("--persons", type=int, default=1_000_000, help="patrons in all (default a million)")
    arguments.add_argument("--requests", type=int, default=400, help="of each kind")
    arguments.add_argument("--rate", type=float, default=25, help="requests a second (default 25)")
    arguments.add_argument("--sign-ins", type=int, default=200)
    arguments.add_argument("--folder", default=None)
    arguments.add_argument("--ajantasa", default=None, help="a program built before")
    options = arguments.parse_args(words)
    program = options.ajantasa or built("--bin", "ajantasa")
    with tempfile.TemporaryDirectory(prefix="ajantasa-bench-", dir=options.folder) as folder:
        folder = pathlib.Path(folder) / "site"
        compared = options.cases * 11 // 10
        say(f"{options.persons} patrons, of whom {compared} are compared")
        site = site_of(program, folder, compared, options.cases, 20261121)
        try:
            measure(options, program, site, folder, options.persons - compared, port)
        finally:
            site.stop()


def measure(options, program, site, folder, filling, port):
    site.full()
    site.day()
    database = sqlite3.connect(site.database)
    say(f"    filling up with {filling} patrons")
    database.execute("PRAGMA foreign_keys = OFF")
    # SQLite has it from 3.41 on.
    database.create_function("unhex", 1, bytes.fromhex)
    database.execute(FILLING, (filling,))
    database.execute(AROUND)
    database.commit()
    # What no installation has: a gigabyte of it in the log.
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.sync()
    config = folder / "ajantasa.toml"
    config.write_text(config.read_text() + f'[web]\nlisten = "127.0.0.1:{port}"\n[service]\nlisten = "127.0.0.1:{port + 1}"\n')
    password = "kevät-aurinko-paistaa-" + os.urandom(4).hex()
    (folder / "staff.password").touch(mode=0o600)
    (folder / "staff.password").write_text(password + "\n")
    names = ["maija"] + [f"tekija{number}" for number in range(20)]
    for name in names:
        towns = [word for code in ("078", "092", "149", "710", "755") for word in ("--municipality", code)]
        site.command("user", "add", name, "--role", "reviewer", *towns, "--until", "2030-01-01",
                     "--password-file", folder / "staff.password")
    log = open(folder / "serve.log", "w")
    daemon = subprocess.Popen([program, "--config", config, "serve"], stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        daemon.stdout.readline()
        browser = signed_in(port, "maija", password)
        read = sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)
        # Every connection of the daemon has prepared its statements once.
        timed(browser, 60, lambda _: browser.get("/queue"), 200)
        print("| what | times | ours p50 ms | p99 ms | limit p50 ms | p99 ms | p99 ours/limit |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        lists_and_searches(browser, read, options.requests, 1 / options.rate)
        print()
        approvals(browser, read, folder, options.requests, 1 / options.rate)
        print()
        sign_ins(browser, port, names[1:], password, options.sign_ins)
        sizes(port, browser)
        used = memory(daemon.pid)
        print(f"Memory of the daemon: {used['VmRSS']:.0f} MiB now, {used['VmHWM']:.0f} MiB at most")
        print(f"Load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    finally:
        daemon.terminate()
        daemon.wait()
