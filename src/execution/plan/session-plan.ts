import type {
  ImageCatalogue,
  ImageLanguage,
  SandboxSpec,
  SessionProgram,
  SessionRequest,
} from "../../sandbox/index.ts";
import type { OpenSessionRequest } from "../service.ts";
import { CASE_LIMITS, fitted, manifestLimits, requestLimits } from "./limits.ts";
import { environment } from "./placeholders.ts";
import { classFor, type PlanOptions, specOf } from "./plan.ts";
import { refusal } from "./refusal.ts";
import { checkInputs, checkTexts, RUN_BYTES } from "./workspace.ts";

/** A session, worked out: where it lives and what it is. */
export interface SessionPlan {
  readonly language: string;
  readonly image: string;
  readonly spec: SandboxSpec;
  readonly request: SessionRequest;
}

/** Works a request out; throws like `planOf`, and for a language that has no such sessions. */
export function sessionPlanOf(
  tenant: string,
  request: OpenSessionRequest,
  catalogue: ImageCatalogue,
  options: PlanOptions,
): SessionPlan {
  const { name, language, image } = catalogue.resolve(request.language, request.image);
  const program = programOf(name, language, request.isolation);
  const { env, files = [] } = request;
  // A session is asked the same of its inputs as a program with one case.
  const inputs = { language: name, code: "", files, cases: [{}], ...(env ? { env } : {}) };
  checkTexts(inputs);
  const { files: fileBytes } = checkInputs(inputs, null, RUN_BYTES);
  const asked = requestLimits(manifestLimits(CASE_LIMITS, image.manifest.limits, language.limits), request.limits, {
    factor: request.foreignLimits ? 1 : language.time_factor,
    field: "limits",
  });
  const limits = fitted(asked, request.foreignLimits ? undefined : request.limits, "limits", options.classes.at(-1));
  const kind = classFor({ run: limits, compile: limits }, fileBytes, options);
  // Apart from the pools of runs, which must never wait for sessions to end; and what is shared apart from what is not.
  const resource = request.isolation === "slot" ? "session" : "session-container";
  return {
    language: name,
    image: image.manifest.name,
    spec: { ...specOf(tenant, image.manifest.name, kind, request, options), resource },
    request: { program, limits, files, env: environment(language, env, limits) },
  };
}

function programOf(name: string, language: ImageLanguage, isolation: OpenSessionRequest["isolation"]): SessionProgram {
  if (language.sessions === null) throw refusal("language", `${name} has no sessions`);
  if (language.sessions === "slot" && language.interpreter !== undefined) return { interpreter: language.interpreter };
  if (isolation === "slot") throw refusal("isolation", `a session of ${name} needs a container of its own`);
  return { shell: "bash" };
}
