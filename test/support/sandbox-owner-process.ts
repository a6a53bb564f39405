// Makes two sandboxes, says whose they are, and waits to be killed. Usage: [attach | unix]
import { ctx, openProvider, specOf, type TestTransport } from "./sandboxes.ts";

const transport = (process.argv[2] ?? "attach") as TestTransport;
const { provider, owner } = await openProvider("docker", { transport });
await provider.create(ctx, specOf("B"));
await provider.create(ctx, specOf("C"));
console.log(JSON.stringify(owner));
setInterval(() => undefined, 1_000);
