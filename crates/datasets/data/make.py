#!/usr/bin/env python3
"""Rebuilds the embedded files of this folder from their sources, byte for byte. Standard library only.

usage: make.py --mnist DIR --scikit-learn WHEEL --scikit-image WHEEL [--out DIR]

--mnist         folder with the four official IDX files, gzipped or not (any copy with the right content)
--scikit-learn  wheel of scikit-learn 1.9.1   (pip download --no-deps scikit-learn==1.9.1)
--scikit-image  wheel of scikit-image 0.26.0  (pip download --no-deps scikit-image==0.26.0)
--out           where to write, default: the folder of this script

Sources are recognized by the SHA-256 of their content and results are checked before anything is written, so the
platform of a wheel does not matter. The compressed bytes are those of zlib 1.2.13; another deflate implementation
may compress to other bytes with the same content, and says so.
"""

import argparse
import gzip
import hashlib
import pathlib
import struct
import zipfile
import zlib

# SHA-256 of each source's content (gunzipped where it is gzipped; the PNG files as they are).
SOURCES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    "digits.csv.gz": "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
    "iris.csv": "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
    "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
}

# SHA-256 of each result: its content before compression, and the committed gzip file.
RESULTS = {
    "mnist/train-10k-images-idx3-ubyte.gz": (
        "2889698e6bc3614913e76901316712919d1998fc2b44512451bfe65bc1e668b1",
        "36707bfd63bcc1baf911512db8f40af1940d9fc513cb862f99741a994da05181",
    ),
    "mnist/train-10k-labels-idx1-ubyte.gz": (
        "651e38e2ac0632f5113ec18f1df4977117f953197819034009971a6675a0df78",
        "ddb336c35d26d6499f325832214cfd852954d037817de7f291d8e80ad0912b32",
    ),
    "mnist/t10k-images-idx3-ubyte.gz": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "5634745efa576a17e7d4cf5cd9d09123c75e6538e5114267c2d156edaf519341",
    ),
    "mnist/t10k-labels-idx1-ubyte.gz": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        "ae18e77e031ccde52407f794d123116439864147d33ac992975f85dd4dc42af6",
    ),
    "optdigits/optdigits.tes.gz": (
        "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
        "e31b7ccbf8cc2b158de948b1bb7a67bf39a856fb064b3aa8ef489f12a2dc4b63",
    ),
    "iris/iris.csv.gz": (
        "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
        "fbcca7a2f9b5dd8221e83ce360e7b46f151339bf9b667250b0b94d94ed1bc35c",
    ),
    "images/camera.gz": (
        "5c0eab9e57a376c28bf144ce1a0be4d167b71d04358bab60fdca77bdabe5558b",
        "fb8abb6501bce73b8b3c8e0de5ba26b2ba20567492dc4ab825f0f4bea567ad77",
    ),
    "images/grass.gz": (
        "e281d6331051b4b7b1d97398d0582287348bd52e3ec8564b42463f9dd10ed964",
        "6f95a038686130d36dd3a7b48e4b706fb273bef4cd1289d98064b7be133bfaba",
    ),
    "images/gravel.gz": (
        "ff722936f020431b8eabee2c28c179611916d9e7ec93d2bcf9d0d17fb1b34738",
        "c1974f337005e97a170f5c9e8c039e26d410e0869a042bdca5e558123eda3bf5",
    ),
    "images/brick.gz": (
        "418d2959a594db83b94e814db64f5d93f229255973f5352cf8e229066ab8f9e9",
        "bb88813182a6f918df0deb96aef4959d31ab29b059e4c7be05b6ce58921a6504",
    ),
}


def checked(name, content):
    """The content, after its hash was found to be the expected one."""
    found = hashlib.sha256(content).hexdigest()
    if found != SOURCES[name]:
        raise SystemExit(f"{name}: expected the content {SOURCES[name]}, found {found}")
    return content


def gunzipped(data):
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def mnist_file(folder, name):
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return checked(name, gunzipped(candidate.read_bytes()))
    raise SystemExit(f"{folder}: neither {name} nor {name}.gz is there")


def wheel_file(wheel, path):
    with zipfile.ZipFile(wheel) as archive:
        return checked(path.rsplit("/", 1)[1], gunzipped(archive.read(path)))


def first_records(idx, count):
    """An IDX file's first records, under a header that says so."""
    dimensions = idx[3]
    header = 4 + 4 * dimensions
    sizes = struct.unpack(f">{dimensions}I", idx[4:header])
    record = 1
    for size in sizes[1:]:
        record *= size
    return idx[:4] + struct.pack(f">{dimensions}I", count, *sizes[1:]) + idx[header : header + count * record]


def grey_png(data):
    """Width, height and rows of a PNG with 8-bit grey pixels and no interlacing."""
    position, compressed = 8, b""
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        body = data[position + 8 : position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlace = struct.unpack(">2I5B", body)
            assert (depth, color, interlace) == (8, 0, 0), "expected 8-bit grey without interlacing"
        elif kind == b"IDAT":
            compressed += body
        position += 12 + length
    lines = zlib.decompress(compressed)
    rows, above = [], bytearray(width)
    for y in range(height):
        kind, row = lines[y * (width + 1)], bytearray(lines[y * (width + 1) + 1 : (y + 1) * (width + 1)])
        for x in range(width):
            left = row[x - 1] if x else 0
            up = above[x]
            corner = above[x - 1] if x else 0
            estimate = left + up - corner
            paeth = min((abs(estimate - left), 0, left), (abs(estimate - up), 1, up), (abs(estimate - corner), 2, corner))[2]
            row[x] = (row[x] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
        rows.append(row)
        above = row
    return width, height, rows


def halved(png):
    """Half the width and height: each pixel is (a + b + c + d + 2) / 4 of a square of four, rounded down."""
    width, height, rows = grey_png(png)
    return bytes(
        (rows[y][x] + rows[y][x + 1] + rows[y + 1][x] + rows[y + 1][x + 1] + 2) // 4
        for y in range(0, height, 2)
        for x in range(0, width, 2)
    )


def gzipped(content):
    """gzip at level 9 with header time 0 and no file name; the header is written here so that it is always the same."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    trailer = struct.pack("<2I", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + body + trailer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mnist", type=pathlib.Path, required=True)
    parser.add_argument("--scikit-learn", type=pathlib.Path, required=True)
    parser.add_argument("--scikit-image", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    arguments = parser.parse_args()

    contents = {}
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        contents[f"mnist/train-10k-{kind}.gz"] = first_records(mnist_file(arguments.mnist, f"train-{kind}"), 10_000)
        contents[f"mnist/t10k-{kind}.gz"] = mnist_file(arguments.mnist, f"t10k-{kind}")
    learn = arguments.scikit_learn
    contents["optdigits/optdigits.tes.gz"] = wheel_file(learn, "sklearn/datasets/data/digits.csv.gz")
    contents["iris/iris.csv.gz"] = wheel_file(learn, "sklearn/datasets/data/iris.csv")
    for image in ("camera", "grass", "gravel", "brick"):
        contents[f"images/{image}.gz"] = halved(wheel_file(arguments.scikit_image, f"skimage/data/{image}.png"))

    for name, content in contents.items():
        found = hashlib.sha256(content).hexdigest()
        if found != RESULTS[name][0]:
            raise SystemExit(f"{name}: expected the content {RESULTS[name][0]}, made {found}")
    for name, content in contents.items():
        data = gzipped(content)
        same = hashlib.sha256(data).hexdigest() == RESULTS[name][1]
        path = arguments.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        note = "as committed" if same else f"content as committed, other compressed bytes (zlib {zlib.ZLIB_RUNTIME_VERSION})"
        print(f"{name}: {len(content)} bytes, {len(data)} compressed, {note}")


if __name__ == "__main__":
    main()
