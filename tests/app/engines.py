# SPDX-License-Identifier: Apache-2.0
"""Which engine answers, and what is said about it, where there is a GPU engine that does not work."""

import os
import shutil
import sys

import harness
from harness import LUNGS, call, phantom, refuse, scratch

NO_GPU = "sagitta-cli: No GPU, the processor computes: "
FULL = "The card has 3 MB free and 900 are needed."
OLD = "Driver 535 is too old; install 580 or newer."
NONE = "There is no NVIDIA driver here."


def ask(why, *options):
    """Asks a program whose GPU engine refuses because of @why."""
    return call("ask", phantom(), "--task", LUNGS, "--json", *options, environment={"SAGITTA_TEST_GPU": why})


def assert_on_processor(result, said):
    assert result.code == 0, result.err
    assert result.err == (NO_GPU + said + "\n" if said else ""), result.err
    assert (result.json()["engine"], result.json()["precision"]) == ("cpu", "fp32")


def test_a_card_whose_engine_does_not_open():
    assert_on_processor(ask("memory"), FULL)
    assert_on_processor(ask("memory", "--engine", "auto", "--precision", "fast"), FULL)
    assert_on_processor(ask("memory", "--engine", "cpu"), None)


def test_a_card_that_cannot_be_used():
    assert_on_processor(ask("old"), OLD)


def test_no_card():
    assert_on_processor(ask("none"), None)
    assert_on_processor(ask("none", "--precision", "fast"), NONE)  # nobody gets what they asked for in silence


def test_a_card_that_must_be_used():
    for why, sentence in (("memory", FULL), ("old", OLD), ("none", NONE)):
        refuse("ask", phantom(), "--task", LUNGS, "--engine", "cuda", "--json",
               environment={"SAGITTA_TEST_GPU": why}, words=sentence)  # fmt: skip


def test_selftest_says_it_always():
    for why, sentence in (("memory", FULL), ("old", OLD), ("none", NONE)):
        assert sentence in call("selftest", environment={"SAGITTA_TEST_GPU": why}).out


def use(plugin):
    """A program with this plugin beside it, as in a build tree of its own."""
    for folder in ("bin", "cuda"):
        os.makedirs(scratch("build", folder))
    shutil.copy(plugin, scratch("build", "cuda", "libsagitta-cuda.so"))
    shutil.copy(harness.CLI, scratch("build", "bin"))
    harness.CLI = scratch("build", "bin", os.path.basename(harness.CLI))


if __name__ == "__main__":
    use(sys.argv[1])
    harness.main(globals())
