import { afterEach } from "vitest";

/** Takes what a test has opened; after the test, the last opened is closed first. */
export function closedAfterEach(): (close: () => unknown) => void {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });
  return (close) => void open.push(close);
}
