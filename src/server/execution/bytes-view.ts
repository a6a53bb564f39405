import { isUtf8 } from "node:buffer";
import type { FileView, OutputView } from "../../contract/execution-answers.ts";
import type { CapturedOutput, OutputFile } from "../../sandbox/index.ts";

/** Bytes as JSON carries them: text, and base64 beside it when they are not UTF-8. */
export function bytesView(data: Uint8Array): { text: string; base64?: string } {
  const buffer = bufferOf(data);
  const text = buffer.toString("utf8");
  return isUtf8(buffer) ? { text } : { text, base64: buffer.toString("base64") };
}

/** An output stream of a program. */
export function outputView({ head, tail, dropped }: CapturedOutput): OutputView {
  const kept = tail.length === 0 ? head : Buffer.concat([head, tail]);
  const bytes = kept.length + dropped;
  if (bytes === 0) return { text: "", bytes, dropped_bytes: 0 };
  const view = { ...bytesView(kept), bytes, dropped_bytes: dropped };
  return dropped === 0 ? view : { ...view, head_bytes: head.length };
}

/** A file that was fetched: text or base64, as requests give files. */
export function fileView({ path, status, data }: OutputFile): FileView {
  const bytes = data.length;
  if (status !== "ok") return { path, status, bytes };
  const buffer = bufferOf(data);
  return isUtf8(buffer)
    ? { path, status, bytes, text: buffer.toString("utf8") }
    : { path, status, bytes, base64: buffer.toString("base64") };
}

function bufferOf(data: Uint8Array): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
