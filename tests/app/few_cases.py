#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Twenty labelled cases teach the bundle that ships a finding that it does not know: docs/fine-tune.md's first row, one draw of five."""

import os
import re
import subprocess

import harness
from harness import scratch

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench", "few-cases")
LINE = re.compile(r"AUROC (\S+) \((\S+) to (\S+)\), then (\S+) \((\S+) to")


def test_from_chance_to_learned():
    told = subprocess.run([SCRIPT, os.environ["SAGITTA_CLI"], scratch("few"), "960001"], check=True, capture_output=True, text=True).stdout
    before, low, high, after, least = (float(number) for number in LINE.search(told).groups())
    assert low < 0.5 < high and before < 0.6, told
    assert after >= 0.85 and least > before, told


harness.main(globals())
