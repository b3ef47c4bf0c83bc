# SPDX-License-Identifier: Apache-2.0
"""Times training against PyTorch on the processor, in turns in the same run.

  train.py PROGRAM [--threads N] [--rounds N] [--batch N]

PROGRAM is build/app/sagitta-cli. PyTorch runs the same network forward and back, BatchNorm with the statistics of the
batch, both losses: tf_efficientnet_b0 in 3D at 256 x 160 x 128 and four layers of a BERT-base, random weights. Its
batch is 1 unless told, for memory; times are those of one sample. Wall and processor time: on a busy machine the latter
says more. Medians of the rounds and their ratio are printed.
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
import torch.nn.functional as functional
from encode import INPUT, make_network
from torch import nn

HIDDEN, HEADS, WIDE, LAYERS, WORDS, TEXT = 768, 12, 3072, 4, 30522, 20


class Layer(nn.Module):
    """BERT's encoder layer, with dropout of 0.1 as while training."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.output, self.up, self.down = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, WIDE), nn.Linear(WIDE, HIDDEN)
        self.norms = nn.ModuleList(nn.LayerNorm(HIDDEN) for _ in range(2))

    def forward(self, x):
        n, rows, _ = x.shape
        q, k, v = (part.view(n, rows, HEADS, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        weights = functional.dropout((q @ k.transpose(2, 3) / (HIDDEN // HEADS) ** 0.5).softmax(-1), 0.1)
        context = (weights @ v).transpose(1, 2).reshape(n, rows, HIDDEN)
        x = self.norms[0](x + functional.dropout(self.output(context), 0.1))
        return self.norms[1](x + functional.dropout(self.down(functional.gelu(self.up(x))), 0.1))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.vision = make_network().train()
        self.adaptor = nn.Linear(1280, HIDDEN)
        self.ends = nn.Parameter(torch.randn(2, HIDDEN) * 0.02)
        self.text = nn.ModuleDict({'words': nn.Embedding(WORDS, HIDDEN), 'positions': nn.Embedding(512, HIDDEN),
                                   'norm': nn.LayerNorm(HIDDEN), 'layers': nn.Sequential(*(Layer() for _ in range(LAYERS)))})
        self.class_head, self.patch_head = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 64)

    def embed(self, x):
        x = x + self.text['positions'].weight[:x.shape[1]]
        return functional.dropout(self.text['norm'](x), 0.1)

    def forward(self, volumes, ids):
        tokens = self.adaptor(self.vision(volumes).flatten(2).transpose(1, 2))
        start, end = (part.expand(len(ids), 1, -1) for part in self.ends)
        x = torch.cat([start, tokens, end, self.embed(self.text['words'](ids))], 1)
        x = self.text['layers'](self.embed(x))
        return self.class_head(x[:, 0]), self.patch_head(x[:, 1:1 + tokens.shape[1]])


def loss_of(class_logits, cell_logits, labels, targets):
    entropy = functional.binary_cross_entropy_with_logits(cell_logits, targets, reduction='none')
    p = cell_logits.sigmoid()
    missed = 1 - (p * targets + (1 - p) * (1 - targets))
    focal = (0.25 * targets + 0.75 * (1 - targets)) * entropy * missed**2
    return functional.binary_cross_entropy_with_logits(class_logits[:, 0], labels) + 10 * focal.mean()


def time_torch(model, batch):
    wall, processor = time.perf_counter(), time.process_time()
    class_logits, cell_logits = model(*batch[:2])
    loss_of(class_logits, cell_logits, *batch[2:]).backward()
    n = len(batch[1])
    result = (time.perf_counter() - wall) / n, (time.process_time() - processor) / n
    model.zero_grad(set_to_none=True)
    return result


def time_program(program, kind, threads):
    command = [program, 'bench', 'train', kind, '--json', '--repeat', '3', '--threads', str(threads)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found[kind]['median_ms'] / 2e3, found[kind]['processor_ms'] / 2e3, found[f'{kind}_peak_mb']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--batch', type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model, n = Model().train(), options.batch
    batch = (torch.rand(n, 1, *INPUT), torch.randint(1000, 2000, (n, TEXT)), torch.randint(0, 2, (n,)).float(),
             torch.rand(n, 160, 64))
    for kind, name in (('frozen', 'text frozen'), ('all', 'everything')):
        model.text.requires_grad_(kind == 'all')
        time_torch(model, batch)
        theirs, ours = [], []
        for _ in range(options.rounds):
            theirs.append(time_torch(model, batch))
            ours.append(time_program(options.program, kind, options.threads))
        their_wall, their_processor = (statistics.median(column) for column in zip(*theirs))
        wall, processor, peak = (statistics.median(column) for column in zip(*ours))
        print(f'{name}, {options.threads} threads, a sample: PyTorch {torch.__version__} {their_wall:.2f} s '
              f'({their_processor:.2f} s of processor time), Sagitta {wall:.2f} s ({processor:.2f} s, {peak:.0f} MB): '
              f'{their_wall / wall:.1f} times faster ({their_processor / processor:.1f} in processor time)', flush=True)


if __name__ == '__main__':
    main()
