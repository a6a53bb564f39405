/** One server-sent event as text. `data` is JSON; raw JSON may have line breaks between its values. */
export function sseEvent(event: string | null, data: string): string {
  const name = event === null ? "" : `event: ${event}\n`;
  const lines = data.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`);
  return `${name}${lines.join("")}\n`;
}

/** A comment: clients of OpenAI pass over it. */
export const SSE_COMMENT = ": keep-alive\n\n";
