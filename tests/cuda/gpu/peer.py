#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peer.py WEIGHTS CASE [SECONDS]: times the same network in PyTorch on the GPU, and prints a JSON document, a line, after
each way of running it, the last with all of them.

WEIGHTS and CASE are what tests/oracle/make-full-weights.py wrote. The network is written down plainly, BatchNorm folded
into its convolutions, channels last: eager in float32 without TF32, in bfloat16 and in float16, compiled in bfloat16,
and replayed as a CUDA graph in float16. Times are medians of what the GPU worked, in ms, with input and weights on it.
The GPU is kept waiting until the work is queued, so that what the processor takes for that does not count. Nothing new
begins after SECONDS.
"""
import json
import math
import statistics
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
          (6, 5, 2, 192, 4), (6, 3, 1, 320, 1))  # expansion, kernel, stride, width, repeats
TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64}
LAYERS, HEADS, N_WORDS, RUNS = 4, 12, 20, 51
SLEEP = 30_000_000  # cycles: some 15 ms


def load(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]])
                                   .reshape(entry["shape"]).copy()) for name, entry in header.items()}


class Vision:
    """The folded network up to the tokens."""

    def __init__(self, weights, dtype):
        self.w, self.dtype, self.parts = weights, dtype, {}
        self.fold("conv_stem", "bn1")
        channels = 32
        for stage, (expansion, _, _, width, repeats) in enumerate(STAGES):
            for i in range(repeats):
                block = f"blocks.{stage}.{i}."
                if expansion > 1:
                    for conv, norm in (("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3")):
                        self.fold(block + conv, block + norm)
                else:
                    for conv, norm in (("conv_dw", "bn1"), ("conv_pw", "bn2")):
                        self.fold(block + conv, block + norm)
                for part in ("reduce", "expand"):
                    self.parts[f"{block}se.{part}"] = tuple(
                        self.take(f"{block}se.conv_{part}.{what}") for what in ("weight", "bias"))
                channels = width
        self.fold("conv_head", "bn2")
        self.adaptor = [weights[f"vision_model.lm_adaptor.0.{what}"].cuda().to(dtype) for what in ("weight", "bias")]

    def take(self, name):
        tensor = self.w["vision_model.model." + name].cuda()
        if tensor.dim() == 5:
            tensor = tensor.to(memory_format=torch.channels_last_3d)
        return tensor.to(self.dtype)

    def fold(self, conv, norm):
        get = lambda name: self.w[f"vision_model.model.{name}"].double()
        scale = get(norm + ".weight") / torch.sqrt(get(norm + ".running_var") + 1e-3)
        shift = get(norm + ".bias") - get(norm + ".running_mean") * scale
        weight = (get(conv + ".weight") * scale.view(-1, 1, 1, 1, 1)).cuda().to(self.dtype)
        self.parts[conv] = (weight.to(memory_format=torch.channels_last_3d), shift.cuda().to(self.dtype))

    def convolve(self, x, name, stride=1):
        weight, bias = self.parts[name]
        kernel, groups = weight.shape[2], weight.shape[0] if weight.shape[1] == 1 and x.shape[1] > 1 else 1
        padding = kernel // 2
        if stride == 2:
            x, padding = F.pad(x, ((kernel - 2) // 2, kernel - 2 - (kernel - 2) // 2) * 3), 0
        return F.conv3d(x, weight, bias, stride, padding, groups=groups)

    def __call__(self, x):
        x = F.silu(self.convolve(x, "conv_stem", 2))
        for stage, (expansion, _, stride, _, repeats) in enumerate(STAGES):
            for i in range(repeats):
                block, step, y = f"blocks.{stage}.{i}.", stride if i == 0 else 1, x
                if expansion > 1:
                    y = F.silu(self.convolve(y, block + "conv_pw"))
                y = F.silu(self.convolve(y, block + "conv_dw", step))
                gate = F.silu(F.conv3d(y.mean((2, 3, 4), keepdim=True), *self.parts[block + "se.reduce"]))
                y = y * torch.sigmoid(F.conv3d(gate, *self.parts[block + "se.expand"]))
                y = self.convolve(y, block + ("conv_pwl" if expansion > 1 else "conv_pw"))
                x = x + y if y.shape == x.shape else y
        x = F.silu(self.convolve(x, "conv_head"))
        return F.linear(x.flatten(2).transpose(1, 2), *self.adaptor)


class Text:
    """[start, tokens, end, text] through the encoder and its heads."""

    def __init__(self, weights, dtype):
        self.w = {name: tensor.cuda().to(dtype) for name, tensor in weights.items()
                  if not name.startswith("vision_model.model.") and tensor.dtype == torch.float32}

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], 1e-12)

    def embed(self, x):
        place = self.w["model.embeddings.position_embeddings.weight"][:x.shape[1]]
        return self.norm(x + place + self.w["model.embeddings.token_type_embeddings.weight"][0],
                         "model.embeddings.LayerNorm")

    def __call__(self, tokens, ids):
        n = ids.shape[0]
        words = self.embed(self.w["model.embeddings.word_embeddings.weight"][ids])
        ends = [self.w["vision_model.emb_" + end].expand(n, -1, -1) for end in ("start", "end")]
        x = self.embed(torch.cat([ends[0], tokens.expand(n, -1, -1), ends[1], words], 1))
        for layer in range(LAYERS):
            name = f"model.encoder.layer.{layer}."
            q, k, v = (self.linear(x, f"{name}attention.self.{part}").unflatten(-1, (HEADS, -1)).transpose(1, 2)
                       for part in ("query", "key", "value"))
            y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = self.norm(x + self.linear(y, name + "attention.output.dense"), name + "attention.output.LayerNorm")
            y = self.linear(F.gelu(self.linear(x, name + "intermediate.dense")), name + "output.dense")
            x = self.norm(x + y, name + "output.LayerNorm")
        return self.linear(x[:, 0], "lm_head_cls"), self.linear(x[:, 1:161], "lm_head_seg")


def median_ms(work):
    """Of what the GPU worked, as its own clock has it; @work takes the number of the run."""
    times = []
    for i in range(RUNS):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda._sleep(SLEEP)  # pylint: disable=protected-access
        begin.record()
        work(i)
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def eager(work, _):
    for i in range(3):
        work(i)
    return median_ms(work)


def graph(work, _):
    """Replays of a record; of one input, since a record has its input's address."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for i in range(3):
            work(i)
    torch.cuda.synchronize()
    recorded = torch.cuda.CUDAGraph()
    with torch.cuda.graph(recorded):
        work(0)
    return median_ms(lambda i: recorded.replay())


def compiled(work, model):
    """The first runs compile."""
    model.call = torch.compile(lambda *inputs: model.plain(*inputs), dynamic=False)
    for i in range(3):
        work(i)
    return median_ms(work)


class Model:
    """A network, plain or compiled."""

    def __init__(self, plain):
        self.plain = self.call = plain


def measure(weights, case, dtype, way, ends):
    """ms of each part; parts that would begin too late are left out."""
    vision, text = Model(Vision(weights, dtype)), Model(Text(weights, dtype))
    images = [(case["images"] * scale).cuda().to(dtype).to(memory_format=torch.channels_last_3d)
              for scale in (1, 0.9, 0.8, 0.7)]
    tokens = vision.plain(images[0])
    logit, _ = text.plain(tokens, case["input_ids"].cuda())
    times = {"class_logit": float(logit[0, 0])}
    assert math.isfinite(times["class_logit"])
    parts = [("encode", lambda i: vision.call(images[i % 4]), vision)]
    for n in (1, 18, 100):
        many = [(torch.arange(n * N_WORDS, device="cuda") * 7 + 1000 + shift).view(n, N_WORDS) for shift in range(4)]
        parts.append((f"ask {n}", lambda i, many=many: text.call(tokens, many[i % 4]), text))
    for name, work, model in parts:
        if time.monotonic() < ends:
            times[name] = way(work, model)
    return times


def ceilings():
    """What this card does at best: bytes read and written by a copy, and products of large matrices."""
    source = torch.empty(1 << 32, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    result = {"copy_gb_s": 2 * source.numel() / median_ms(lambda i: target.copy_(source)) * 1e-6}
    for name, dtype in (("fp32", torch.float32), ("fp16", torch.float16)):
        a, b = (torch.randn(8192, 8192, device="cuda").to(dtype) for _ in range(2))
        result[name + "_tflops"] = 2 * 8192**3 / median_ms(lambda i: a @ b) * 1e-9
    return result


def main(weights_path, case_path, seconds="600"):
    ends = time.monotonic() + float(seconds)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    weights, case = load(weights_path), load(case_path)
    variants = (("fp32 eager", torch.float32, eager), ("bf16 eager", torch.bfloat16, eager),
                ("bf16 compiled", torch.bfloat16, compiled), ("fp16 eager", torch.float16, eager),
                ("fp16 graph", torch.float16, graph))
    document = {"torch": torch.__version__, "device": torch.cuda.get_device_name(0)}
    with torch.no_grad():
        document["ceilings"] = ceilings()
        for name, dtype, way in variants:
            if time.monotonic() > ends:
                continue
            try:
                document[name] = measure(weights, case, dtype, way, ends)
            except Exception as error:  # pylint: disable=broad-except
                # A way that this PyTorch does not have is no reason to lose the others.
                print(f"peer.py: {name}: {(str(error).splitlines() or [repr(error)])[0]}", file=sys.stderr)
            print(json.dumps(document), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
