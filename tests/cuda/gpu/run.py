#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [--parts PART,...] [--limit SECONDS] [RESULTS.json]: the GPU engine on a machine with an NVIDIA GPU.

Runs from the parcel that "./dev gpu pack" fills: bin/, lib/, shared/ and the scripts beside this one. Needs the driver,
python3 with numpy, and NVIDIA's cuBLAS 13, which PyTorch's packages bring. Parts, the first four unless others are asked for:

  suite     the engine's tests
  bench     its times, by stages too
  peer      PyTorch's times for the same network, and the card's own ceilings; needs PyTorch
  memory    what it says when the card is nearly full; needs PyTorch
  sanitize  the tests again under compute-sanitizer: memcheck, racecheck, synccheck, initcheck
  profile   what each kernel waits for, by ncu, into RESULTS.json.profile.txt

Each part's results join RESULTS.json as soon as it ends; what does not begin within the limit (540 s) is named and left
out. Exit codes: 0 all passed, 1 something failed, 3 there is no GPU to use.
"""
import argparse
import contextlib
import datetime
import glob
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import time

import report

HERE = os.path.dirname(os.path.abspath(__file__))
NO_GPU = 3
LEFT_FREE_MB = (60, 300, 600, 900, 2000)
HOLD = """
import sys, torch
free, _ = torch.cuda.mem_get_info()
held = torch.empty(max(free - (int(sys.argv[1]) << 20), 1), dtype=torch.uint8, device="cuda")
print("held", flush=True)
sys.stdin.read()
"""


class Run:
    """Time that is left, and what was found."""

    def __init__(self, path, limit):
        self.path, self.ends, self.failed = path, time.monotonic() + limit, []
        self.results = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.results = json.load(file)
        self.results.update(date=datetime.date.today().isoformat(), machine=platform.machine())

    def left(self):
        return self.ends - time.monotonic()

    def keep(self, part, value):
        self.results[part] = value
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.results, file, indent=1)

    def fail(self, what):
        self.failed.append(what)
        print(f"FAIL {what}", flush=True)


def find_libraries():
    """Folders of NVIDIA's packages that hold cuBLAS."""
    places = {sysconfig.get_paths()[key] for key in ("purelib", "platlib")} | set(sys.path)
    found = []
    for place in places:
        found += glob.glob(os.path.join(place, "nvidia", "*", "lib"))
    return [folder for folder in dict.fromkeys(found) if glob.glob(os.path.join(folder, "libcublasLt.so.*"))]


def environment():
    values = dict(os.environ)
    values["SAGITTA_SHARED"] = os.path.join(HERE, "shared")
    values["G_TEST_SRCDIR"] = HERE
    values["G_TEST_BUILDDIR"] = HERE
    folders = find_libraries() + [values.get("LD_LIBRARY_PATH", "")]
    values["LD_LIBRARY_PATH"] = ":".join(folder for folder in folders if folder)
    return values


def call(*command, timeout=300):
    """Exit code, output and errors; 124 when it ran too long."""
    try:
        result = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=max(timeout, 1),
                                check=False)
    except subprocess.TimeoutExpired as error:
        said = [text.decode(errors="replace") if isinstance(text, bytes) else text or ""
                for text in (error.stdout, error.stderr)]
        return 124, said[0], said[1] + f"\nran longer than {timeout:.0f} s"
    return result.returncode, result.stdout, result.stderr


def program(name):
    return os.path.join(HERE, "bin", name)


def last_line(text):
    return (text.strip().splitlines() or ["failed"])[-1]


def check_gpu():
    """Says what GPU there is; exits where there is none."""
    code, out, err = call(program("gpu-bench"), "--probe")
    if code != 0:
        print(f"run.py: No GPU to measure: {last_line(err)}", file=sys.stderr)
        sys.exit(NO_GPU)
    print(out.strip(), flush=True)


def run_suite(run):
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(glob.glob(program("test-*"))):
        name = os.path.basename(path)
        if run.left() < 0:
            run.fail(f"{name} was left out: no time")
            continue
        code, out, err = call(path, timeout=run.left())
        skipped = len(re.findall(r"^ok .*# SKIP", out, re.M))
        passed = len(re.findall(r"^ok ", out, re.M)) - skipped
        totals["passed"] += passed
        totals["skipped"] += skipped
        print(f"{'ok' if code == 0 else 'FAIL':4} {name}: {passed} passed, {skipped} skipped", flush=True)
        if code != 0:
            totals["failed"] += max(len(re.findall(r"^not ok ", out, re.M)), 1)
            run.fail(name)
            print("\n".join((out + err).splitlines()[-25:]), flush=True)
    run.keep("suite", totals)
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped", flush=True)


def make_weights(run):
    """Paths of the full-size weights and case, or nothing."""
    folder = os.path.join(HERE, "made")
    os.makedirs(folder, exist_ok=True)
    weights, case = os.path.join(folder, "model.safetensors"), os.path.join(folder, "case.safetensors")
    if not os.path.exists(weights):
        command = [sys.executable, os.path.join(HERE, "make-full-weights.py"), os.path.join(HERE, "shared", "oracle")]
        if subprocess.run([*command, weights, case], check=False).returncode != 0:
            run.fail("the full-size weights cannot be made: python3 needs numpy")
            return ()
    return weights, case


def run_json(run, part, *command):
    """Keeps the last whole document that a program printed, a line each, also when it did not end well."""
    code, out, err = call(*command, timeout=run.left())
    if code != 0:
        run.fail(f"{part}: {last_line(err)}")
    elif err:
        print(err.strip(), flush=True)
    for text in [out] + out.splitlines()[::-1]:
        with contextlib.suppress(ValueError):
            run.keep(part, json.loads(text))
            return


def run_bench(run):
    made = make_weights(run)
    if made:
        run_json(run, "bench", program("gpu-bench"), "--weights", made[0])
    for problem in report.find_problems(run.results.get("bench")):
        run.fail(problem)


def run_peer(run):
    made = make_weights(run)
    if made:
        run_json(run, "peer", sys.executable, os.path.join(HERE, "peer.py"), *made, str(max(run.left() - 20, 1)))


def run_memory(run):
    """With little memory free the program answers, or says so in a sentence."""
    said = {}
    for left in LEFT_FREE_MB:
        if run.left() < 0:
            run.fail(f"memory: {left} MB was left out: no time")
            continue
        with subprocess.Popen([sys.executable, "-c", HOLD, str(left)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as holder:
            if holder.stdout.readline().strip() != "held":
                holder.kill()
                run.fail("memory: PyTorch cannot hold the card's memory")
                return
            code, _, err = call(program("gpu-bench"), "--small", "--runs", "1", "--asks", "30", timeout=run.left())
            holder.stdin.close()
        said[left] = "answered" if code == 0 else last_line(err)
        print(f"     {left} MB free: {said[left]}", flush=True)
        if code not in (0, 1) or (code == 1 and "memory" not in said[left] and "MB more are needed" not in said[left]):
            run.fail(f"memory: with {left} MB free it ends with {code}: {said[left]}")
    run.keep("memory", said)


def run_sanitize(run):
    sanitizer = shutil.which("compute-sanitizer") or "/usr/local/cuda/bin/compute-sanitizer"
    found = {}
    if not os.path.exists(sanitizer):
        run.fail("sanitize: there is no compute-sanitizer")
        return
    for tool in ("memcheck", "racecheck", "synccheck", "initcheck"):
        for path in sorted(glob.glob(program("test-cuda-card-*"))):
            name = f"{tool} {os.path.basename(path)}"
            if "-full-" in path or run.left() < 5:
                found[name] = "left out"
                continue
            small = ["-s", "/cuda/card/fp32/oracle/full", "-s", "/cuda/card/fast/oracle/full"]
            code, out, err = call(sanitizer, "--tool", tool, "--error-exitcode", "86", path, *small,
                                  timeout=min(run.left(), 120))
            found[name] = "clean" if code == 0 else "no time" if code == 124 else "errors"
            print(f"     {name}: {found[name]}", flush=True)
            if found[name] == "errors":
                run.fail(name)
                print("\n".join(line for line in (out + err).splitlines() if line.startswith("====="))[:2500], flush=True)
    run.keep("sanitize", found)


def run_profile(run):
    ncu = shutil.which("ncu") or "/usr/local/cuda/bin/ncu"
    if not os.path.exists(ncu):
        run.fail("profile: there is no ncu")
        return
    sections = [word for name in ("SpeedOfLight", "Occupancy", "WarpStateStats") for word in ("--section", name)]
    code, out, err = call(ncu, "--clock-control", "none", "--print-summary", "per-kernel", *sections,
                          program("gpu-bench"), "--runs", "1", "--asks", "0", timeout=run.left())
    path = run.path + ".profile.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write(out + err)
    if code != 0:
        run.fail(f"profile: {last_line(err or out)}")
    print(f"     written to {path}")


PARTS = {"suite": run_suite, "bench": run_bench, "peer": run_peer, "memory": run_memory, "sanitize": run_sanitize,
         "profile": run_profile}


def main():
    parser = argparse.ArgumentParser(description="The GPU engine on a machine with an NVIDIA GPU.")
    parser.add_argument("--parts", default="suite,bench,peer,memory")
    parser.add_argument("--limit", type=float, default=540)
    parser.add_argument("results", nargs="?", default=os.path.join(HERE, "results.json"))
    arguments = parser.parse_args()
    parts = arguments.parts.split(",")
    if not set(parts) <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    check_gpu()
    run = Run(arguments.results, arguments.limit)
    for part in parts:
        if run.left() < 5:
            run.fail(f"{part} was left out: no time")
            continue
        print(f"-- {part}", flush=True)
        run.results.pop(part, None)  # what an earlier run left is not this one's
        PARTS[part](run)
    report.print_results(run.results)
    print(f"written to {run.path}" if not run.failed else f"{len(run.failed)} failed: " + "; ".join(run.failed))
    sys.exit(1 if run.failed else 0)


if __name__ == "__main__":
    main()
