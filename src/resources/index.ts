export { Environment } from "./environment.ts";
export { Environments } from "./loader.ts";
export type { EnvironmentManifest, SandboxNeeds } from "./manifest.ts";
export type { Resource, Row, SessionToken } from "./port.ts";
export type { ResourceServices } from "./definition.ts";
export { type CapturedSubmission, SubmissionCapture } from "./submission-capture.ts";
export { openToolSession } from "./tool-session/index.ts";
export { taskIdOf } from "./row.ts";
export { closeSession, type ResponseToVerify, responseOf, verifyInSession, verifyResponse } from "./verify-response.ts";
