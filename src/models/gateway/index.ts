export { ModelGateway, type ModelSessionState } from "./gateway.ts";
