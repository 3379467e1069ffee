"""Runs commands, and keeps what they took: the table of Benchmarks/run and its JSON."""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

#: What starts a command and reports its greatest memory: the memory of whoever starts a process counts as that process's own
#: until it runs its program, and this one is small.
STARTER = (
    "import os, subprocess, sys\n"
    "process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
    "print(os.wait4(process.pid, 0)[2].ru_maxrss >> 10)"
)


def ticks():
    """The time that all cores have worked, in seconds."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    # user, nice, system, idle, iowait, irq, softirq, steal
    return (sum(fields[:3]) + sum(fields[5:8])) / os.sysconf("SC_CLK_TCK")


def busy_cores(seconds=1.0):
    """How many cores other programs keep busy while this one sleeps."""
    before, start = ticks(), time.monotonic()
    time.sleep(seconds)
    return (ticks() - before) / (time.monotonic() - start)


class Times(list):
    """The seconds of each run, and those that the processors worked for it."""

    def __init__(self):
        super().__init__()
        self.processor = []


def processor_seconds():
    """What the processors have worked for the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bench:
    """The rows of one session."""

    def __init__(self, program, runs, only):
        self.program, self.runs, self.only = program, runs, only
        self.rows = []
        self.most_busy = 0.0

    def wants(self, group):
        return not self.only or any(word in group for word in self.only)

    def times(self, command, runs=None, accept=(0, 1), **options):
        """The seconds of each run, after one run that counts for nothing."""
        result = Times()
        for number in range((runs or self.runs) + 1):
            start, worked = time.perf_counter(), processor_seconds()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
            seconds = time.perf_counter() - start
            if done.returncode not in accept:
                raise SystemExit(f"bench: {command} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
            if number:
                result.append(seconds)
                result.processor.append(processor_seconds() - worked)
        return result

    def memory(self, command):
        """The greatest memory of one run, in MiB."""
        done = subprocess.run([sys.executable, "-c", STARTER, *map(str, command)], check=True, capture_output=True)
        return int(done.stdout)

    def row(self, group, name, command, peers=(), runs=None, accept=(0, 1)):
        """Measures a command of ours beside others: pairs of a name and a command, or a command with options and runs."""
        command = [self.program, *map(str, command)]
        ours = self.times(command, runs, accept)
        row = {
            "group": group, "name": name, "command": [str(word) for word in command[1:]], "seconds": ours,
            "median": statistics.median(ours), "processor": statistics.median(ours.processor), "memory_mib": self.memory(command),
            "peers": {},
        }
        line = f"{group:8} {name:34} {row['median'] * 1000:9.1f} ms {row['processor'] * 1000:9.1f} ms CPU {row['memory_mib']:5} MiB"
        for peer, theirs, *rest in peers:
            options = rest[0] if rest else {}
            seconds = theirs if isinstance(theirs[0], float) else self.times(theirs, options.pop("runs", runs), **options)
            median = statistics.median(seconds)
            worked = statistics.median(seconds.processor)
            row["peers"][peer] = {"seconds": seconds, "median": median, "ratio": median / row["median"], "processor": worked}
            line += f"   {peer} {median * 1000:.1f} ms: {median / row['median']:.2f}, {worked * 1000:.1f} ms CPU"
        self.rows.append(row)
        print(line, flush=True)
        self.most_busy = max(self.most_busy, busy_cores(0.5))
        return row

    def write(self, path, **facts):
        document = {**facts, "most_busy_cores": round(self.most_busy, 2), "rows": self.rows}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n")
