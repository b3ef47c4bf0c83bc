# SPDX-License-Identifier: Apache-2.0
"""Times the vision network against PyTorch on the processor, in turns in the same run.

  encode.py PROGRAM [--threads N] [--rounds N]

PROGRAM is build/app/sagitta-cli. PyTorch runs the same network, tf_efficientnet_b0 in 3D at
256 x 160 x 128 with random weights, in evaluation mode. Medians of the rounds and their ratio are printed.
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
import torch.nn.functional as functional
from torch import nn

INPUT = (256, 160, 128)
# expansion, kernel, stride, width, repeats
STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
          (6, 3, 1, 320, 1))


class Convolution(nn.Sequential):
    """Convolution without bias, BatchNorm and perhaps SiLU; at stride 2 padded as TensorFlow's SAME."""

    def __init__(self, channels_in, channels_out, kernel=1, stride=1, groups=1, activate=True):
        padding = kernel // 2 if stride == 1 else 0
        layers = [nn.Conv3d(channels_in, channels_out, kernel, stride, padding, groups=groups, bias=False),
                  nn.BatchNorm3d(channels_out, eps=1e-3)]
        super().__init__(*layers, *([nn.SiLU(inplace=True)] if activate else []))
        self.same = (kernel - 2) if stride == 2 else None

    def forward(self, x):
        if self.same is not None:
            x = functional.pad(x, (self.same // 2, self.same - self.same // 2) * 3)
        return super().forward(x)


class Block(nn.Module):
    def __init__(self, channels_in, channels_out, expansion, kernel, stride):
        super().__init__()
        middle = channels_in * expansion
        self.expand = Convolution(channels_in, middle) if expansion > 1 else nn.Identity()
        self.depthwise = Convolution(middle, middle, kernel, stride, middle)
        self.reduce = nn.Conv3d(middle, channels_in // 4, 1)
        self.widen = nn.Conv3d(channels_in // 4, middle, 1)
        self.project = Convolution(middle, channels_out, activate=False)
        self.skips = stride == 1 and channels_in == channels_out

    def forward(self, x):
        y = self.depthwise(self.expand(x))
        gate = self.widen(functional.silu(self.reduce(y.mean((2, 3, 4), keepdim=True))))
        y = self.project(y * torch.sigmoid(gate))
        return x + y if self.skips else y


def make_network():
    layers, channels = [Convolution(1, 32, 3, 2)], 32
    for expansion, kernel, stride, width, repeats in STAGES:
        for i in range(repeats):
            layers.append(Block(channels, width, expansion, kernel, stride if i == 0 else 1))
            channels = width
    return nn.Sequential(*layers, Convolution(channels, 1280)).eval()


def time_torch(network, volume):
    start = time.perf_counter()
    with torch.no_grad():
        features = network(volume)
    assert features.shape == (1, 1280, 8, 5, 4)
    return (time.perf_counter() - start) * 1e3


def time_program(program, threads):
    command = [program, 'bench', 'encode', '--json', '--repeat', '5', '--threads', str(threads)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(text)['encode']['median_ms']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    network, volume = make_network(), torch.rand(1, 1, *INPUT)
    time_torch(network, volume)
    theirs, ours = [], []
    for _ in range(options.rounds):
        theirs.append(time_torch(network, volume))
        ours.append(time_program(options.program, options.threads))
    theirs, ours = statistics.median(theirs), statistics.median(ours)
    print(f'{options.threads} threads: PyTorch {torch.__version__} {theirs:.0f} ms, Sagitta {ours:.0f} ms, '
          f'{theirs / ours:.1f} times faster')


if __name__ == '__main__':
    main()
