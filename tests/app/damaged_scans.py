#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scans that are damaged or are no scans: one line that names the file, exit code 1, nothing left behind."""

import gzip
import os
import struct

import nibabel
import numpy

import harness
from harness import LUNGS, new_folder, phantom, refuse, run, scratch, shared

# Offsets into a NIfTI-1 header.
DIM, DATATYPE, BITPIX, PIXDIM, VOX_OFFSET, SCL_SLOPE, QFORM, SFORM, QUATERN, SROW, MAGIC = (
    40, 70, 72, 76, 108, 112, 252, 254, 256, 280, 344,
)  # fmt: skip


def plain():
    """The bytes of a healthy scan, not compressed."""
    with gzip.open(phantom(spacing="8,8,8")) as file:
        return bytearray(file.read())


def patch(*changes):
    """A healthy scan with (offset, format, value...) written over it."""
    data = plain()
    for offset, kind, *values in changes:
        struct.pack_into("<" + kind, data, offset, *values)
    return data


def write(name, data):
    path = scratch(name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def refuse_everywhere(name, data, words=()):
    """Every command that opens a scan says the same one line, and leaves its folder empty."""
    path = write(name, data)
    out = new_folder("out")
    for arguments in (
        ("info", path),
        ("info", path, "--json"),
        ("ask", path, "--task", LUNGS, "--heatmaps", os.path.join(out, "maps"), "--json"),
        ("prepare", path, "-o", os.path.join(out, "o.nii.gz"), "--tensor", os.path.join(out, "x.safetensors")),
        ("render", path, "-o", os.path.join(out, "p.png")),
    ):
        result = refuse(*arguments, words=(name, *words))
        assert result.out == "", result.out
        assert harness.list_tree(out) == [], harness.list_tree(out)
    print(f"# {result.err.strip()}")


def test_not_a_nifti_file():
    refuse_everywhere("empty.nii", b"")
    refuse_everywhere("empty.nii.gz", b"")
    refuse_everywhere("text.nii", b"Dear radiologist, please find attached the scan.\n" * 50)
    refuse_everywhere("text.nii.gz", b"Dear radiologist, please find attached the scan.\n" * 50)
    refuse_everywhere("zeros.nii", bytes(10000))
    refuse_everywhere("noise.nii.gz", numpy.random.default_rng(1).bytes(10000))
    refuse_everywhere("gzip-of-text.nii.gz", gzip.compress(b"no header here" * 100))


def test_no_file():
    for command in (("info",), ("ask", "--task", LUNGS), ("prepare", "-o", scratch("o.nii")), ("render", "-o", scratch("p.png"))):
        refuse(*command, scratch("absent.nii.gz"), words="absent.nii.gz")
        refuse(*command, new_folder("a-folder.nii"), words="a-folder.nii")


def test_unreadable_file():
    path = write("locked.nii", plain())
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        raise harness.Skip("this user may read everything")
    refuse("info", path, words="locked.nii")


def test_truncated():
    data = bytes(plain())
    packed = gzip.compress(data)
    for share in (0.001, 0.5, 0.99):
        refuse_everywhere("cut.nii.gz", packed[: int(len(packed) * share)])
        refuse_everywhere("cut.nii", data[: int(len(data) * share)])
    refuse_everywhere("cut-one.nii", data[:-1])
    refuse_everywhere("header-only.nii", data[:348])


def test_damaged_gzip():
    packed = bytearray(gzip.compress(bytes(plain())))
    packed[len(packed) // 2] ^= 0xFF
    refuse_everywhere("flipped.nii.gz", packed)
    packed = bytearray(gzip.compress(bytes(plain())))
    packed[-8] ^= 0xFF
    refuse_everywhere("checksum.nii.gz", packed)


def test_absurd_sizes():
    refuse_everywhere("huge-dims.nii", patch((DIM, "4h", 3, 32767, 32767, 32767)))
    refuse_everywhere("huge-dims.nii.gz", gzip.compress(bytes(patch((DIM, "4h", 3, 32767, 32767, 32767)))))
    refuse_everywhere("negative-dims.nii", patch((DIM, "4h", 3, -20, 20, 20)))
    refuse_everywhere("zero-dims.nii", patch((DIM, "4h", 3, 20, 0, 20)))
    refuse_everywhere("too-many-axes.nii", patch((DIM, "h", 9)))
    refuse_everywhere("no-axes.nii", patch((DIM, "h", 0)))
    refuse_everywhere("negative-axes.nii", patch((DIM, "h", -3)))
    refuse_everywhere("huge-volumes.nii", patch((DIM, "8h", 7, 50, 50, 50, 32767, 32767, 32767, 32767)))


def test_bad_offsets_and_types():
    refuse_everywhere("huge-offset.nii", patch((VOX_OFFSET, "f", 1e30)))
    refuse_everywhere("offset-past-end.nii", patch((VOX_OFFSET, "f", 1e6)))
    refuse_everywhere("negative-offset.nii", patch((VOX_OFFSET, "f", -400)))
    refuse_everywhere("nan-offset.nii", patch((VOX_OFFSET, "f", float("nan"))))
    refuse_everywhere("no-such-type.nii", patch((DATATYPE, "hh", 77, 16)))
    refuse_everywhere("complex.nii", patch((DATATYPE, "hh", 32, 64)))
    refuse_everywhere("colours.nii", patch((DATATYPE, "hh", 128, 24)))


def test_odd_but_usable():
    """Such files open, and say what is odd."""
    for name, change, word in (
        ("offset-in-header.nii", (VOX_OFFSET, "f", 16), "byte 16"),
        ("no-forms.nii", (QFORM, "hh", 0, 0), "note"),
        ("forms-disagree.nii", (SROW + 12, "f", 50), "sform"),
    ):
        text = run("info", write(name, patch(change))).out
        assert word in text.lower() and "note" in text, text


def test_bad_affines():
    nan, none = float("nan"), (QFORM, "hh", 0, 1)
    refuse_everywhere("nan-affine.nii", patch(none, (SROW, "f", nan)))
    refuse_everywhere("infinite-affine.nii", patch(none, (SROW + 12, "f", float("inf"))))
    refuse_everywhere("flat-affine.nii", patch(none, (SROW, "12f", *[0] * 12)))
    refuse_everywhere("singular-affine.nii", patch(none, (SROW, "12f", 8, 8, 0, 0, 8, 8, 0, 0, 0, 0, 8, 0)))
    refuse_everywhere("zero-spacing.nii", patch((QFORM, "hh", 0, 0), (PIXDIM + 4, "3f", 0, 0, 0)))
    refuse_everywhere("nan-spacing.nii", patch((QFORM, "hh", 1, 0), (PIXDIM + 4, "3f", nan, nan, nan)))
    refuse_everywhere("tiny-spacing.nii", patch(none, (SROW, "12f", 1e-7, 0, 0, 0, 0, 1e-7, 0, 0, 0, 0, 1e-7, 0)))
    refuse_everywhere("miles.nii", patch(none, (SROW, "12f", 1e6, 0, 0, 0, 0, 1e6, 0, 0, 0, 0, 1e6, 0)))


def test_other_formats():
    for name, start in (("scan.nrrd", b"NRRD0004\n"), ("scan.mha", b"ObjectType = Image\n"), ("scan.mhd", b"ObjectType = Image\n"),
                        ("scan.dcm", bytes(128) + b"DICM"), ("scan", bytes(128) + b"DICM"), ("scan.png", b"\x89PNG\r\n\x1a\n"),
                        ("scan.zip", b"PK\x03\x04"), ("scan.mgz", b"\x1f\x8b\x08\x00")):  # fmt: skip
        refuse_everywhere(name, start + bytes(1000))


def test_pairs():
    with open(scratch("half.hdr"), "wb") as file:
        header = patch((MAGIC, "4s", b"ni1\0"), (VOX_OFFSET, "f", 0))[:348]
        file.write(header)
    refuse("info", scratch("half.hdr"), words=("half.hdr", ".img"))
    write("half.img", b"\0" * 10)
    refuse("info", scratch("half.hdr"), words="half")


def test_values_that_are_no_ct():
    """Odd values open with a word of warning; ask gives no number about them."""
    image = nibabel.load(phantom(spacing="8,8,8"))
    for name, values in (
        ("constant.nii", numpy.full(image.shape, -1000, numpy.int16)),
        ("nan.nii", numpy.full(image.shape, numpy.nan, numpy.float32)),
        ("infinite.nii", numpy.full(image.shape, numpy.inf, numpy.float32)),
        ("mask.nii", (numpy.asanyarray(image.dataobj) > 0).astype(numpy.uint8)),
        ("single.nii", numpy.zeros((1, 1, 1), numpy.int16)),
        ("one-slice.nii", numpy.asanyarray(image.dataobj)[:, :, :1]),
    ):
        path = scratch(name)
        nibabel.save(nibabel.Nifti1Image(values, image.affine), path)
        result = harness.call("info", path)
        assert result.code in (0, 1), result.err
        folder = scratch("odd-maps")
        refused = refuse("ask", path, "--task", LUNGS, "--heatmaps", folder, words=name[:-4])
        assert not os.path.exists(folder)
        assert "highest score" not in refused.out
        print(f"# {refused.err.strip()}")


def test_odd_files_of_the_world():
    """Every one of them opens with geometry as nibabel has it, or is refused with a reason."""
    folder = shared("data", "nifti-odd")
    opened = 0
    for name in harness.list_tree(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path) or not name.endswith((".nii", ".nii.gz", ".hdr", ".img")):
            continue
        result = harness.call("info", path, "--json")
        if result.code != 0:
            assert result.code == 1 and len(result.err.splitlines()) == 1 and result.err.endswith(".\n"), (name, result.err)
            print(f"# {result.err.strip()}")
            continue
        opened += 1
        image = nibabel.load(path)
        geometry = result.json()["geometry"]
        shape = (list(image.shape) + [1, 1, 1])[:3]
        assert geometry["dims"] == shape, (name, geometry["dims"], shape)
        if image.header.get("sform_code", 0) > 0 or image.header.get("qform_code", 0) > 0:
            assert numpy.abs(numpy.array(geometry["ijk_to_ras"]) - image.affine[:3]).max() < 1e-3, name
    assert opened > 20, opened


def test_the_healthy_one_opens():
    run("info", write("healthy.nii", plain()))


if __name__ == "__main__":
    harness.main(globals())
