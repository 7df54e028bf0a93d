#!/usr/bin/env python3
"""Measures how long a run stands still when the daemon that carries it out is gone: until the next one's first commit.

Two daemons on a PostgreSQL cluster of the bench's own, on the clock on the wall. The one that holds the lease of the run
is killed (SIGKILL), which the other on the same machine sees; or frozen (SIGSTOP), which looks like a machine that is
gone, and the other has to wait until the lease has run out. The lease is the limit that is printed beside. Nothing is
asserted about times. See README.md beside this file.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TOWNS = ["092", "149", "710", "755", "078"]
GROUPS = '["address", "name", "death", "protection", "identity_code", "language"]'
# What the bench needs of the database: one long run, and when somebody took its lease and first wrote under it.
WATCH = """
CREATE TABLE bench_seen (at double precision NOT NULL, what text NOT NULL, epoch bigint NOT NULL);
CREATE FUNCTION bench_taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO bench_seen VALUES (extract(epoch FROM clock_timestamp()), 'taken', NEW.epoch); RETURN NULL;
END $$;
CREATE TRIGGER bench_taken AFTER UPDATE ON lease FOR EACH ROW
    WHEN (NEW.task = 'run' AND NEW.epoch <> OLD.epoch) EXECUTE FUNCTION bench_taken();
CREATE FUNCTION bench_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO bench_seen SELECT extract(epoch FROM clock_timestamp()), 'written', epoch FROM lease WHERE task = 'run';
    RETURN NULL;
END $$;
CREATE TRIGGER bench_written AFTER INSERT ON disclosure FOR EACH ROW
    WHEN (NEW.task = 'run') EXECUTE FUNCTION bench_written();
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def programs():
    """The folder of PostgreSQL's programs."""
    named = os.environ.get("AJANTASA_TEST_POSTGRES_BIN")
    folders = [named] if named else sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin")))
    if not folders or not os.access(f"{folders[-1]}/initdb", os.X_OK):
        sys.exit("PostgreSQL's server is needed: name the folder of its programs in AJANTASA_TEST_POSTGRES_BIN")
    return pathlib.Path(folders[-1])


class Cluster:
    """A PostgreSQL server of the bench's own, on a socket in its folder."""

    def __init__(self, folder):
        self.folder, self.programs = folder / "pg", programs()
        self.folder.mkdir(mode=0o700)
        self.user = []
        if os.geteuid() == 0:
            self.user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self.folder, "postgres", "postgres")
            folder.chmod(0o711)
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self.run("pg_ctl", "-w", "-l", self.folder / "log", "-o", options, "start")
        self.ask("CREATE DATABASE ajantasa", "postgres")

    def run(self, name, *words):
        command = [*self.user, self.programs / name, "-D", self.folder / "data", *words]
        subprocess.run([str(word) for word in command], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def ask(self, sql, database="ajantasa"):
        command = [self.programs / "psql", "-h", self.folder, "-U", "postgres", "-d", database, "-qAt", "-c", sql]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()

    def stop(self):
        self.run("pg_ctl", "-m", "immediate", "stop")


class Site:
    """An installation with one run that never comes to its end, because VTJ does not answer."""

    def __init__(self, ajantasa, folder, lease):
        self.ajantasa, self.folder, self.lease = ajantasa, folder, lease
        self.cluster = Cluster(folder)
        data = folder / "data"
        subprocess.run([ajantasa, "synth", "--persons", "200", "--changes", "0", "--seed", "7", "--out", data], check=True)
        mock = [ajantasa, "mock", "--population", data, "--listen", "127.0.0.1:0"]
        self.mock = subprocess.Popen(mock, stdout=subprocess.PIPE, text=True)
        url = self.mock.stdout.readline().split()[-1]
        config = f'[database]\nurl = "postgres://postgres@localhost/ajantasa?host={self.cluster.folder}"\n'
        config += '[keys]\nfile = "key"\n[identity_code]\nallow_test_codes = true\n[service]\nlisten = "127.0.0.1:0"\n'
        config += f'[vtj.changes]\nbase_url = "{url}/api/v1"\nusername = "demo"\npassword_file = "password"\n'
        config += "deadline_seconds = 600\n"
        # Nothing else is to be due while this lasts.
        config += '[[schedule]]\nname = "estate"\ntask = "estate"\ncron = "0 3 1 1 *"\n'
        for code in TOWNS:
            config += f'[[municipality]]\ncode = "{code}"\nname = {{ fi = "{code}" }}\nlanguages = ["fi"]\n'
            config += f"field_groups = {GROUPS}\n"
        (folder / "ajantasa.toml").write_text(config)
        (folder / "password").touch(mode=0o600)
        (folder / "password").write_text("demo\n")
        self.command("keys", "create")
        self.command("patrons", "import", data / "patrons.csv")
        self.command("run", "enrol")
        fault = json.dumps({"kind": "latency", "millis": 600000, "path": "perustiedot", "count": 0}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{url}/_mock/fault", data=fault, method="POST")).read()
        self.plan()
        self.daemons = [self.serve(), self.serve()]

    def command(self, *words):
        command = [self.ajantasa, "--config", self.folder / "ajantasa.toml", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)

    def plan(self):
        refresh = {"kind": "address_refresh", "municipalities": TOWNS, "purpose": "register_upkeep",
                   "segment": "language = fi or language = sv or not language = fi", "budget": 1000}
        definition = json.dumps({"work": refresh, "cron": "0 3 1 1 *"})
        schedule, run = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
        self.cluster.ask(
            f"{WATCH} INSERT INTO schedule (id, name, origin, created_at)"
            f" VALUES ('{schedule}', 'bench', 'administrator', now());"
            " INSERT INTO schedule_version (schedule, version, definition, state, made_at, actor, os_user)"
            f" VALUES ('{schedule}', 1, '{definition}', 'in_force', now(), 'bench', 'bench');"
            " INSERT INTO run (id, schedule, version, origin, state, actor, os_user, planned_at, asked, failed, changed,"
            f" requests, batches) VALUES ('{run}', '{schedule}', 1, 'by_hand', 'planned', 'bench', 'bench', now(), 0, 0,"
            " 0, 0, 0)"
        )

    def serve(self):
        command = [self.ajantasa, "--config", self.folder / "ajantasa.toml", "serve"]
        environment = {**os.environ, "AJANTASA_LEASE_SECONDS": str(self.lease)}
        log = open(self.folder / "serve.log", "a")
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=self.folder)
        if not daemon.stdout.readline().startswith("listening"):
            sys.exit((self.folder / "serve.log").read_text())
        return daemon

    def seen(self, epoch):
        """When the lease was taken and first written under, in an epoch; None until then."""
        rows = self.cluster.ask(
            f"SELECT min(at) FROM bench_seen WHERE epoch = {epoch} AND what = 'taken' UNION ALL"
            f" SELECT min(at) FROM bench_seen WHERE epoch = {epoch} AND what = 'written'"
        )
        return tuple(map(float, rows)) if len(rows) == 2 else None

    def wait(self, epoch):
        end = time.monotonic() + 60 + 10 * self.lease
        while (seen := self.seen(epoch)) is None:
            if time.monotonic() > end:
                sys.exit(f"nobody took over: {(self.folder / 'serve.log').read_text()}")
            time.sleep(0.1)
        return seen

    def take_over(self, how):
        """Takes the holder away, and says how long until the lease is taken and until the first write under it."""
        epoch, pid = self.cluster.ask("SELECT epoch || ' ' || split_part(holder, ' ', 2) FROM lease WHERE task = 'run'")
        time.sleep(2 + random.random())
        began = time.time()
        at = next(at for at, daemon in enumerate(self.daemons) if daemon.pid == int(pid))
        self.daemons[at].send_signal(how)
        if how == signal.SIGKILL:
            # A process that nobody has asked after is still there.
            self.daemons[at].wait()
        taken, written = self.wait(int(epoch) + 1)
        self.daemons[at].kill()
        self.daemons[at].wait()
        self.daemons[at] = self.serve()
        return taken - began, written - began

    def stop(self):
        for process in [*self.daemons, self.mock]:
            process.kill()
            process.wait()
        self.cluster.stop()


def main(words, built):
    arguments = argparse.ArgumentParser(prog="benches/run takeover", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--times", type=int, default=10, help="how often (default 10)")
    arguments.add_argument("--lease", type=int, default=5, help="seconds of a lease (default 5; installed it is 60)")
    arguments.add_argument("--ajantasa", default=None, help="a program built before")
    options = arguments.parse_args(words)
    ajantasa = pathlib.Path(options.ajantasa or built("--bin", "ajantasa")).resolve()
    with tempfile.TemporaryDirectory(prefix="ajantasa-takeover-", dir="/tmp") as folder:
        site = Site(ajantasa, pathlib.Path(folder), options.lease)
        try:
            site.wait(1)
            rows = []
            for name, how in [("killed", signal.SIGKILL), ("frozen", signal.SIGSTOP)]:
                times = [site.take_over(how) for _ in range(options.times)]
                say(f"{name}: " + ", ".join(f"{taken:.2f}/{written:.2f}" for taken, written in times))
                rows.append((name, sorted(taken for taken, _ in times), sorted(written for _, written in times)))
        finally:
            site.stop()
    print("| holder | times | lease taken, median s | first write, median s | longest s | lease s | longest/lease |")
    print("|---|---|---|---|---|---|---|")
    for name, taken, written in rows:
        print(f"| {name} | {len(taken)} | {statistics.median(taken):.2f} | {statistics.median(written):.2f} |"
              f" {written[-1]:.2f} | {options.lease} | {written[-1] / options.lease:.2f} |")
