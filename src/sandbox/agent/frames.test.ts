import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, MAX_PAYLOAD } from "./frames.ts";

const folder = new URL("../../../sandboxes/agent/", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("protocol-vectors.json", folder), "utf8")) as {
  frames: { name: string; type: number; channel: number; payload: string; frame: string }[];
  refused: { name: string; bytes: string }[];
  proofs: { token: string; agent_nonce: string; host_nonce: string; host: string; agent: string }[];
};
const hex = (text: string) => Buffer.from(text, "hex");

describe("frames", () => {
  it.each(vectors.frames)("$name is as the vectors say", ({ type, channel, payload, frame }) => {
    expect(encodeFrame(type, channel, hex(payload)).toString("hex")).toBe(frame);
    expect(new FrameDecoder().feed(hex(frame))).toEqual([{ type, channel, payload: hex(payload) }]);
  });

  it.each(vectors.refused)("refuses $name", ({ bytes }) => {
    expect(() => new FrameDecoder().feed(hex(bytes))).toThrow(/announces/);
    expect(() => encodeFrame(1, 1, Buffer.alloc(MAX_PAYLOAD + 1))).toThrow(RangeError);
  });

  it.each(vectors.proofs)("proofs are HMAC-SHA-256 over side and nonces", (proof) => {
    const of = (side: string) =>
      createHmac("sha256", proof.token).update(`${side}|${proof.agent_nonce}|${proof.host_nonce}`).digest("hex");
    expect([of("host"), of("agent")]).toEqual([proof.host, proof.agent]);
  });

  it("come out the same however the bytes are split", () => {
    const frame = fc.record({
      type: fc.nat(255),
      channel: fc.nat(2 ** 32 - 1),
      payload: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map((f) => encodeFrame(f.type, f.channel, f.payload)));
          const decoder = new FrameDecoder();
          const decoded = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            decoded.push(...decoder.feed(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(decoded.map((f) => ({ ...f, payload: new Uint8Array(f.payload) }))).toEqual(frames);
        },
      ),
    );
  });

  it("the agent's own codec agrees with the vectors", () => {
    const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
import frames
vectors = json.load(open(sys.argv[1] + "/protocol-vectors.json"))
for v in vectors["frames"]:
    payload = bytes.fromhex(v["payload"])
    assert frames.encode(v["type"], v["channel"], payload).hex() == v["frame"], v["name"]
    whole, bytewise = frames.Decoder(), frames.Decoder()
    data = bytes.fromhex(v["frame"])
    assert whole.feed(data) == [(v["type"], v["channel"], payload)], v["name"]
    assert sum((bytewise.feed(data[i:i+1]) for i in range(len(data))), []) == [(v["type"], v["channel"], payload)]
for v in vectors["refused"]:
    try: frames.Decoder().feed(bytes.fromhex(v["bytes"]))
    except frames.ProtocolError: continue
    raise AssertionError(v["name"])
print("ok")
`;
    expect(execFileSync("python3", ["-c", script, folder.pathname]).toString()).toBe("ok\n");
  });
});
