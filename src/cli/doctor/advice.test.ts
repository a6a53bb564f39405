import { expect, test } from "vitest";
import { autoSentence, dockerAdvice, localAdvice } from "./advice.ts";

const report = (available: boolean, detail: string) => ({ available, detail, facts: {} });

test.each([
  ["connect ENOENT /var/run/docker.sock", /^install Docker Engine/],
  ["connect EACCES /var/run/docker.sock", /group docker/],
  ["connect ECONNREFUSED /var/run/docker.sock", /systemctl start docker/],
])("docker: %s", (detail, advice) => {
  expect(dockerAdvice(report(false, detail))).toMatch(advice);
  expect(dockerAdvice(report(true, detail))).toBeNull();
});

test.each([
  ["bubblewrap is not installed", /apt-get install bubblewrap/],
  ["bubblewrap 0.4.0 is too old: from 0.7 it can cap scratch space", /bubblewrap 0\.7 or newer/],
  ["bubblewrap cannot make user namespaces here: EPERM", /unprivileged_userns_clone/],
  ["no Python 3.9 or newer that an unprivileged user can run", /^install Python/],
  ["bubblewrap needs Linux", null],
])("local: %s", (detail, advice) => {
  const found = localAdvice(report(false, detail));
  if (advice === null) expect(found).toBeNull();
  else expect(found).toMatch(advice);
});

test("what auto takes", () => {
  const both = { docker: report(true, "engine 28 answers"), local: report(true, "bubblewrap 0.8 works") };
  expect(autoSentence(both)).toBe(
    "The provider auto takes docker (engine 28 answers), or local where its images cannot be had in time.",
  );
  expect(autoSentence({ ...both, docker: report(false, "no Docker engine") })).toMatch(
    /takes local \(bubblewrap 0\.8 works\), since/,
  );
  const none = { docker: report(false, "ENOENT"), local: report(false, "bubblewrap is not installed") };
  expect(autoSentence(none)).toMatch(/^No sandbox provider works here.*Docker Engine.*; or install bubblewrap/);
});
