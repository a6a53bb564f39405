/**
 * The model of the chaos series, in a process of its own that can be killed: gives recorded answers in turn, each after a moment.
 * Arguments: a file of recordings, and the port.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createAnswerBook, type ReplayRecording } from "../../src/models/replay/answer-book.ts";
import { responsesBody } from "../../src/models/replay/bodies.ts";
import { userText } from "../../src/models/replay/prompt-text.ts";

const [file = "", port = "0"] = process.argv.slice(2);
const book = createAnswerBook(JSON.parse(readFileSync(file, "utf8")) as ReplayRecording[]);
/** Milliseconds of an answer. */
const FASTEST = 50;
const SLOWEST = 1_000;

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.method === "GET") {
      answer(200, { object: "list", data: [{ id: "chaos", object: "model" }] });
      return;
    }
    const { input } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { input: unknown };
    const text = book.next(userText(input));
    const created = Math.floor(Date.now() / 1000);
    setTimeout(
      () => {
        if (text === null) answer(404, { error: { message: "no such recording", type: "not_found" } });
        else answer(200, responsesBody({ model: "chaos", text, asked: 0, created }));
      },
      FASTEST + Math.random() * (SLOWEST - FASTEST),
    );
  });
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
