#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test-vocabulary.py: the vocabulary that ships is what make-vocabulary.py prints."""
import os
import subprocess
import sys

script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make-vocabulary.py")
printed = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True).stdout
with open(os.path.join(os.environ["SAGITTA_DATA"], "bundles", "untrained", "vocab.txt"), encoding="utf-8") as file:
    shipped = file.read()
words = shipped.split("\n")[:-1]
print("1..2")
print(f"{'ok' if printed == shipped else 'not ok'} 1 shipped and printed vocabulary are equal")
print(f"{'ok' if len(words) == len(set(words)) else 'not ok'} 2 no word twice")
