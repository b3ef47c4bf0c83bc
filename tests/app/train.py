#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training: the same weights whatever happens on the way, and one clear sentence for everything that is wrong."""

import contextlib
import fcntl
import glob
import json
import os
import pty
import random
import shutil
import signal
import struct
import subprocess
import termios
import time

import nibabel
import numpy

import harness
from harness import EFFUSION, LUNGS, call, load_tensors, phantom, refuse, run, scratch

HEADER = "question,img_file_path,label,split,mask_file_path,mask_values,patient_id"


def bundle():
    """A bundle that is trained in no time."""
    folder = scratch("small-bundle")
    if not os.path.exists(folder):
        run("bundle", "create", "--random", "--seed", 3, "--input", "64,64,64", "--width", "0.15", "--hidden", "32", "-o", folder)
    return folder


def scans():
    """Six phantoms, every second one with an effusion, and their label maps."""
    paths = [phantom(seed, "effusion-left" if seed % 2 else "", "6,6,6") for seed in range(1, 7)]
    return [(path, path.replace(".nii.gz", "_labels.nii.gz"), seed % 2) for seed, path in enumerate(paths, 1)]


def write_manifest(name, rows, header=HEADER):
    path = scratch(name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([header, *rows]) + "\n")
    return path


def manifest():
    rows = []
    for number, (scan, labels, effusion) in enumerate(scans()):
        split = "val" if number >= 4 else "train"
        rows += [
            f"{EFFUSION},{scan},{effusion},{split},,,{number}",
            f"{LUNGS},{scan},,{split},{labels},10;11;12;13;14,{number}",
            f"Segment heart in the image.,{scan},,{split},{labels},51,{number}",
            f"Segment left pleural effusion in the image.,{scan},,{split},{labels},210,{number}",
        ]
    return write_manifest("data.csv", rows)


def arguments(folder, *more, steps=24, table=None):
    return [
        *("train", table or manifest(), "--bundle", bundle(), "-o", folder, "--what", "all", "--steps", steps, "--lr", "1e-3"),
        *("--images-per-batch", 2, "--texts-per-image", 2, "--accumulate", 2, "--warm-up", 3, "--validate-every", 5),
        *("--cache", scratch("train-cache"), *more),
    ]  # fmt: skip


def weights(folder, name="last"):
    with open(os.path.join(folder, name, "model.safetensors"), "rb") as file:
        return file.read()


def read_log(folder):
    with open(os.path.join(folder, "log.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


_unbroken = []


def unbroken():
    """The folder of a run that nobody disturbed."""
    if not _unbroken:
        _unbroken.append(scratch("unbroken"))
        run(*arguments(_unbroken[0]))
    return _unbroken[0]


def same_run(folder):
    """The same weights, optimiser and log as the unbroken run."""
    assert weights(folder) == weights(unbroken())
    assert weights(folder, "best") == weights(unbroken(), "best")
    for name, array in load_tensors(os.path.join(folder, "step-00000024.state")).items():
        other = load_tensors(os.path.join(unbroken(), "step-00000024.state"))[name]
        assert array.tobytes() == other.tobytes(), name
    timing = ("samples_per_s", "waiting", "seconds_left")
    logs = [[{k: v for k, v in line.items() if k not in timing} for line in read_log(f)] for f in (folder, unbroken())]
    assert logs[0] == logs[1]


def test_run():
    folder = unbroken()
    names = os.listdir(folder)
    assert {"best", "last", "log.jsonl", "step-00000024", "step-00000024.state"} <= set(names), names
    assert not [name for name in names if "." in name.replace(".state", "").replace("log.jsonl", "")], names
    log = read_log(folder)
    assert [line["step"] for line in log if line["kind"] == "step"] == list(range(1, 25))
    assert [line["step"] for line in log if line["kind"] == "validation"] == [5, 10, 15, 20, 24]
    assert log[0]["lr"] == 0 and abs(log[3]["lr"] - 1e-3) < 1e-12 and log[4]["lr"] < 1e-3
    text = open(os.path.join(folder, "log.jsonl"), encoding="utf-8").read()
    assert "/" not in text and "phantom" not in text
    first = [line["patch_loss"] for line in log if line.get("patch_loss") is not None][0]
    assert log[-1]["patch_loss"] < first, (first, log[-1])


def test_bundle_says_what_it_is():
    with open(os.path.join(unbroken(), "last", "bundle.json"), encoding="utf-8") as file:
        about = json.load(file)
    assert about["trained"] and about["synthetic"], about
    text = json.dumps(about)
    assert "seed 1" in text and "lr 0.001" in text
    tasks = {(task["text"], task["head"]): task for task in about["tasks"]}
    assert set(text for text, _ in tasks) == {
        EFFUSION, LUNGS, "Segment heart in the image.", "Segment left pleural effusion in the image."}  # fmt: skip
    assert tasks[(EFFUSION, "class")]["prevalence"] == 0.5
    assert tasks[("Segment left pleural effusion in the image.", "patch")]["prevalence"] == 0.5
    assert tasks[(EFFUSION, "class")].get("auroc") is None  # of two scans: that says nothing
    answer = run("ask", scans()[0][0], "--task", EFFUSION, "--bundle", os.path.join(unbroken(), "best"), "--json").json()
    assert answer["bundle"]["trained"] and answer["bundle"]["synthetic"]


def test_threads_change_nothing():
    folder = scratch("one-thread")
    run(*arguments(folder, "--threads", 1))
    same_run(folder)


def test_another_seed_is_another_run():
    folder = scratch("another-seed")
    run(*arguments(folder, "--seed", 2))
    assert weights(folder) != weights(unbroken())


def test_damaged_newest_checkpoint():
    """The one before it is still there, and leads to the same end."""
    folder = scratch("damaged-newest")
    shutil.copytree(unbroken(), folder, symlinks=True)
    newest = os.path.join(folder, "step-00000024")
    os.truncate(newest + ".state", 1000)
    refuse(*arguments(folder, "--resume"), code=1, words="step-00000024.state")
    shutil.rmtree(newest)
    os.remove(newest + ".state")
    assert os.path.isdir(best_of(os.path.join(folder, "step-00000020.state")))
    run(*arguments(folder, "--resume"))
    same_run(folder)


def best_of(state):
    """The checkpoint that a state knows as the best."""
    with open(state, "rb") as file:
        about = json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]
    return os.path.join(os.path.dirname(state), f"step-{int(about['best_step']):08d}")


def test_lost_best():
    """A run whose best checkpoint is gone says so, and finds another."""
    folder = scratch("lost-best")
    shutil.copytree(unbroken(), folder, symlinks=True)
    newest = os.path.join(folder, "step-00000024")
    state = os.path.join(folder, "step-00000020.state")
    shutil.rmtree(newest)
    os.remove(newest + ".state")
    with open(state, "rb") as file:
        data = file.read()
    step = f'"best_step": "{int(best_of(state)[-8:])}"'.encode()
    assert step in data, data[:2000]
    with open(state, "wb") as file:
        file.write(data.replace(step, step[:-2] + b'9"'))
    result = run(*arguments(folder, "--resume"))
    assert "no longer there" in result.out, result.out
    assert os.path.realpath(os.path.join(folder, "best")) == os.path.realpath(newest)
    run("bundle", "check", os.path.join(folder, "best"))


def test_one_training_per_folder():
    """The second one is told before it has prepared anything."""
    folder = scratch("taken")
    os.mkdir(folder)
    with open(os.path.join(folder, "log.jsonl"), "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refuse(*arguments(folder, "--cache", scratch("never-made")), code=2, words="another folder")
    assert not os.path.exists(scratch("never-made"))


def resume_if_there(folder):
    """A checkpoint is a bundle and a state; the link "last" comes after them."""
    states = glob.glob(os.path.join(folder, "step-*.state"))
    return ["--resume"] if any(os.path.isdir(state.removesuffix(".state")) for state in states) else []


def step_of(line):
    """0 of what is no line: a run that goes on cuts the log, perhaps while it is read here."""
    try:
        return json.loads(line)["step"]
    except (ValueError, TypeError):
        return 0


def last_step(folder):
    """Of the lines that are whole; 0 before the first."""
    path = os.path.join(folder, "log.jsonl")
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        lines = [line for line in file if line.endswith(b"\n")]
    return max([step_of(line) for line in lines], default=0)


def wait_for_step(process, folder, step):
    """FALSE if the program ended first."""
    while last_step(folder) < step:
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    return True


def break_often(folder, number, times, seed):
    """Sends a signal some steps on, goes on, and so on: also while a checkpoint or a validation is made."""
    generator = random.Random(seed)
    broken = resumed = 0
    unbroken()
    while broken < times or resumed < times // 2:  # before the first checkpoint there is nothing to go on from
        assert broken < 10 * times, (broken, resumed)
        more = resume_if_there(folder)
        goal = last_step(folder) + generator.randint(1, 6)
        process = harness.start(*arguments(folder, *more))
        if wait_for_step(process, folder, goal):
            time.sleep(generator.uniform(0, 0.15))
            process.send_signal(number)
        out, err = process.communicate()
        if process.returncode == 0:
            same_run(folder)
            shutil.rmtree(folder)  # done too soon: once more from the start
        else:
            assert process.returncode in (-number, 1), (process.returncode, out, err)
            assert number == signal.SIGKILL or b"topped" in err, err
            broken += 1
            resumed += bool(more)
    run(*arguments(folder, *resume_if_there(folder)))
    same_run(folder)
    run(*arguments(folder, "--resume"))  # nothing is left to do
    same_run(folder)


def test_killed_ten_times():
    break_often(scratch("killed"), signal.SIGKILL, 10, 17)


def test_interrupted_five_times():
    break_often(scratch("stopped"), signal.SIGINT, 5, 23)


def test_interrupted():
    """Once: the step is finished, and a checkpoint is there; twice: the program ends at once."""
    folder = scratch("interrupted")
    process = harness.start(*arguments(folder, steps=100000))
    assert wait_for_step(process, folder, 3)
    refuse(*arguments(folder, steps=100000), code=2, words="training")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1, (out, err)
    assert "--resume" in err.decode() and len(err.splitlines()) == 1, err
    step = max(line["step"] for line in read_log(folder))
    assert f"step {step};" in err.decode(), (step, err)
    assert os.path.exists(os.path.join(folder, f"step-{step:08d}", "bundle.json"))
    for times in (2, 1):
        process = harness.start(*arguments(folder, "--resume", steps=100000))
        assert wait_for_step(process, folder, last_step(folder) + 2)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, err = process.communicate(timeout=300)
        assert process.returncode in ((1, 130) if times == 2 else (1,)), (process.returncode, err)


def test_terminal():
    """On a terminal there is a chart, which the line of a validation replaces."""
    os.environ["LC_ALL"] = "C.UTF-8"
    process, terminal = pty.fork()
    if process == 0:
        os.execv(harness.CLI, [harness.CLI, *map(str, arguments(scratch("terminal")))])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    text = b""
    while True:
        try:
            text += os.read(terminal, 65536)
        except OSError:
            break
    assert os.waitpid(process, 0)[1] == 0
    text = text.decode()
    frames = [frame for frame in text.split("\x1b[J") if any(0x2800 < ord(c) < 0x2900 for c in frame)]
    assert frames and all("Step " in frame and " left" in frame for frame in frames), text
    for frame in frames:
        lines = [line.split("\x1b[K")[-1] for line in frame.split("\r\n")]
        assert all(len(line) <= 60 for line in lines if not line.startswith("step ")), lines
    assert "AUROC" in text and text.rstrip().endswith("Done after 24 steps."), text


def test_until():
    folder = scratch("until")
    result = run(*arguments(folder, "--until", 12))
    assert "Done after 12 steps." in result.out, result.out
    assert last_step(folder) == 12
    run(*arguments(folder, "--resume"))
    same_run(folder)


def test_early_stop():
    folder = scratch("early")
    result = run(*arguments(folder, "--patience", 1, steps=2000))
    assert "no better" in result.out, result.out
    scores = [(line["auroc"], -line["class_loss"] - line["patch_loss"]) for line in read_log(folder) if line["kind"] == "validation"]
    assert all(a < b for a, b in zip(scores, scores[1:-1])) and scores[-1] <= scores[-2], scores


def test_parts():
    """What is frozen does not move."""
    before = load_tensors(os.path.join(bundle(), "model.safetensors"))
    for what, most in (("heads", 4), ("vision", None), ("heads+text", None), ("lora", None), ("vision+lora", None)):
        folder = scratch(f"part-{what}")
        result = call(*arguments(folder, "--what", what, "--freeze-norms", steps=5))
        assert result.code == 0, result.err
        after = load_tensors(os.path.join(folder, "last", "model.safetensors"))
        moved = {name for name in before if before[name].tobytes() != after[name].tobytes()}
        assert moved and moved != set(before), moved
        text = {name for name in moved if "encoder.layer" in name}
        vision = {name for name in moved if name.startswith("vision_model")}
        assert bool(text) == (what not in ("heads", "vision")), (what, text)
        assert bool(vision) == what.startswith("vision"), (what, vision)
        if "lora" in what:
            assert all(".query." in name or ".value." in name for name in text), text
        assert not [name for name in moved if "running" in name], moved
        assert most is None or len(moved) <= most, moved


def test_heads_from_states():
    """What frozen layers say once is what they say each time; next to no dropout makes them say it each time."""
    once, again = scratch("states"), scratch("no-states")
    run(*arguments(once, "--what", "heads"))
    run(*arguments(again, "--what", "heads", "--dropout", "1e-300"))
    before = load_tensors(os.path.join(bundle(), "model.safetensors"))
    tensors = [load_tensors(os.path.join(folder, "last", "model.safetensors")) for folder in (once, again)]
    moved = [name for name in before if before[name].tobytes() != tensors[0][name].tobytes()]
    assert moved
    for name in moved:
        assert abs(tensors[0][name] - tensors[1][name]).max() < 1e-2 * abs(tensors[0][name] - before[name]).max(), name
    run(*arguments(once, "--what", "heads", "--resume"))


def test_lost_entries():
    """What somebody takes out of the cache is made again: scans, tokens and states, to the same bits."""
    more = ("--what", "heads", "--steps", 120, "--validate-every", 60)
    whole, robbed, cache = scratch("not-robbed"), scratch("robbed"), scratch("robbed-cache")
    run(*arguments(whole, *more))
    process = harness.start(*arguments(robbed, *more, "--cache", cache))
    for step in (5, 30, 70):
        assert wait_for_step(process, robbed, step), process.communicate()
        for name in os.listdir(cache):
            if name.endswith(".sagcache"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(os.path.join(cache, name))
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert weights(whole) == weights(robbed)


def test_killed_with_adapters():
    """The bundle has them merged; the run goes on from what is not."""
    whole, killed = scratch("adapters"), scratch("adapters-killed")
    more = ("--what", "vision+lora", "--lora-rank", 4)
    run(*arguments(whole, *more))
    process = harness.start(*arguments(killed, *more))
    while not os.path.exists(os.path.join(killed, "step-00000010.state")):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    run(*arguments(killed, *more, "--resume"))
    assert weights(whole) == weights(killed) and weights(whole, "best") == weights(killed, "best")


def test_resume_with_something_else():
    folder = unbroken()
    refuse(*arguments(folder), code=2, words="--resume")
    refuse(*arguments(scratch("nothing-there"), "--resume"), code=2, words="without --resume")
    refuse(*arguments(folder, "--resume", "--seed", 9), code=2, words="other options")
    rows = open(manifest(), encoding="utf-8").read().splitlines()[1:]
    refuse(*arguments(folder, "--resume", table=write_manifest("changed.csv", rows[:-1])), code=2, words="manifest")
    other = scratch("other-bundle")
    run("bundle", "create", "--random", "--seed", 4, "--input", "64,64,64", "-o", other)
    refuse(*arguments(folder, "--resume", "--bundle", other), code=2, words="bundle")
    same_run(folder)


def test_bad_tables():
    scan, labels, _ = scans()[0]
    good = f"{EFFUSION},{scan},1,train,,,1"
    for rows, words, code in (
        ([f"{EFFUSION},nowhere.nii.gz,1,train,,,1"], ("nowhere.nii.gz", "line 2"), 1),
        ([good, f"{LUNGS},{scan},,train,nowhere_seg.nii.gz,,1"], "nowhere_seg.nii.gz", 1),
        ([f"{EFFUSION},{scan},maybe,train,,,1"], ("maybe", "line 2"), 1),
        ([f"{EFFUSION},{scan},1,sometimes,,,1"], "sometimes", 1),
        ([f"{LUNGS},{scan},,train,{labels},lung,1"], "mask_values", 1),
        ([good, f"{EFFUSION},{scan},1,val,,,1"], "patient", 1),
        ([good.replace("train", "test")], "train", 2),
        ([f"{EFFUSION},{__file__},1,train,,,1"], "train.py", 1),
        ([f"{'very ' * 600}long,{scan},1,train,,,1"], "word pieces", 1),
    ):
        folder = scratch("bad")
        refuse(*arguments(folder, table=write_manifest("bad.csv", rows)), code=code, words=words)
        assert not os.path.exists(os.path.join(folder, "last")), rows
        shutil.rmtree(folder, ignore_errors=True)
    refuse(*arguments(folder, table=scratch("no.csv")), words="no.csv")
    refuse(*arguments(folder, table=write_manifest("bad.csv", ["a,b,1"], "what,where,label")), words="question")


def test_too_many_questions():
    """All questions of a scan make a batch that no computer holds: known before the first step."""
    refuse(*arguments(scratch("never"), "--images-per-batch", 40000, "--texts-per-image", 0), code=2, words="--texts-per-image")
    shutil.rmtree(scratch("never"))


def test_wrong_usage():
    table = manifest()
    for more in (("--steps", 0), ("--what", "soup"), ("--lr", 0), ("--lr", "nan"), ("--accumulate", 0), ("--images-per-batch", 0),
                 ("--dropout", 1), ("--cache-size", -1), ("--threads", -1)):  # fmt: skip
        refuse(*arguments(scratch("never"), *more, table=table), code=2, words="--")
    refuse("train", table, code=2, words="-o")
    refuse("train", "-o", scratch("never"), code=2)
    assert not os.path.exists(scratch("never"))


def test_small_cache():
    cache = scratch("small-cache")
    refuse(*arguments(scratch("never"), "--cache", cache, "--cache-size", "0.0001"), words="--cache-size 0.")
    assert not os.path.exists(os.path.join(scratch("never"), "last"))
    shutil.rmtree(scratch("never"))


def test_small_cache_of_tokens():
    """What a frozen network makes of scans counts, too."""
    cache = scratch("small-token-cache")
    folder = scratch("small-tokens")
    run(*arguments(folder, "--what", "heads", "--cache", cache))
    entries = [os.path.getsize(os.path.join(cache, n)) for n in os.listdir(cache) if n.endswith(".sagcache")]
    whole = sum(entries) / 1e9
    limit = f"{whole - min(entries) / 2e9:.9f}"
    refuse(*arguments(scratch("never"), "--what", "heads", "--cache", cache, "--cache-size", limit), words="--cache-size 0.")
    shutil.rmtree(scratch("never"))


def test_changed_mask():
    """A mask that was drawn again is another training."""
    scan, labels, _ = scans()[0]
    own = scratch("redrawn_labels.nii.gz")
    shutil.copy(labels, own)
    table = write_manifest("redrawn.csv", [f"{LUNGS},{scan},,train,{own},10;11;12;13;14,1"])
    folder = scratch("redrawn")
    run(*arguments(folder, table=table, steps=3))
    shutil.copy(scans()[1][1], own)
    refuse(*arguments(folder, "--resume", table=table, steps=3), code=2, words="masks of the manifest were changed")
    shutil.copy(labels, own)
    run(*arguments(folder, "--resume", table=table, steps=3))


def test_odd_masks():
    """On another grid, empty, of columns that nobody knows: said, and gone on with."""
    scan, labels, _ = scans()[0]
    image = nibabel.load(scan)
    real, coarse, empty = scratch("real.nii.gz"), scratch("coarse.nii.gz"), scratch("empty.nii.gz")
    nibabel.save(nibabel.Nifti1Image(numpy.asarray(image.dataobj, numpy.int16), image.affine), real)
    mask = nibabel.load(labels)
    nibabel.save(mask.slicer[::2, ::2, ::2], coarse)
    nibabel.save(nibabel.Nifti1Image(numpy.zeros(mask.shape, numpy.uint8), mask.affine), empty)
    rows = [
        f"{LUNGS},{real},,train,{coarse},10;11;12;13;14,1,x",
        f"Segment a nodule in the image.,{real},,train,{empty},,1,x",
        f"Segment a cyst in the image.,{real},0,train,{empty},,1,x",
    ]
    table = write_manifest("odd.csv", rows, HEADER + ",mood")
    folder = scratch("odd")
    out = run(*arguments(folder, table=table, steps=2)).out
    assert "mood" in out and "another grid" in out and "resampled: 1" in out and "empty" in out and "line 3" in out, out
    with open(os.path.join(folder, "last", "bundle.json"), encoding="utf-8") as file:
        about = json.load(file)
    assert not about["synthetic"] and len(about["tasks"]) == 2, about
    folder = scratch("odd-kept")
    assert "left out" not in run(*arguments(folder, "--keep-empty-masks", table=table, steps=2)).out
    refuse(*arguments(scratch("odd-none"), table=write_manifest("odd.csv", rows[1:2], HEADER + ",mood")), code=2, words="left out")


def test_not_a_number():
    """The samples are named: a word of the vocabulary that a damaged bundle knows no numbers for."""
    broken = scratch("broken-bundle")
    shutil.copytree(bundle(), broken)
    path = os.path.join(broken, "model.safetensors")
    with open(os.path.join(broken, "vocab.txt"), encoding="utf-8") as file:
        word = file.read().splitlines().index("heart")
    name = [name for name in load_tensors(path) if name.endswith("word_embeddings.weight")][0]
    with open(path, "r+b") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))[name]
        file.seek(8 + length + header["data_offsets"][0] + 4 * word * header["shape"][1])
        file.write(struct.pack("<f", float("nan")))
    with open(manifest(), encoding="utf-8") as file:
        rows = file.read().splitlines()
    result = call(*arguments(scratch("not-a-number"), "--bundle", broken))
    assert result.code == 1 and len(result.err.splitlines()) == 1, result.err
    assert "not a number" in result.err and "manifest line" in result.err, result.err
    lines = [int(word) for word in result.err.split("line ")[1].split(")")[0].split(", ")]
    assert lines and all(rows[line - 1].startswith("Segment heart") for line in lines), (lines, result.err)


def test_full_disk():
    """The checkpoint that has no room is not there; the one before is, and the run goes on from it."""
    with harness.tiny_disk(6 << 20) as disk:
        folder = os.path.join(disk, "run")
        result = call(*arguments(folder))
        assert result.code == 1 and len(result.err.splitlines()) == 1, (result.code, result.err)
        assert "free some space" in result.err, result.err
        kept = {"best", "last", "log.jsonl", "step-00000005", "step-00000005.state"}
        assert set(os.listdir(folder)) == kept, os.listdir(folder)
        run("bundle", "check", os.path.join(folder, "last"))
        subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
        run(*arguments(folder, "--resume"))
        same_run(folder)


if __name__ == "__main__":
    harness.main(globals())
