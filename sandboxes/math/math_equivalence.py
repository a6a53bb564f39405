"""Compares an answer with expected ones by math-verify, in a run of its own: SymPy may hang on what a model writes.

Standard input is one JSON object: `expected`, LaTeX texts without their delimiters, `answer`, the text that holds the
answer, and `step_seconds`, the processor time that reading a text and comparing two readings may take. Standard output
is one JSON object:

- `equal`: whether any expected answer is what the text answers.
- `extracted`: what was read as the answer, as SymPy writes it, or null.
- `unreadable`: indices of the expected answers in which nothing could be read.

The texts and the rules are those of NeMo Gym's math_with_judge, as far as its library decides.
"""

import contextlib
import io
import json
import signal
import sys

from math_verify import grader, metric, parser
from math_verify.errors import TimeoutException

_MAX_EXTRACTED = 2000


_step_seconds = 5


def _within_processor_time(timeout_seconds=None):
    """Instead of math-verify's time limits, which are on the clock: a busy machine would fail right answers."""

    def decorate(function):
        def limited(*args, **kwargs):
            former = signal.signal(signal.SIGPROF, _time_is_over)
            signal.setitimer(signal.ITIMER_PROF, _step_seconds)
            try:
                return function(*args, **kwargs)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.signal(signal.SIGPROF, former)

        return limited

    return decorate


def _time_is_over(number, frame):
    raise TimeoutException("Operation timed out!")


for _module in (grader, metric, parser):
    _module.timeout = _within_processor_time


def compare(expected, answer):
    """What `main` prints, for texts that `main` reads."""
    library = metric.math_metric(
        gold_extraction_target=(parser.LatexExtractionConfig(),),
        pred_extraction_target=(parser.ExprExtractionConfig(), parser.LatexExtractionConfig()),
    )
    extracted, unreadable = None, []
    for index, gold in enumerate(expected):
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                score, texts = library(["\\boxed{" + gold + "}"], [answer])
        except ValueError as error:
            if "No gold targets found" in str(error):
                unreadable.append(index)
            continue
        except (Exception, TimeoutException):
            continue
        found = _answered(*texts) if texts else None
        if score > 0.5:
            return {"equal": True, "extracted": found, "unreadable": unreadable}
        extracted = extracted or found
    return {"equal": False, "extracted": extracted, "unreadable": unreadable}


def _answered(golds, predictions):
    """Of all readings of the answer the one that is right, else the first."""
    for prediction in predictions:
        if any(grader.verify(gold, prediction) for gold in golds):
            return _cut(prediction)
    return _cut(predictions[0]) if predictions else None


def _cut(text):
    return text if len(text) <= _MAX_EXTRACTED else text[:_MAX_EXTRACTED] + "…"


def main():
    global _step_seconds
    asked = json.load(sys.stdin)
    _step_seconds = asked["step_seconds"]
    json.dump(compare(asked["expected"], asked["answer"]), sys.stdout)


# What the grammar and SymPy work out once and keep.
compare(["\\frac{1}{2}"], "It is $x = \\boxed{\\dfrac{2}{4}}$.")
compare(["2\\sqrt{3}"], "\\boxed{\\sqrt{12}}")
compare(["(1, 2)"], "The final answer is $(1,3)$.")
compare(["x^2+1"], "\\boxed{(x+1)^2-2x}")
