# SPDX-License-Identifier: Apache-2.0
"""Opens a scan in the window, asks, scrolls and drags as a hand does, and says how long it took. Needs Xvfb and xdotool.

  window.py BUILD [--file SCAN.nii.gz] [--size WxH] [--json]

Without --file, a phantom of 512 x 461 x 275 is made once in BUILD. Times are those of `sagitta --trace`: from the start
of the program, and for pictures what drawing took and how long a picture was waited for. DESIGN.md section 8 budgets.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
WITH_DISPLAY = HERE.parent / 'support' / 'with-display'
TASK = 'Diagnose the presence of pleural effusion around the lungs'
PATIENCE_S = 60


def x(*arguments):
    subprocess.run(['xdotool', *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


class Window:
    def __init__(self, build, scan, trace):
        self.trace = pathlib.Path(trace)
        self.process = subprocess.Popen([build / 'app' / 'sagitta', '--trace', trace, scan])

    def events(self, name=None):
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        events = [json.loads(line) for line in lines if line.endswith('}')]
        return [event for event in events if name is None or event['event'] == name]

    def wait_for(self, name, patience_s=PATIENCE_S):
        end = time.monotonic() + patience_s
        while not self.events(name):
            if self.process.poll() is not None:
                sys.exit(f'sagitta ended with status {self.process.returncode}.')
            if time.monotonic() > end:
                return None
            time.sleep(0.05)
        return self.events(name)[0]

    def during(self, action):
        """The pictures that an action of the hand gave."""
        before = len(self.events('frame'))
        start = time.monotonic()
        action()
        seconds = time.monotonic() - start
        time.sleep(0.5)
        return self.events('frame')[before:], seconds

    def processor_s(self):
        fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def memory_mb(self, field):
        for line in pathlib.Path(f'/proc/{self.process.pid}/status').read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
        return 0


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] if values else float('nan')


def summary(frames, seconds):
    """Of the view under the hand: the one that drew most."""
    if not frames:
        return {}
    planes = [frame['plane'] for frame in frames]
    plane = max(set(planes), key=planes.count)
    mine = [frame for frame in frames if frame['plane'] == plane]
    return {
        'pixels': f"{mine[0]['width']:.0f}x{mine[0]['height']:.0f}",
        'pictures': len(mine),
        'per_second': len(mine) / seconds,
        'drafts': sum(frame['draft'] > 0 for frame in mine),
        'draw_ms': {'median': statistics.median(f['ms'] for f in mine), 'p95': percentile([f['ms'] for f in mine], 0.95)},
        'wait_ms': {'median': statistics.median(f['wait_ms'] for f in mine),
                    'p95': percentile([f['wait_ms'] for f in mine], 0.95)},
    }


def wheel():
    x('click', '--repeat', 120, '--delay', 16, 5)


def drag(left, top):
    x('mousemove', left, top, 'mousedown', 1)
    for step in range(60):
        x('mousemove', left + 3 * step, top + step)
    x('mouseup', 1)


def measure(build, scan, width, height):
    with tempfile.TemporaryDirectory() as folder:
        window = Window(build, scan, f'{folder}/trace.jsonl')
        result = {}
        window.wait_for('loaded')
        window.wait_for('first-slice')
        x('search', '--sync', '--onlyvisible', '--class', 'sagitta', 'windowfocus')
        window.wait_for('encoded')
        time.sleep(1)
        for name in ('mapped', 'first-slice', 'loaded', 'prepared', 'encoded'):
            events = window.events(name)
            result[name] = events[0]['t_ms'] if events else None
        x('mousemove', width * 0.3, height * 0.3)
        x('key', 'slash')
        x('type', '--delay', 5, TASK)
        asked = time.monotonic()
        x('key', 'Return')
        result['answered_after_ms'] = (time.monotonic() - asked) * 1000 if window.wait_for('answered', 20) else None
        x('key', 'Escape')
        time.sleep(1)
        result['scroll'] = summary(*window.during(wheel))
        result['window_level'] = summary(*window.during(lambda: drag(width * 0.3, height * 0.3)))
        x('mousemove', width - 2, height - 2)
        time.sleep(2)
        before = window.processor_s()
        time.sleep(5)
        result['idle_processor_percent'] = (window.processor_s() - before) / 5 * 100
        result['resident_mb'] = window.memory_mb('VmRSS')
        result['peak_mb'] = window.memory_mb('VmHWM')
        window.process.terminate()
        window.process.wait()
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--file', type=pathlib.Path)
    parser.add_argument('--size', default='1440x900')
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    build = options.build.resolve()
    if 'SAGITTA_BENCH_INSIDE' not in os.environ:
        os.environ['SAGITTA_BENCH_INSIDE'] = '1'
        os.execv(WITH_DISPLAY, [str(WITH_DISPLAY), '--size', options.size, sys.executable, *sys.argv])
    scan = options.file
    if scan is None:
        folder = build / 'bench-window'
        scan = folder / 'phantom-0001.nii.gz'
        if not scan.exists():
            subprocess.run([build / 'app' / 'sagitta-cli', 'phantom', '--spacing', '0.8125,0.8125,1.26', '--seed', '1',
                            '--findings', 'effusion-left', '-o', folder], check=True, stdout=subprocess.DEVNULL)
    result = measure(build, scan, *map(int, options.size.split('x')))
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f'  {name:24}', json.dumps(value) if isinstance(value, dict) else value)


main()
