import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import type { ExecutionService } from "../../execution/service.ts";
import type { Surface, SurfaceTools } from "../../server/surface.ts";
import { sandboxError } from "./answers.ts";
import type { Body } from "./decode-body.ts";
import type { EvalResult } from "./eval-result.ts";
import { type DialectLanguage, dialectLanguages } from "./languages.ts";
import { ids, promptById, prompts } from "./prompts.ts";
import { datasetType } from "./provided-data.ts";
import { badValue } from "./refusal.ts";
import {
  readMetrics,
  readMetricsFunction,
  readPromptById,
  readPrompts,
  readRunCode,
  readRunJupyter,
  readSubmit,
} from "./requests.ts";
import { type Answer, type Call, dialectRouter, type Operation } from "./router.ts";
import { runCode } from "./run-code.ts";
import type { Runner } from "./run-in-image.ts";
import { jupyterError, runJupyter } from "./run-jupyter.ts";
import { submit } from "./submit.ts";

/** SandboxFusion's protocol at the server's root (docs/sandbox-fusion.md). */
export const sandboxFusion: Surface = (tools) =>
  dialectRouter(
    {
      "/run_code": runCodeOperation(tools),
      "/run_jupyter": runJupyterOperation(tools),
      "/submit": submitOperation(tools),
      "/get_prompts": onText((body) => prompts(readPrompts(body.value), strict(body))),
      "/get_prompt_by_id": onText((body) => promptById(readPromptById(body.value), strict(body))),
      "/list_ids": onText((body) => ids(readPrompts(body.value), strict(body))),
      "/get_metrics": onText(({ value }) => {
        const { dataset, config } = readMetrics(value);
        datasetType(dataset, config);
        return "{}";
      }),
      "/get_metrics_function": onText(({ value }) => {
        const { dataset, config } = readMetricsFunction(value);
        datasetType(dataset, config);
        return '{"function":null}';
      }),
      // No data set is stored here; rows come with the requests.
      "/list_datasets": { method: "GET", run: async () => ({ value: [] }) },
      "/v1/ping": { method: "GET", run: async () => ({ value: "pong" }) },
    },
    tools,
  );

function runCodeOperation(tools: SurfaceTools): Operation {
  return {
    method: "POST",
    fault: sandboxError,
    async run(call) {
      const languages = await languagesOf(tools.executor.service);
      const request = readRunCode(call.body.value, [...languages.keys()]);
      const language = languages.get(request.language);
      if (!language) throw new TypeError(`${request.language} was accepted and is not known`);
      return { value: await runCode(call.ctx, runnerFor(call, tools), language, request) };
    },
  };
}

function runJupyterOperation({ executor, clock }: SurfaceTools): Operation {
  return {
    method: "POST",
    fault: jupyterError,
    async run({ ctx, body, account }) {
      const request = readRunJupyter(body.value);
      const { service } = executor;
      const python = (await languagesOf(service)).get("python")?.view;
      return { value: await runJupyter(ctx, { service, python, account, clock }, request) };
    },
  };
}

function submitOperation(tools: SurfaceTools): Operation {
  return {
    method: "POST",
    async run(call) {
      const languages = await languagesOf(tools.executor.service);
      const request = readSubmit(call.body.value, [...languages.keys()]);
      return withExactId(await submit(call.ctx, runnerFor(call, tools), languages, request), call.body);
    },
  };
}

/** An operation that answers JSON text without running anything. */
function onText(answer: (body: Body) => string): Operation {
  return { method: "POST", run: async ({ body }) => ({ json: answer(body) }) };
}

async function languagesOf(service: ExecutionService): Promise<ReadonlyMap<string, DialectLanguage>> {
  return dialectLanguages(await service.languages());
}

/** Runs programs within the memory for answers. */
function runnerFor({ account }: Call, { executor }: SurfaceTools): Runner {
  return {
    run: (ctx, request, listener) => executor.execute(ctx, { request, identity: null, account }, listener),
    hasImage: (image) => executor.service.hasImage(image),
  };
}

/** Ids beyond 2^53 come back as they were sent. */
function withExactId(result: EvalResult, body: Body): Answer {
  if (typeof result.id === "string" || Number.isSafeInteger(result.id)) return { value: result };
  const { id, ...rest } = result;
  const raw = rawMembers(strict(body)).get("id") ?? String(id);
  return { json: joinMembers([["id", raw], ...rawMembers(JSON.stringify(rest))]) };
}

/** A body's text, where what it says of numbers is to be answered: Python's NaN and infinities cannot. */
function strict({ text }: Body): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw badValue(["body"], "NaN and infinities cannot be answered as JSON", null);
  }
}
