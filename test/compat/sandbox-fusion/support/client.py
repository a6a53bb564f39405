"""Drives the official client against the server whose address is its argument; writes what came back as JSON."""

import asyncio
import base64
import json
import sys

from sandbox_fusion import (
    GetPromptByIdRequest,
    GetPromptsRequest,
    RunCodeRequest,
    RunJupyterRequest,
    SubmitRequest,
    SummaryMapping,
    TestConfig,
    get_prompt_by_id,
    get_prompts,
    run_code,
    run_code_async,
    run_concurrent,
    run_jupyter,
    set_endpoint,
    submit,
    submit_safe,
    summary_run_code_result,
)

set_endpoint(sys.argv[1])
MAPPING = SummaryMapping(
    Success="ok",
    Failed="failed",
    CompileFailed="compile_failed",
    CompileTimeout="compile_timeout",
    RunFailed="run_failed",
    RunTimeout="run_timeout",
)
ROW = {"id": 7, "content": "c", "labels": {}, "test": [{"input": {"stdin": "2 3"}, "output": {"stdout": "5"}}] * 3}
SUM = "```python\nprint(sum(map(int, input().split())))\n```"


def run(code, language="python", **fields):
    return run_code(RunCodeRequest(code=code, language=language, **fields), max_attempts=1)


def summary(code, **fields):
    return summary_run_code_result(run(code, **fields), MAPPING)


def refused(work):
    try:
        work()
    except Exception as error:
        return str(error)
    return None


def oj(**extra):
    config = TestConfig(dataset_type="CommonOJDataset", language="python", provided_data=ROW, extra=extra)
    return SubmitRequest(dataset="d", id=7, completion=SUM, config=config)


def auto(code):
    row = {"id": 1, "content": "q", "labels": {"programming_language": "python"}, "test": {"code": code}}
    config = TestConfig(dataset_type="AutoEvalDataset", provided_data=row)
    return SubmitRequest(dataset="d", id="a", completion="```python\nx = 1\n```", config=config)


def prompts():
    config = TestConfig(dataset_type="CommonOJDataset", language="python", locale="en", provided_data=[ROW])
    return get_prompts(GetPromptsRequest(dataset="d", config=config))


def prompt():
    config = TestConfig(dataset_type="CommonOJDataset", language="python", locale="en", provided_data=ROW)
    return get_prompt_by_id(GetPromptByIdRequest(dataset="d", id=7, config=config))


def jupyter():
    answer = run_jupyter(RunJupyterRequest(cells=["a = 1", "a + 1"]), max_attempts=1)
    return [cell.display for cell in answer.cells]


STEPS = {
    "run_code": lambda: run("print(input())", stdin="in").dict(),
    "failing": lambda: run("1/0").dict(),
    "files": lambda: run(
        "open('o','wb').write(open('d/i','rb').read() * 2)",
        files={"d/i": base64.b64encode(b"\x00A").decode(), "none": None},
        fetch_files=["o", "missing"],
    ).files,
    "summaries": lambda: [summary("1"), summary("1/0"), summary("while 1: pass", run_timeout=1)],
    "large_output": lambda: len(run("import sys; sys.stdout.write('x' * 3_000_000)").run_result.stdout),
    "async": lambda: asyncio.run(
        run_code_async(RunCodeRequest(code="print(2)", language="python"), max_attempts=1)
    ).run_result.stdout,
    "concurrent": lambda: [
        answer.run_result.stdout
        for answer in run_concurrent(
            run_code,
            args=[[RunCodeRequest(code=f"print({i})", language="python")] for i in range(24)],
            concurrency=8,
        )
    ],
    "unknown_language": lambda: refused(lambda: run("x", language="gtest")),
    "submit": lambda: submit(oj(run_all_cases=True), max_attempts=1).dict(),
    "auto_eval": lambda: [submit(auto(f"assert x == {n}"), max_attempts=1).accepted for n in (1, 2)],
    "submit_safe": lambda: submit_safe(
        SubmitRequest(dataset="x", id=1, completion="", config=TestConfig(dataset_type="Nope")), max_attempts=1
    ).dict(),
    "prompts": lambda: [prompts()[0].dict(), prompt().dict()],
    "jupyter": jupyter,
}

names = sys.argv[2:] or list(STEPS)
json.dump({name: STEPS[name]() for name in names}, sys.stdout, default=str)
