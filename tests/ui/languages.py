#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""languages.py SAGITTA: the window starts in English, German and Turkish and reads the demo case; every warning is fatal.
No letter opens two entries of one menu in any of the languages: who has no mouse would only be sent to and fro.

Locales that the system lacks are made in a folder of their own; without localedef they are skipped.
"""

import gettext
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

PATIENCE_S = 100
LOCALES = ("en_US", "de_DE", "tr_TR")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def make_locale(folder, name):
    if shutil.which("localedef") is None:
        return False
    path = os.path.join(folder, f"{name}.UTF-8")
    subprocess.run(["localedef", "-i", name, "-f", "UTF-8", path], capture_output=True, check=False)
    return os.path.isdir(path)


def events(path):
    found = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                try:
                    found.append(json.loads(line)["event"])
                except ValueError:
                    pass  # the last line is still being written
    return found


def start(program, folder, name):
    """None if all went well, otherwise what did not."""
    trace = os.path.join(folder, f"{name}.jsonl")
    environment = os.environ | {"LOCPATH": folder, "LC_ALL": f"{name}.UTF-8", "LANGUAGE": "", "G_DEBUG": "fatal-warnings"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([program, "--demo", "--trace", trace], env=environment, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE_S
        while "loaded" not in events(trace) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1)
        code = process.poll()
        process.terminate()
        process.wait()
        log.seek(0)
        said = log.read().decode(errors="replace").strip()
    if code is not None:
        return f"ended with status {code}: {said[-300:]}"
    if "loaded" not in events(trace):
        return f"the demo case was not read: {said[-300:]}"
    return said[-300:] or None


def entries(menu):
    """Items and submenus; sections are none of their own."""
    for child in menu:
        if child.tag == "section":
            yield from entries(child)
        elif child.tag in ("item", "submenu"):
            yield child


def clashes(menu, translate):
    """Sentences about letters that stand for two entries of @menu or of one below it."""
    letters = {}
    for entry in entries(menu):
        label = translate(entry.find("attribute[@name='label']").text)
        key = re.search("_(.)", label)
        if key is not None and key[1].lower() in letters:
            yield f"{letters[key[1].lower()]} and {label}"
        elif key is not None:
            letters[key[1].lower()] = label
        if entry.tag == "submenu":
            yield from clashes(entry, translate)


def check_menus(folder, language):
    """None if each letter opens one entry."""
    translation = gettext.NullTranslations()
    if language != "en":
        path = os.path.join(folder, f"{language}.mo")
        subprocess.run(["msgfmt", "-o", path, os.path.join(ROOT, "po", f"{language}.po")], check=True)
        with open(path, "rb") as file:
            translation = gettext.GNUTranslations(file)
    menus = ET.parse(os.path.join(ROOT, "ui", "window", "menus.ui")).getroot()
    found = [one for menu in menus.findall("menu") for one in clashes(menu, translation.gettext)]
    return "\n".join(found) or None


def main():
    program = os.path.abspath(sys.argv[1])
    print(f"1..{2 * len(LOCALES)}", flush=True)
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(LOCALES, start=1):
            problem = check_menus(folder, name[:2])
            bad |= problem is not None
            print(f"{'not ok' if problem else 'ok'} {number} letters of the menus, {name[:2]}", flush=True)
            for line in (problem or "").splitlines():
                print(f"# {line}", flush=True)
        for number, name in enumerate(LOCALES, start=len(LOCALES) + 1):
            if not make_locale(folder, name):
                print(f"ok {number} {name} # SKIP no such locale can be made", flush=True)
                continue
            problem = start(program, folder, name)
            bad |= problem is not None
            print(f"{'not ok' if problem else 'ok'} {number} {name}", flush=True)
            for line in (problem or "").splitlines():
                print(f"# {line}", flush=True)
    sys.exit(bad)


if __name__ == "__main__":
    main()
