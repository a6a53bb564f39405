"use strict";
/** Frames of the call bridge (docs/bridge.md) over descriptor 3: four bytes of length, then JSON. */
const { readSync, writeSync } = require("node:fs");
const { TooLarge } = require("./values.cjs");

const DESCRIPTOR = 3;
const MOST_BYTES = 16 << 20;

/** The other side has gone, or does not keep to the form. */
class Broken extends Error {}

/** Sends `[kind, ...parts]`. */
function send(...frame) {
  const body = Buffer.from(JSON.stringify(frame));
  if (body.length > MOST_BYTES) throw new TooLarge("larger than 16 MiB");
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  const whole = Buffer.concat([head, body]);
  try {
    for (let at = 0; at < whole.length;) at += writeSync(DESCRIPTOR, whole, at);
  } catch {
    throw new Broken("closed the connection");
  }
}

/** Waits for a frame. */
function receive() {
  const size = exactly(4).readUInt32BE();
  if (size === 0 || size > MOST_BYTES) throw new Broken(`announced ${size} bytes`);
  const body = exactly(size);
  try {
    const frame = JSON.parse(body.toString("utf8"));
    if (Array.isArray(frame) && typeof frame[0] === "string") return frame;
  } catch {
    // Told of below.
  }
  throw new Broken("sent something that is no frame");
}

function exactly(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    let got = 0;
    try {
      got = readSync(DESCRIPTOR, bytes, at, size - at, null);
    } catch {
      // As at the end.
    }
    if (got === 0) throw new Broken("closed the connection");
    at += got;
  }
  return bytes;
}

module.exports = { Broken, receive, send };
