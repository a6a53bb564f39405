"use strict";

// Run when the image is built: what is loaded here is there when a Node with this snapshot starts. Only modules that
// Node says can be in one.

for (const name of [
  "assert",
  "buffer",
  "crypto",
  "events",
  "fs",
  "os",
  "path",
  "stream",
  "string_decoder",
  "url",
  "util",
]) {
  require(`node:${name}`);
}
