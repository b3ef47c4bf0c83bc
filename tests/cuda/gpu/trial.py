#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ./dev gpu does, tried without a GPU: gpu-bench with the emulated engine, its tables, and the parcel.

trial.py GPU_BENCH EMULATED_PLUGIN [BUILD]: BUILD where the parcel can be packed from.
"""
import contextlib
import io
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "app")]
sys.dont_write_bytecode = True

import harness  # noqa: E402
import report  # noqa: E402
from harness import Skip, scratch, shared  # noqa: E402

BENCH, PLUGIN, BUILD = (sys.argv + [None])[1:4]
PARTS = ("prepare upstream", "prepare paper", "encode", "ask 1", "ask 18", "ask 100")


def call(*command, **environment):
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def print_report(results):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        report.print_results(results)
    return out.getvalue()


def test_bench():
    result = call(BENCH, "--plugin", PLUGIN, "--small", "--runs", "1", "--asks", "30")
    assert result.returncode == 0, result.stderr
    bench = json.loads(result.stdout)
    for precision in ("fp32", "fast"):
        for part in PARTS:
            assert bench[precision][part]["ms"] > 0, (precision, part)
            assert part == "ask 100" or bench[precision][part]["stages"], (precision, part)
        assert bench[precision]["allocated_mb"] > 1
    names = [stage["name"] for stage in bench["fp32"]["encode"]["stages"]]
    assert names[0] == "stem" and names[-1] == "adaptor" and "6.0 project" in names, names
    assert 0 < bench["fast_probability_error"] < 0.01
    assert report.find_problems(bench) == []
    with open(scratch("bench.json"), "w", encoding="utf-8") as file:
        json.dump(bench, file)


def test_report():
    """Times, ratios and rates are those of the measured numbers."""
    with open(scratch("bench.json"), encoding="utf-8") as file:
        bench = json.load(file)
    for precision in ("fp32", "fast"):
        for part in PARTS:
            bench[precision][part]["device_ms"] = 0.5
    bench["fast"]["encode"]["stages"] = [{"name": "stem", "ms": 0.25, "bytes": 5e8, "products": 1e9, "library": True},
                                         {"name": "stem", "ms": 0.25, "bytes": 5e8, "products": 1e9, "library": True}]
    bench["fp32"]["growth_bytes_of_1000_asks"] = 4096
    peer = {"ceilings": {"copy_gb_s": 4000, "fp16_tflops": 800}, "fp32 eager": {"encode": 9}, "bf16 compiled": {"encode": 6},
            "fp16 graph": {"encode": 1}}
    text = print_report({"date": "2026-01-02", "bench": bench, "peer": peer, "suite": {"passed": 7, "failed": 0}})
    encode = re.search(r"^fast encode .*$", text, re.M).group(0)
    assert encode.split()[-1] == "12.000", encode  # the best that the budgets name, not the graph
    stem = re.search(r"^  stem .*$", text[text.index("fast encode: "):], re.M).group(0)
    assert stem.split() == ["stem", "0.500", "2e+03", "(50", "%)", "8", "(1", "%)", "library"], stem
    assert re.search(r"^\| 2026-01-02 \| emulation \| 580 \| COMMIT \| 7 passed, 0 failed \| 0.500, 0.500, 0.500 ", text, re.M)
    assert report.find_problems(bench) == ["bench: fp32: 1,000 asks took 4096 bytes"]
    assert print_report({"date": "2026-01-02"}) == ""


def test_bench_refuses():
    assert call(BENCH, "--no-such-option").returncode == 2
    result = call(BENCH, "--plugin", PLUGIN, "--weights", scratch("none.safetensors"))
    assert result.returncode == 1 and "none.safetensors" in result.stderr and result.stdout == "", result.stderr
    result = call(BENCH, "--plugin", scratch("none.so"), "--probe")
    assert result.returncode == 3 and result.stderr.startswith("gpu-bench: "), result.stderr
    result = call(BENCH, "--plugin", PLUGIN, "--probe")
    assert result.returncode == 0 and result.stdout == "emulation, driver 580\n", result.stdout


def test_parcel():
    """It is small enough to travel, runs where nothing is installed, and says that there is no GPU."""
    if BUILD is None:
        raise Skip("this build has no GPU engine")
    shared("oracle", "full", "full_recipe.json")
    parcel = scratch("parcel")
    result = call(os.path.join(HERE, "pack"), BUILD, harness.SHARED, parcel)
    assert result.returncode == 0, result.stdout + result.stderr
    if call(BENCH, "--probe").returncode == 0:
        raise Skip("there is a GPU: ./dev gpu run is the test")
    needed = call("ldd", os.path.join(parcel, "lib", "sagitta", "libsagitta-cuda.so")).stdout
    assert os.path.exists(os.path.join(parcel, "lib", "libstdc++.so.6")) == ("libstdc++" in needed), needed
    result = call(sys.executable, os.path.join(parcel, "run.py"), scratch("results.json"))
    assert result.returncode == 3 and "No GPU to measure" in result.stderr, result.stderr
    assert not os.path.exists(scratch("results.json"))
    assert call(sys.executable, os.path.join(parcel, "run.py"), "--parts", "dance").returncode == 2


harness.main(globals(), needs=())
