# SPDX-License-Identifier: Apache-2.0
"""The figures of model/evaluate, computed a second time: by pairs instead of ranks, with numpy and scipy. TAP on stdout."""

import os
import subprocess
import sys

try:
    import numpy as np
    from scipy import stats
except ImportError:
    print('1..0 # SKIP numpy and scipy are not installed')
    sys.exit(0)

PROBE = os.environ['METRICS_PROBE']
MASK = (1 << 64) - 1


def probe(seed, rounds, n_patients, first, second, positive, patients):
    text = f'{seed} {rounds} {n_patients}\n' + ''.join(
        f'{a!r} {b!r} {p} {k}\n' for a, b, p, k in zip(first.tolist(), second.tolist(), positive, patients))
    out = subprocess.run([PROBE], input=text, capture_output=True, text=True, check=True, env={'LC_ALL': 'C'}).stdout
    return {line.split()[0]: np.array([float(x) for x in line.split()[1:]]) for line in out.splitlines()}


def kernel(scores, positive):
    """psi of every pair (positive, negative)."""
    x, y = scores[positive == 1][:, None], scores[positive == 0][None, :]
    return (x > y) + 0.5 * (x == y)


def covariance(a, b):
    m, n = a.shape
    s10 = np.cov(a.mean(1), b.mean(1))[0, 1]
    s01 = np.cov(a.mean(0), b.mean(0))[0, 1]
    return s10 / m + s01 / n


def average_precision(scores, positive):
    recall, area = 0.0, 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        called = scores >= threshold
        hits = positive[called].sum()
        area += (hits / positive.sum() - recall) * hits / called.sum()
        recall = hits / positive.sum()
    return area


def mix(seed, counter):
    z = (seed + counter * 0x9E3779B97F4A7C15) & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def draws(seed, rounds, n_patients):
    for r in range(rounds):
        own = mix(seed, r)
        drawn = [(mix(own, i) >> 32) * n_patients >> 32 for i in range(n_patients)]
        yield np.bincount(drawn, minlength=n_patients)


def bootstrap(seed, rounds, n_patients, tasks):
    values = []
    for weights in draws(seed, rounds, n_patients):
        row = []
        for first, second, positive, patients in tasks:
            take = np.repeat(np.arange(len(first)), weights[patients])
            p = positive[take]
            if len(set(p.tolist())) < 2:
                row.append([[np.nan] * 2] * 2)
                continue
            row.append([[kernel(s[take], p).mean(), average_precision(s[take], p)] for s in (first, second)])
        values.append(row)
    values = np.array(values)  # rounds, tasks, models, figures
    values = values[(~np.isnan(values)).any(axis=(1, 2, 3))]
    values = np.nanmean(values, axis=1)
    return {f'boot-{f}-{o}': np.percentile(v[:, f], [2.5, 97.5])
            for f in range(2) for o, v in enumerate((values[:, 0], values[:, 1], values[:, 1] - values[:, 0]))}


def expected(seed, rounds, n_patients, first, second, positive, patients):
    a, b = kernel(first, positive), kernel(second, positive)
    va, vb, c = covariance(a, a), covariance(b, b), covariance(a, b)
    d, sd = b.mean() - a.mean(), np.sqrt(va + vb - 2 * c)
    z95 = stats.norm.ppf(0.975)
    called = first >= 0.5
    hits, m = (called & (positive == 1)).sum(), positive.sum()
    quiet, n = (~called & (positive == 0)).sum(), (positive == 0).sum()
    wilson = lambda k, n: stats.binomtest(int(k), int(n)).proportion_ci(method='wilson')
    half = len(first) // 2
    tasks = [(first, second, positive, patients), (first[:half], second[:half], positive[:half], patients[:half])]
    clip = lambda mean, var: np.clip([mean - z95 * np.sqrt(var), mean + z95 * np.sqrt(var)], 0, 1)
    return {
        'first': np.array([a.mean(), va, *clip(a.mean(), va)]),
        'second': np.array([b.mean(), vb, *clip(b.mean(), vb)]),
        'plain': np.array([a.mean(), b.mean()]),
        'pair': np.array([c, d, d - z95 * sd, d + z95 * sd, d / sd, 2 * stats.norm.sf(abs(d / sd))]),
        'aupr': np.array([average_precision(first, positive), average_precision(second, positive)]),
        'point': np.array([hits / m, quiet / n, wilson(hits, m).low, wilson(quiet, n).high]),
        **bootstrap(seed, rounds, n_patients, tasks),
    }


def case(seed, n, n_patients, rounds, grain, signal):
    rng = np.random.default_rng(seed)
    patients = rng.integers(0, n_patients, n)
    positive = (rng.random(n) < 0.3).astype(int)
    positive[:4] = 0, 1, 0, 1
    shared = rng.normal(size=n)
    first = shared + signal * positive + rng.normal(size=n)
    second = shared + 1.5 * signal * positive + rng.normal(size=n)
    if grain:
        first, second = np.round(first / grain) * grain, np.round(second / grain) * grain
    return seed, rounds, n_patients, first, second, positive, patients


# Data of DeLong et al. 1988 as the manual of SAS prints it: albumin, total protein, K-G score, benefit (1: none).
OVARY = '''
3.0 5.8 10 0   3.2 6.3  5 1   3.9 6.8  3 1   2.8 4.8  6 0   3.2 5.8  3 1   0.9 4.0  5 0   2.5 5.7  8 0   1.6 5.6  5 1
3.8 5.7  5 1   3.7 6.7  6 1   3.2 5.4  4 1   3.8 6.6  6 1   4.1 6.6  5 1   3.6 5.7  5 1   4.3 7.0  4 1   3.6 6.7  4 0
2.3 4.4  6 1   4.2 7.6  4 0   4.0 6.6  6 0   3.5 5.8  6 1   3.8 6.8  7 1   3.0 4.7  8 0   4.5 7.4  5 1   3.7 7.4  5 1
3.1 6.6  6 1   4.1 8.2  6 1   4.3 7.0  5 1   4.3 6.5  4 1   3.2 5.1  5 1   2.6 4.7  6 1   3.3 6.8  6 0   1.7 4.0  7 0
3.7 6.1  5 1   3.3 6.3  7 1   4.2 7.7  6 1   3.5 6.2  5 1   2.9 5.7  9 0   2.1 4.8  7 1   2.8 6.2  8 0   4.0 7.0  7 1
3.3 5.7  6 1   3.7 6.9  5 1   3.6 6.6  5 1
'''


def ovary(column):
    rows = np.array(OVARY.split(), float).reshape(-1, 4)
    positive = (rows[:, 3] == 0).astype(int)
    kg = rows[:, 2]
    return 7, 50, len(rows), kg, -rows[:, column], positive, np.arange(len(rows))


cases = {
    'continuous': case(1, 300, 300, 60, 0, 0.8),
    'ties': case(2, 400, 120, 60, 0.5, 0.5),
    'few levels': case(3, 90, 90, 60, 2.0, 1.0),
    'a dozen': case(4, 12, 6, 60, 0, 0.5),
    'albumin and K-G': ovary(0),
    'total protein and K-G': ovary(1),
}
print(f'1..{len(cases)}')
failed = False
for number, (name, arguments) in enumerate(cases.items(), 1):
    got, want = probe(*arguments), expected(*arguments)
    wrong = []
    if min((arguments[5] == 0).sum(), (arguments[5] == 1).sum()) < 10:
        if not np.isnan(got['pair'][5]):
            wrong.append('a p-value from too few')
        got['pair'], want['pair'] = got['pair'][:5], want['pair'][:5]
    for key in want:
        if not np.allclose(got[key], want[key], rtol=1e-9, atol=1e-11):
            wrong.append(f'{key}: {got[key]} is not {want[key]}')
    failed = failed or bool(wrong)
    print(f'{"not ok" if wrong else "ok"} {number} {name}')
    for line in wrong:
        print('#', line)
sys.exit(failed)
