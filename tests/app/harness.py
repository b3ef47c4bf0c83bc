# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests of sagitta-cli share: running it as a person would, making and damaging files, TAP.

A test file defines functions called test_... and ends with harness.main(globals()). Each may return nothing, raise
AssertionError, or raise Skip. $SAGITTA_CLI is the program, $SAGITTA_SHARED the folder of golden values and scans.
"""

import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import traceback

CLI = os.environ.get("SAGITTA_CLI", "sagitta-cli")
SHARED = os.environ.get("SAGITTA_SHARED", "../shared")

EFFUSION = "Diagnose the presence of pleural effusion around the lungs"
LUNGS = "Segment lungs in the image."

_scratch = tempfile.mkdtemp(prefix="sagitta-app-")
os.environ["XDG_DATA_HOME"] = os.path.join(_scratch, ".data")  # what a test counts or keeps is not the person's


class Skip(Exception):
    """Raised by a test that cannot run here."""


def main(names, needs=("numpy", "nibabel")):
    """Runs every test_ function in the order of its definition and prints TAP."""
    for module in needs:
        try:
            __import__(module)
        except ImportError:
            print(f"1..0 # SKIP there is no {module}")
            return
    tests = [(name, value) for name, value in names.items() if name.startswith("test_") and callable(value)]
    failed = False
    print(f"1..{len(tests)}", flush=True)
    try:
        for number, (name, test) in enumerate(tests, 1):
            title = f"{number} {name[5:].replace('_', ' ')}"
            try:
                test()
                print(f"ok {title}", flush=True)
            except Skip as reason:
                print(f"ok {title} # SKIP {reason}", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed = True
                text = traceback.format_exc().replace("\n", "\n# ")
                print(f"not ok {title}\n# {text}", flush=True)
    finally:
        shutil.rmtree(_scratch, ignore_errors=True)
    sys.exit(failed)


def scratch(*names):
    """A path in this test file's own folder, which main() removes."""
    return os.path.join(_scratch, *names)


def new_folder(name):
    """An empty folder there, whatever was in it."""
    path = scratch(name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


@contextlib.contextmanager
def tiny_disk(size_bytes):
    """A file system of that size, where this user may mount one. It can be remounted with more."""
    folder = new_folder("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", folder]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        raise Skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=False)


def shared(*names):
    """A file of the shared data, or Skip."""
    path = os.path.join(SHARED, *names)
    if not os.path.exists(path):
        raise Skip(f"no {names[-1]} here")
    return path


# Running the program.


class Result:
    """How a run ended: code, and what it wrote."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode("utf-8")
        self.err = process.stderr.decode("utf-8")

    def json(self):
        return json.loads(self.out)


def start(*arguments):
    """The program as a process of its own, which heeds interrupts even where a shell's background job does not."""
    return subprocess.Popen(
        [CLI, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def call(*arguments, environment=None, folder=None, **options):
    """Runs the program to its end, whatever that is."""
    env = dict(os.environ)
    env.update(environment or {})
    return Result(
        subprocess.run(
            [CLI, *map(str, arguments)],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=env,
            cwd=folder,
            **options,
        )
    )


def run(*arguments, **options):
    """Runs it and expects that all goes well, without a word of trouble."""
    result = call(*arguments, **options)
    assert result.code == 0, (arguments, result.code, result.err)
    assert result.err == "", (arguments, result.err)
    return result


def refuse(*arguments, code=1, words=(), **options):
    """Runs it and expects exit code 1 (or 2), one line on stderr that holds @words, and no half a document."""
    result = call(*arguments, **options)
    assert result.code == code, (arguments, result.code, result.err)
    lines = result.err.splitlines()
    assert len(lines) == 1, (arguments, result.err)
    assert lines[0].startswith("sagitta-cli") and lines[0].endswith("."), lines[0]
    assert "\u241b" not in lines[0] and "\x1b" not in lines[0], lines[0]
    for word in [words] if isinstance(words, str) else words:
        assert word.lower() in lines[0].lower(), (word, lines[0])
    if "--json" in arguments and result.out:
        json.loads(result.out)
    return result


def list_tree(folder):
    """Every file and folder below @folder, to see what a run left behind."""
    found = []
    for root, folders, files in os.walk(folder):
        found += [os.path.relpath(os.path.join(root, name), folder) for name in folders + files]
    return sorted(found)


# Scans and bundles to work with.

_made = {}


def phantom(seed=7, findings="effusion-left", spacing="4,4,4", orientation="RAS"):
    """The path of a synthetic scan; the same arguments are made once."""
    key = (seed, findings, spacing, orientation)
    if key not in _made:
        folder = scratch(f"phantom-{len(_made)}")
        options = ["--findings", findings] if findings else []
        run("phantom", "--seed", seed, "--spacing", spacing, "--orientation", orientation, "-o", folder, *options)
        _made[key] = os.path.join(folder, f"phantom-{seed:04d}.nii.gz")
    return _made[key]


def random_bundle(seed=2):
    """The folder of a small bundle of random weights."""
    folder = scratch(f"bundle-{seed}")
    if not os.path.exists(folder):
        run("bundle", "create", "--random", "--seed", seed, "-o", folder)
    return folder


# safetensors.

_TYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8", "I32": "<i4", "I16": "<i2", "U8": "u1", "BOOL": "?"}


def load_tensors(path):
    """{name: array} of a safetensors file."""
    import numpy

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: numpy.frombuffer(data[slice(*entry["data_offsets"])], _TYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def save_tensors(path, tensors, change_header=None):
    """Writes {name: array}; @change_header may damage the header before it is written."""
    import numpy

    names = {numpy.dtype(value): key for key, value in _TYPES.items()}
    header, offset = {}, 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    if change_header:
        change_header(header)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(numpy.ascontiguousarray(tensor).tobytes())


def same_numbers(a, b, tolerance=0.0, where="", ignore=("timings_ms",)):
    """Asserts that two JSON documents agree: texts exactly, numbers within @tolerance."""
    if isinstance(a, dict):
        assert isinstance(b, dict) and a.keys() == b.keys(), (where, a, b)
        for key in a:
            if key not in ignore:
                same_numbers(a[key], b[key], tolerance, f"{where}.{key}", ignore)
    elif isinstance(a, list):
        assert isinstance(b, list) and len(a) == len(b), (where, a, b)
        for i, (x, y) in enumerate(zip(a, b)):
            same_numbers(x, y, tolerance, f"{where}[{i}]", ignore)
    elif isinstance(a, float) and isinstance(b, (int, float)):
        assert abs(a - b) <= tolerance, (where, a, b)
    else:
        assert a == b, (where, a, b)
