#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""meson install, and the installed program moved elsewhere: it finds its data beside itself.

  installed.py MESON BUILD
"""

import os
import subprocess
import sys

import harness
from harness import EFFUSION, list_tree, new_folder, phantom, scratch


def install():
    """The prefix of a fresh installation under a folder of the test's own."""
    folder = scratch("staged")
    if not os.path.exists(folder):
        command = [*sys.argv[1].split(), "install", "-C", sys.argv[2], "--no-rebuild", "--destdir", folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    found = [root for root, folders, _ in os.walk(folder) if {"bin", "share"} <= set(folders)]
    assert len(found) == 1, found
    return found[0]


def run_at(prefix, *arguments, path=None):
    """Runs the program below @prefix as if no build tree had ever been."""
    env = {"PATH": path or "/usr/bin:/bin", "HOME": scratch("home"), "LANG": "C.UTF-8"}
    program = os.path.join(prefix, "bin", "sagitta-cli")
    done = subprocess.run([program, *map(str, arguments)], check=False, capture_output=True, env=env, cwd="/")
    return harness.Result(done)


def test_what_is_installed():
    names = list_tree(install())
    for name in (
        "bin/sagitta-cli",
        "share/man/man1/sagitta-cli.1",
        "share/bash-completion/completions/sagitta-cli",
        "share/sagitta/tasks/catalogue.json",
        "share/sagitta/bundles/demo/LICENSE",
        "share/sagitta/bundles/demo/bundle.json",
        "share/sagitta/bundles/demo/model.safetensors",
        "share/sagitta/bundles/demo/vocab.txt",
        "share/sagitta/bundles/untrained/vocab.txt",
        "share/doc/sagitta/LICENSE",
    ):
        assert name in names or f"{name}.gz" in names, (name, names)
    assert not [name for name in names if "test" in name or name.endswith((".a", ".h", ".build"))], names


def check(prefix):
    """All that needs data works there."""
    for command in (("selftest",), ("--version",), ("ask", phantom(), "--task", EFFUSION, "--json")):
        result = run_at(prefix, *command)
        assert result.code == 0, (command, result.out, result.err)
    assert "123 tasks" in run_at(prefix, "selftest").out or "tasks" in run_at(prefix, "selftest").out


def test_installed_program_runs():
    check(install())


def test_moved_program_runs():
    moved = os.path.join(new_folder("somewhere else"), "app of mine")
    harness.shutil.copytree(install(), moved)
    hidden = install() + "-hidden"
    os.rename(install(), hidden)
    try:
        check(moved)
    finally:
        os.rename(hidden, hidden[: -len("-hidden")])


def test_runs_through_a_link():
    link = os.path.join(new_folder("links"), "ask-scan")
    os.symlink(os.path.join(install(), "bin", "sagitta-cli"), link)
    env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run([link, "selftest"], check=False, capture_output=True, env=env)
    assert done.returncode == 0, done.stdout


def test_missing_data_is_said():
    alone = new_folder("alone")
    os.makedirs(os.path.join(alone, "bin"))
    harness.shutil.copy(os.path.join(install(), "bin", "sagitta-cli"), os.path.join(alone, "bin"))
    result = run_at(alone, "ask", phantom(), "--task", EFFUSION)
    assert result.code == 1 and len(result.err.splitlines()) == 1 and result.out == "", result.err
    print(f"# {result.err.strip()}")
    result = run_at(alone, "selftest")
    assert result.code == 1 and "NO" in result.out, result.out
    assert run_at(alone, "info", phantom()).code == 0


if __name__ == "__main__":
    harness.main(globals(), needs=())
