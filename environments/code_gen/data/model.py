"""What a task of this environment is made of, before its outputs are computed."""

from __future__ import annotations

import json
from dataclasses import dataclass

STDIN_RULE = (
    "Write a complete Python 3 program that reads standard input and writes the answer to "
    "standard output, and nothing else. Answer with one ```python block that holds the whole program."
)
FUNCTION_RULE = (
    "Write Python 3 code that defines {form}. It is called directly, with the arguments in the order "
    "given, and only its return value is judged. Answer with one ```python block that holds the whole code."
)


@dataclass(frozen=True)
class Task:
    """One task: `inputs` are stdin texts, or argument lists where `fn_name` is given.

    `form` says in words what a function task must define. The first `examples`
    tests are shown in the prompt, with the outputs that the reference gives.
    """

    task_id: str
    difficulty: str
    statement: str
    inputs: list[str] | list[list[object]]
    fn_name: str | None = None
    form: str = ""
    examples: int = 2
    time_seconds: int = 2

    def encoded_inputs(self) -> list[str]:
        """The inputs as they stand in the row: text, or one JSON value a line."""
        return [
            value if isinstance(value, str)
            else "\n".join(json.dumps(arg, ensure_ascii=False) for arg in value)
            for value in self.inputs
        ]

    def prompt(self, inputs: list[str], outputs: list[str]) -> str:
        """The text shown to the model."""
        parts = [self.statement.strip()]
        for given, wanted in list(zip(inputs, outputs))[: self.examples]:
            if self.fn_name is None:
                parts.append(f"Example input:\n```\n{given.rstrip()}\n```\nExample output:\n```\n{wanted.rstrip()}\n```")
            else:
                parts.append(f"Example: `{self.fn_name}({', '.join(given.splitlines())})` gives `{wanted}` "
                             "(written as JSON).")
        parts.append(STDIN_RULE if self.fn_name is None else FUNCTION_RULE.format(form=self.form))
        return "\n\n".join(parts)
