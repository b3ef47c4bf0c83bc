#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""options.py SAGITTA: what the window is told on its command line wrongly is one sentence, and no window."""

import subprocess
import sys

WRONG = {
    ("--engine", "abacus"): "--engine takes auto, cpu or cuda",
    ("--precision", "half"): "--precision takes fp32 or fast",
    ("--threads", "-1"): "--threads takes a number",
    ("--threads", "9999"): "--threads takes a number",
}


def problem_with(program, options, words):
    """None if it refuses as it should, otherwise how it does not."""
    run = subprocess.run([program, *options], capture_output=True, check=False, text=True, timeout=300)
    if run.returncode != 2 or run.stdout or len(run.stderr.splitlines()) != 1 or words not in run.stderr:
        return f"ended with status {run.returncode}: {run.stderr.strip()[-300:]!r}"
    return None


def main():
    program = sys.argv[1]
    print(f"1..{len(WRONG)}", flush=True)
    bad = False
    for number, (options, words) in enumerate(WRONG.items(), start=1):
        problem = problem_with(program, options, words)
        bad |= problem is not None
        print(f"{'not ok' if problem else 'ok'} {number} {' '.join(options)}", flush=True)
        if problem:
            print(f"# {problem}", flush=True)
    sys.exit(bad)


if __name__ == "__main__":
    main()
