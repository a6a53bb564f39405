// Makes two sandboxes, says whose they are, and waits to be killed.
import { ctx, openProvider, specOf } from "./sandboxes.ts";

const { provider, owner } = await openProvider("docker");
await provider.create(ctx, specOf("B"));
await provider.create(ctx, specOf("C"));
console.log(JSON.stringify(owner));
setInterval(() => undefined, 1_000);
