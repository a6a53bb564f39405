// A replica of a stand-in as a process of its own, to be killed and stopped. Its first line of output is its URL.
import { startStandIn } from "../../src/models/index.ts";

const standIn = await startStandIn({ model: "m", speed: Number(process.argv[2] ?? 1) });
console.log(standIn.replicas[0]?.url);
process.once("SIGTERM", () => void standIn.shutdown().then(() => process.exit(0)));
