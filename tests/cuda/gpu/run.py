#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [RESULTS.json]: the GPU engine's suite and benchmark on a machine with an NVIDIA GPU.

Runs from the parcel that "./dev gpu pack" fills: bin/, lib/, shared/ and the scripts beside this one. Needs the driver,
python3 with numpy, and NVIDIA's cuBLAS 13, which PyTorch's packages bring; with PyTorch it measures that too. Prints one
table, and writes what it measured as JSON. Exit codes: 0 all passed, 1 something failed, 3 there is no GPU to use.
"""
import datetime
import glob
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))
NO_GPU = 3


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
    values["SAGITTA_DATA"] = os.path.join(HERE, "share", "sagitta")
    values["G_TEST_SRCDIR"] = HERE
    values["G_TEST_BUILDDIR"] = HERE
    folders = find_libraries() + [values.get("LD_LIBRARY_PATH", "")]
    values["LD_LIBRARY_PATH"] = ":".join(folder for folder in folders if folder)
    return values


def call(*command, timeout=600):
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=timeout, check=False)
    return result.returncode, result.stdout, result.stderr


def program(name):
    return os.path.join(HERE, "bin", name)


def check_gpu():
    """The self-test's line about the GPU; exits where there is none."""
    code, out, err = call(program("sagitta-cli"), "selftest")
    line = next((line for line in out.splitlines() if "GPU engine" in line), None)
    if line is None:
        sys.exit(f"run.py: sagitta-cli selftest does not work here: {err.strip() or code}")
    mark, said = line.split()[0], line.split("GPU engine", 1)[1].strip()
    if mark == "--":
        print(f"run.py: No GPU to measure: {said}", file=sys.stderr)
        sys.exit(NO_GPU)
    print(f"{mark:4} {said}")
    return mark == "ok"


def run_suite():
    """Every test program; (passed, failed, skipped) and the output of those that failed."""
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(glob.glob(program("test-*"))):
        try:
            code, out, err = call(path)
        except subprocess.TimeoutExpired:
            code, out, err = 124, "", "ran longer than ten minutes"
        skipped = len(re.findall(r"^ok .*# SKIP", out, re.M))
        passed = len(re.findall(r"^ok ", out, re.M)) - skipped
        failed = len(re.findall(r"^not ok ", out, re.M))
        if code != 0:
            failed = max(failed, 1)
        totals["passed"] += passed
        totals["skipped"] += skipped
        totals["failed"] += failed
        print(f"{'ok' if code == 0 else 'FAIL':4} {os.path.basename(path)}: {passed} passed, {skipped} skipped")
        if failed:
            print("\n".join((out + err).splitlines()[-25:]))
    return totals


def make_weights():
    folder = os.path.join(HERE, "made")
    os.makedirs(folder, exist_ok=True)
    weights, case = os.path.join(folder, "model.safetensors"), os.path.join(folder, "case.safetensors")
    if not os.path.exists(weights):
        command = [sys.executable, os.path.join(HERE, "make-full-weights.py"), os.path.join(HERE, "shared", "oracle")]
        if subprocess.run([*command, weights, case], check=False).returncode != 0:
            sys.exit("run.py: the full-size weights cannot be made: python3 needs numpy.")
    return weights, case


def read_json(code, out, err, what):
    if code == 0:
        return json.loads(out)
    print(f"     {what}: {(err.strip().splitlines() or ['failed'])[-1]}")
    return None


def row(name, *values):
    texts = [f"{value:10.3f}" if isinstance(value, (int, float)) else f"{value:>10}" for value in values]
    print(f"{name:22}" + "".join(texts))


def print_table(ours, theirs):
    print(f"\n{ours['device']}, driver {ours['driver']}; milliseconds")
    row("", "GPU", "waited", "PyTorch", "its graph", "waited")
    for precision in ("fp32", "fast"):
        for part in ("prepare upstream", "prepare paper"):
            row(f"{precision} {part}", "-", ours[precision][part]["ms"])
        for part in ("encode", "ask 1", "ask 18", "ask 100"):
            mine = ours[precision][part]
            peer = theirs[precision][part] if theirs else {}
            row(f"{precision} {part}", mine["device_ms"], mine["ms"],
                *(peer.get(key, "-") for key in ("eager_ms", "graph_ms", "wall_ms")))
        row(f"{precision} start", "-", ours[precision]["start_ms"])
        print(f"{precision + ' memory':22}{ours[precision]['allocated_mb']:10.0f} MB")


def main():
    works = check_gpu()
    totals = run_suite()
    weights, case = make_weights()
    ours = read_json(*call(program("gpu-bench"), weights), "gpu-bench")
    theirs = read_json(*call(sys.executable, os.path.join(HERE, "peer.py"), weights, case), "PyTorch")
    if ours:
        print_table(ours, theirs)
    print(f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    results = {"date": datetime.date.today().isoformat(), "machine": platform.machine(), "suite": totals,
               "sagitta": ours, "pytorch": theirs}
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2)
    print(f"written to {path}")
    grew = ours and any(ours[precision]["growth_bytes_of_1000_asks"] != 0 for precision in ("fp32", "fast"))
    if grew:
        print("FAIL 1,000 asks took more and more memory")
    sys.exit(0 if works and ours and not grew and totals["failed"] == 0 else 1)


if __name__ == "__main__":
    main()
