#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help texts, wrong usage, and whether man page and completion know the real options."""

import os
import re

import harness
from harness import call, refuse, run, scratch

COMMANDS = ["ask", "replay", "info", "render", "dicom", "prepare", "bundle", "phantom", "tokenize", "forward",
            "step", "compose", "train", "evaluate", "project", "export", "bench", "purge", "selftest"]  # fmt: skip
NESTED = ["dicom list", "dicom convert", "bundle import", "bundle create", "bundle inspect", "bundle check",
          "bundle publish", "project create", "project add", "project info", "project label", "project import",
          "project agreement", "project split", "project merge", "project check", "project recover"]  # fmt: skip
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read_options(command):
    """Long options that --help of a command shows."""
    return set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", run(*command.split(), "--help").out, re.M)) - {"--help"}


def test_help_lists_every_command():
    for option in ("--help", "-h", "help"):
        text = run(option).out
        listed = re.findall(r"^  ([a-z]+) {2,}\S", text, re.M)
        assert listed == COMMANDS, listed
        assert "not a medical device" in text


def test_every_command_has_help():
    for command in COMMANDS + NESTED:
        text = run(*command.split(), "--help").out
        assert text.startswith("Usage:") and f"sagitta-cli {command}" in text, text
        assert all(len(line) <= 100 for line in text.splitlines()), text
        if command not in ("bundle", "dicom"):
            assert "not a medical device" in text, command


def test_version():
    assert re.fullmatch(r"sagitta-cli \d+\.\d+\.\d+ \([0-9a-z-]+\)\n", run("--version").out)


def test_no_command():
    refuse(code=2, words="--help")
    refuse("bundle", code=2, words=("import", "create", "inspect", "check", "publish"))
    refuse("dicom", code=2, words=("list", "convert"))


def test_unknown_command():
    refuse("foo", code=2, words=('"foo"', "--help"))
    refuse("bundle", "foo", code=2, words=('"foo"', "--help"))
    refuse("", code=2)


def test_unknown_option():
    for command in COMMANDS + NESTED:
        if command not in ("bundle", "dicom"):
            refuse(*command.split(), "--no-such-option", code=2, words=("--no-such-option", f"{command} --help"))


def test_missing_value():
    for command, option in (("ask", "--task"), ("ask", "--threads"), ("phantom", "-o"), ("bundle import", "--weights")):
        refuse(*command.split(), option, code=2, words=(option, f"{command} --help"))


def test_missing_and_superfluous_arguments():
    for command in ("ask", "info", "replay", "render", "prepare", "bundle inspect", "bundle check", "bench", "dicom list",
                    "dicom convert"):  # fmt: skip
        refuse(*command.split(), code=2, words=f"{command} --help")
    for command, most in (("render", 1), ("prepare", 1), ("replay", 2), ("selftest", 0), ("phantom", 0), ("tokenize", 0)):
        refuse(command, *["extra"] * (most + 1), code=2, words='"extra"')


def test_wrong_values():
    scan = harness.phantom()
    out = scratch("never.nii.gz")
    for arguments, word in (
        (("ask", scan), "--task"),
        (("ask", scan, "--task", "  "), "empty"),
        (("ask", scan, "--task", "a", "--evidence"), "--heatmaps"),
        (("ask", scan, "--task", "a", "--shift", "1,2"), "--shift"),
        (("ask", scan, "--task", "a", "--shift", "1,2,nan"), "--shift"),
        (("ask", scan, "--task", "a", "--shift", "1,2,1e9"), "--shift"),
        (("ask", scan, "--task", "a", "--shift", "1,5,2,3"), "--shift"),
        (("ask", scan, "--task", "a", "--threads", "-1"), "--threads"),
        (("ask", scan, "--task", "a", "--threads", "x"), "--threads"),
        (("ask", scan, "--task", "a", "--engine", "abacus"), "abacus"),
        (("prepare", scan), "-o"),
        (("prepare", scan, "-o", out, "--recipe", "soup"), "soup"),
        (("prepare", scan, "-o", scratch("never.png")), ".nii"),
        (("phantom",), "-o"),
        (("phantom", "-o", scratch("never"), "--count", "0"), "--count"),
        (("phantom", "-o", scratch("never"), "--findings", "gold"), "gold"),
        (("phantom", "-o", scratch("never"), "--orientation", "RAR"), "RAR"),
        (("phantom", "-o", scratch("never"), "--spacing", "0,1,1"), "--spacing"),
        (("phantom", "-o", scratch("never"), "--sex", "robot"), "female"),
        (("phantom", "-o", scratch("never"), "--kernel", "loud"), "sharp"),
        (("phantom", "-o", scratch("never"), "--simple", "--visit", "1"), "one visit"),
        (("phantom", "-o", scratch("never"), "--simple", "--findings", "tube"), "--simple"),
        (("phantom", "-o", scratch("never"), "--split-share", "1,0,0"), "--cohort"),
        (("phantom", "-o", scratch("never"), "--cohort", "--findings", "nodule"), "--cohort"),
        (("phantom", "-o", scratch("never"), "--cohort", "--split-share", "0.5,0.5"), "three numbers"),
        (("phantom", "-o", scratch("never"), "--cohort", "--split-share", "0.5,0.5,0.5"), "sum to 1"),
        (("tokenize", "--vocab", "v"), "--input"),
        (("forward", "--input", "x"), "--output"),
        (("bench", "everything"), "encode"),
        (("bench", "encode", "--repeat", "0"), "runs"),
        (("bench", "train", "nothing"), "tokens"),
        (("bundle", "import", "-o", scratch("never")), "--weights"),
        (("bundle", "create", "-o", scratch("never")), "--random"),
        (("bundle", "create", "--random", "--size", "huge", "-o", scratch("never")), "--size"),
        (("bundle", "create", "--random", "--input", "1,2", "-o", scratch("never")), "--input"),
        (("render", scan), "-o"),
        (("render", scan, "-o", scratch("never.png"), "--plane", "tilted"), "tilted"),
        (("render", scan, "-o", scratch("never.png"), "--at", "peak"), "--task"),
        (("render", scan, "-o", scratch("never.png"), "--window", "dark"), "dark"),
        (("render", scan, "-o", scratch("never.png"), "--threshold", "7"), "--threshold"),
        (("render", scan, "-o", scratch("never.png"), "--scale", "nan"), "scale"),
        (("render", scan, "-o", scratch("never.png"), "--task", ""), "empty"),
    ):
        refuse(*arguments, code=2, words=word)
    assert not [name for name in os.listdir(scratch()) if name.startswith("never")]


def test_no_such_engine():
    for command in (("ask", harness.phantom(), "--task", "a"), ("forward", "--input", __file__, "--output", "x")):
        if "  ok   GPU engine" not in run("selftest").out:
            result = call(*command, "--engine", "cuda")
            assert result.code == 1 and result.out == "" and len(result.err.splitlines()) == 1, result.err
    for wrong in (("--engine", "abacus"), ("--precision", "fp8")):
        assert call("ask", harness.phantom(), "--task", "a", *wrong).code == 2
    assert call("ask", harness.phantom(), "--task", "a", "--engine", "cpu", "--precision", "fast").code == 1


def test_full_output():
    if not os.path.exists("/dev/full"):
        raise harness.Skip("no /dev/full here")
    for arguments in (("--help",), ("info", harness.phantom()), ("ask", harness.phantom(), "--task", "a", "--json")):
        command = " ".join(f"'{a}'" for a in (harness.CLI, *arguments))
        result = harness.Result(
            harness.subprocess.run(["sh", "-c", f"{command} >/dev/full"], check=False, capture_output=True)
        )
        assert result.code == 1 and "cannot write" in result.err.lower() and len(result.err.splitlines()) == 1


def test_selftest():
    text = run("selftest").out
    assert "NO" not in text.split() and "CPU engine" in text, text


def complete(*words):
    """What the completion offers for the last of @words."""
    script = os.path.join(SOURCE, "data", "completions", "sagitta-cli")
    code = (
        f". '{script}'; COMP_WORDS=(sagitta-cli \"$@\"); COMP_CWORD=$#; "
        '_sagitta_cli; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = harness.subprocess.run(["bash", "-c", code, "bash", *words], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_completion_knows_every_command():
    assert complete("") == set(COMMANDS) | {"--help", "--version"}
    assert complete("bundle", "") == {"import", "create", "inspect", "check", "publish"}
    assert complete("pre") == {"prepare"}
    parts = re.search(r"bench (\S+)", run("bench", "--help").out)[1]
    assert complete("bench", "") == set(parts.split("|")), parts


def test_completion_knows_every_option():
    for command in COMMANDS + NESTED:
        if command == "bundle":
            continue
        offered = complete(*command.split(), "--")
        assert offered == read_options(command) | {"--help"}, (command, offered ^ read_options(command))


def test_completion_of_values():
    assert complete("ask", "scan.nii.gz", "--engine", "c") == {"cpu", "cuda"}
    assert complete("render", "scan.nii.gz", "--plane", "") == {"axial", "coronal", "sagittal", "grid"}
    assert complete("ask", "scan.nii.gz", "--task", "") == set()


def test_man_page_knows_every_command_and_option():
    with open(os.path.join(SOURCE, "docs", "sagitta-cli.1"), encoding="utf-8") as file:
        page = file.read().replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
    for command in COMMANDS + NESTED:
        assert command in page, command
        missing = [option for option in read_options(command) if not re.search(option + r"\b", page)]
        assert not missing, (command, missing)
    assert re.search(r"bench (\S+)", run("bench", "--help").out)[1] in page
    known = set().union(*(read_options(command) for command in COMMANDS + NESTED)) | {"--help", "--version"}
    unknown = set(re.findall(r"(?<![\w-])--[a-z-]+", page)) - known
    assert not unknown, unknown


if __name__ == "__main__":
    harness.main(globals(), needs=())
