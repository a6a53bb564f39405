export { type App, type AppBounds, type AppOptions, createApp } from "./create-app.ts";
export { createHealthApp } from "./create-health-app.ts";
export type { AcceptedKey, AuthOptions } from "./middleware/authenticate.ts";
export type { Surface, SurfaceTools } from "./surface.ts";
export { type RunningServer, type ServerOptions, startServer } from "./start-server.ts";
export { metricsSurface } from "./metrics-surface.ts";
