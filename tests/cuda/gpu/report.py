# SPDX-License-Identifier: Apache-2.0
"""What ./dev gpu run measured, as tables: times beside budgets and PyTorch's, stages beside the card's ceilings."""

BUDGETS = {("fp32", "encode"): 3.0, ("fast", "encode"): 1.0, ("fast", "ask 1"): 0.3, ("fast", "ask 100"): 5.0,
           ("fp32", "prepare upstream"): 15.0, ("fast", "prepare upstream"): 15.0}
START_MS, MEMORY_MB = 2000, 1000
PEERS = ("fp32 eager", "bf16 eager", "bf16 compiled", "fp16 eager", "fp16 graph")
SLOWEST = 8


def find_problems(bench):
    """What must not be, whatever the card: memory that grows."""
    return [f"bench: {precision}: 1,000 asks took {bench[precision]['growth_bytes_of_1000_asks']:.0f} bytes"
            for precision in ("fp32", "fast") if bench and bench[precision].get("growth_bytes_of_1000_asks", 0) > 0]


def row(name, values, width=15):
    texts = [f"{value:.3f}" if isinstance(value, (int, float)) else value for value in values]
    print(f"{name:24}" + "".join(f"{text:>{width}}" for text in texts))


def best_peer(peer, part):
    """PyTorch's fastest for a part without graphs of its own, as the budgets name them; None if it was not measured."""
    times = [peer[name][part] for name in PEERS[:3] if name in peer and part in peer[name]]
    return min(times) if times else None


def print_times(bench, peer):
    print(f"\n{bench['device']}, driver {bench['driver']}; milliseconds, medians")
    row("", ("budget", "GPU", "waited", "first") + PEERS + ("times faster",))
    for precision in ("fp32", "fast"):
        for part in ("prepare upstream", "prepare paper", "encode", "ask 1", "ask 18", "ask 100"):
            mine, best = bench[precision][part], best_peer(peer, part)
            row(f"{precision} {part}",
                [BUDGETS.get((precision, part), "-"), mine["device_ms"], mine["ms"], mine["first_ms"]] +
                [peer.get(name, {}).get(part, "-") for name in PEERS] +
                [best / mine["device_ms"] if best and mine["device_ms"] > 0 else "-"])
    for precision in ("fp32", "fast"):
        own = bench[precision]
        print(f"{precision}: start {own['start_ms']:.0f} ms ({START_MS}), {own['used_mb']:.0f} MB beyond an empty context "
              f"({MEMORY_MB}), of them {own['allocated_mb']:.0f} asked for")
    print(f"fast against fp32: tokens {bench['fast_tokens_error']:.2g} (relative), "
          f"probability {bench['fast_probability_error']:.2g} (largest)")


def merge_stages(stages):
    """Stages of one name as one."""
    merged = {}
    for stage in stages:
        into = merged.setdefault(stage["name"], {**stage, "ms": 0, "bytes": 0, "products": 0})
        for key in ("ms", "bytes", "products"):
            into[key] += stage[key]
    return sorted(merged.values(), key=lambda stage: -stage["ms"])


def rate(amount, ms, ceiling):
    """Achieved, and its share of the card's ceiling where that was measured."""
    if amount == 0 or ms == 0:
        return "-"
    value = amount / ms * 1e3
    return f"{value:.3g}" + (f" ({100 * value / ceiling:.0f} %)" if ceiling else "")


def print_stages(bench, ceilings):
    print("\nSlowest stages: ms, GB/s and TFLOP/s (of the measured ceilings), who multiplied")
    for precision in ("fp32", "fast"):
        flops = ceilings.get("fp16_tflops" if precision == "fast" else "fp32_tflops")
        for part in ("prepare upstream", "encode", "ask 1", "ask 18"):
            stages = merge_stages(bench[precision][part]["stages"])
            print(f"{precision} {part}: {sum(stage['ms'] for stage in stages):.3f} ms in {len(stages)} stages")
            for stage in stages[:SLOWEST]:
                row(f"  {stage['name']}",
                    (stage["ms"], rate(stage["bytes"] * 1e-9, stage["ms"], ceilings.get("copy_gb_s")),
                     rate(2 * stage["products"] * 1e-12, stage["ms"], flops),
                     "library" if stage["library"] else "own" if stage["products"] else "-"), 16)


def print_row(results):
    """A line for docs/gpu-results.md."""
    bench, peer, suite = results["bench"], results.get("peer") or {}, results.get("suite") or {}
    own = {precision: ", ".join(f"{bench[precision][part]['device_ms']:.3f}" for part in ("encode", "ask 1", "ask 100"))
           for precision in ("fp32", "fast")}
    theirs = "; ".join(f"{name} {peer[name]['encode']:.2f}" for name in PEERS if name in peer)
    print(f"\n| {results['date']} | {bench['device']} | {bench['driver']} | COMMIT | "
          f"{suite.get('passed', 0)} passed, {suite.get('failed', 0)} failed | {own['fp32']} | {own['fast']} | "
          f"{bench['fast']['prepare upstream']['device_ms']:.2f} | {bench['fast']['start_ms'] / 1000:.2f} | "
          f"{bench['fast']['used_mb']:.0f} | encode: {theirs or 'not measured'} |")


def print_results(results):
    if "bench" not in results:
        return
    peer = results.get("peer") or {}
    print_times(results["bench"], peer)
    print_stages(results["bench"], peer.get("ceilings", {}))
    print_row(results)
