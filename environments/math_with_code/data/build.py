#!/usr/bin/env python3
"""Write tasks.jsonl from tasks.py: every expected answer is computed.

    python3 build.py            write data/tasks.jsonl
    python3 build.py --check    write nothing; exit 1 when the file is stale
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from tasks import TASKS  # noqa: E402

TARGET = Path(__file__).resolve().parent / "tasks.jsonl"

INSTRUCTIONS = (
    "You can run Python with the tool execute_python. It keeps its names from call to call and has numpy, scipy, pandas "
    "and sympy; print what you need. When you are done, answer with \\boxed{your answer}."
)
TOOL = {
    "type": "function",
    "name": "execute_python",
    "description": "Execute Python code to perform calculations. Names are kept between calls; numpy, scipy, pandas and "
    "sympy are there.",
    "parameters": {
        "type": "object",
        "properties": {"code": {"type": "string", "title": "Python Code", "description": "The Python code to execute."}},
        "required": ["code"],
        "additionalProperties": False,
    },
    "strict": True,
}


def row(number: int, name: str, question: str, answer: object) -> dict[str, object]:
    return {
        "task_id": name,
        "id": number,
        "responses_create_params": {
            "input": [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": question}],
            "tools": [TOOL],
            "parallel_tool_calls": False,
        },
        "expected_result": str(answer),
        "expected_code_contains": "",
    }


def main() -> int:
    rows = [row(number, name, question, solve()) for number, (name, question, solve) in enumerate(TASKS)]
    text = "".join(json.dumps(value) + "\n" for value in rows)
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text)
        return 0
    return 0 if TARGET.exists() and TARGET.read_text() == text else 1


if __name__ == "__main__":
    sys.exit(main())
