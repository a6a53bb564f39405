import { createParser } from "eventsource-parser";
import type { Fault } from "./fault.ts";

/** An endpoint's streamed answer, while it comes in. */
export interface StreamedAnswer {
  /** Takes the next bytes, however they are cut. Throws `model_server_error` for an error that the endpoint sends, and `model_bad_response`. */
  push(bytes: Uint8Array): void;
  /** The body that the endpoint would have answered unstreamed. Throws `model_unreachable` when only a part came. */
  end(): string;
}

/** What makes an answer of the data of server-sent events. */
export interface Assembler {
  add(data: string): void;
  end(): string;
}

/** Longest event, in characters: the token ids of a prompt come in one. */
const MAX_EVENT = 64 * 1024 * 1024;

export function streamedAnswer(assembler: Assembler, fault: Fault, maxEvent = MAX_EVENT): StreamedAnswer {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const tooLong = () => fault("model_bad_response", `an event of the stream is longer than ${maxEvent} characters`);
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: maxEvent,
    onEvent: ({ data }) => assembler.add(data),
    onError: ({ type }) => {
      // A line of another kind is passed over, as the standard has it.
      if (type === "max-buffer-size-exceeded") isTooLong = true;
    },
  });
  const feed = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      throw fault("model_bad_response", "the stream is not valid UTF-8", { cause: error });
    }
  };
  return {
    push: (bytes) => {
      if (!isTooLong) parser.feed(feed(bytes));
      if (isTooLong) throw tooLong();
    },
    end: () => {
      feed();
      // An event that was not ended is dropped, as the standard has it; what is missing then, the assembler sees.
      return assembler.end();
    },
  };
}
