"""The other side of the pipe: answers each line of JSON on standard input with a line of JSON on standard output.

Request:  {"row": ..., "seconds": ..., "inputs": {name: file.npy}, "parameters": {...}}
Answer:   {"rate": units a second, "work": units, "wall_seconds": ..., "cpu_seconds": ...} or {"error": ...}
          with "results": {name: number} where the work says what it came to

The first line out, before any request, names the versions. The end of standard input is the end of the program.
"""

import json
import math
import os
import statistics
import sys
import time

import numpy

# Our own side divides a turn in the same way: src/bench/turn.rs.
BLOCKS = 10


def turn(work, seconds):
    """Calls work(seconds) -> units of work until the time is over, after a tenth of it to warm up.

    The rate is the median over blocks; work and times are those of the whole turn, warm-up left out.
    """
    block = seconds / BLOCKS
    work(block)
    rates, total = [], 0.0
    begin, cpu = time.perf_counter(), time.process_time()
    now = begin
    while now - begin < seconds:
        start, done = now, 0.0
        while now - start < block:
            done += work(block)
            now = time.perf_counter()
        rates.append(done / (now - start))
        total += done
    return {
        "rate": statistics.median(rates),
        "work": total,
        "wall_seconds": now - begin,
        "cpu_seconds": time.process_time() - cpu,
    }


def finite(loss):
    """The loss, which must be a number: whoever diverges measures nothing."""
    if not math.isfinite(loss):
        raise ArithmeticError(f"the loss is {loss}")
    return loss


def serve(versions, set_up):
    """Answers requests until there are no more. set_up(inputs, parameters) gives the work of a row."""
    # What libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answers.write(json.dumps({"versions": versions | {"Python": sys.version.split()[0]}}) + "\n")
    ready = {}
    for line in sys.stdin:
        request = json.loads(line)
        row = request["row"]
        try:
            if row not in ready:
                inputs = {name: numpy.load(file) for name, file in request["inputs"].items()}
                ready.clear()
                ready[row] = set_up(inputs, request["parameters"])
            work = ready[row]
            answer = turn(work, request["seconds"])
            if hasattr(work, "results"):
                answer["results"] = work.results()
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
