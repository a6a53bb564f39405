import { storeConformance } from "./store-conformance.ts";
import { startTestStore } from "./support.ts";

storeConformance("the embedded server", () => startTestStore());
storeConformance("a server by URL", () => startTestStore({ url: true }));
