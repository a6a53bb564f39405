import { isJsonObject } from "../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../core/json/raw.ts";
import { column, datasetType, type DatasetType, providedRow, providedRows, textColumn } from "./provided-data.ts";
import { badValue, Refusal } from "./refusal.ts";
import type { PromptByIdRequest, PromptsRequest, Row, TestConfig } from "./requests.ts";

const OJ_ENDINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: {
    default:
      "Please implement complete executable code with an entry point in {language}. Your program should read input from standard input and write output to standard output.",
    cpp: "Please implement complete executable code including a main function in C++. Your program should read input from standard input and write output to standard output.",
    python:
      "Please implement a complete Python script. Your program should read input from standard input and write output to standard output.",
    java: "Please implement a complete Java program with a public class named Main. Your class should include a public static void main(String[] args) method. Your program should read input from System.in and write output to System.out.",
  },
  zh: {
    default:
      "请使用 {language} 实现一个完整的可执行程序，包含程序入口。你的程序应该从标准输入读取数据，并将结果输出到标准输出。",
    cpp: "请使用 C++ 实现一个完整的可执行程序，包含 main 函数。你的程序应该从标准输入读取数据，并将结果输出到标准输出。",
    python: "请编写一个完整的 Python 脚本。你的程序应该从标准输入读取数据，并将结果输出到标准输出。",
    java: "请实现一个完整的 Java 程序，包含一个名为 Main 的公共类。你的类中应包含 public static void main(String[] args) 方法。你的程序应该从 System.in 读取输入，并将结果输出到 System.out。",
  },
};

// All of them answer JSON text, in which ids and labels stand as they came: numbers beyond 2^53 and `1.0` among them.

/** `POST /get_prompts`: of the rows that the request brings along; `offset` and `limit` are for stored ones. */
export function prompts({ dataset, config }: PromptsRequest, body: string): string {
  const type = datasetType(dataset, config);
  const rows = providedRows(dataset, config);
  const raw = rawElements(rawProvided(body)).map(rawMembers);
  return joinElements(rows.map((row, i) => promptOf(type, row, raw[i] ?? new Map(), config)));
}

/** `POST /get_prompt_by_id`: of the one row that the request brings along, whatever its id is. */
export function promptById({ dataset, config }: PromptByIdRequest, body: string): string {
  const type = datasetType(dataset, config);
  return promptOf(type, providedRow(dataset, config), rawMembers(rawProvided(body)), config);
}

/** `POST /list_ids`. */
export function ids({ dataset, config }: PromptsRequest, body: string): string {
  datasetType(dataset, config);
  const rows = providedRows(dataset, config);
  const raw = rawElements(rawProvided(body)).map(rawMembers);
  return joinElements(rows.map((row, i) => rawId(row, raw[i] ?? new Map())));
}

type RawRow = ReadonlyMap<string, string>;

function rawProvided(body: string): string {
  return rawMembers(rawMembers(body).get("config") ?? "{}").get("provided_data") ?? "[]";
}

function promptOf(type: DatasetType, row: Row, raw: RawRow, config: TestConfig): string {
  const labels = column(row, "labels");
  const prompt = type === "CommonOJDataset" ? ojPrompt(row, config) : autoEvalPrompt(row, labels, config);
  const rawLabels = raw.get("labels") ?? "null";
  return joinMembers([
    ["id", rawId(row, raw)],
    ["prompt", JSON.stringify(prompt)],
    ["labels", typeof row["labels"] === "string" ? (JSON.parse(rawLabels) as string) : rawLabels],
  ]);
}

function rawId({ id }: Row, raw: RawRow): string {
  if (typeof id === "string" || typeof id === "number") return raw.get("id") ?? "null";
  throw badValue(["body", "config", "provided_data", "id"], "expected an integer or a text", id ?? null);
}

function ojPrompt(row: Row, { language, locale }: TestConfig): string {
  const endings = OJ_ENDINGS[locale === "zh" ? "zh" : "en"] ?? {};
  const ending = (language !== null && Object.hasOwn(endings, language) ? endings[language] : endings["default"]) ?? "";
  return `${textColumn(row, "content")}\n\n${ending.replace("{language}", language ?? "None")}`;
}

function autoEvalPrompt(row: Row, labels: unknown, { extra, locale, is_fewshot }: TestConfig): string {
  const question = textColumn(row, "content");
  const given = (name: string): string => {
    const value = Object.hasOwn(extra, name) ? extra[name] : isJsonObject(labels) ? labels[name] : undefined;
    if (value === undefined || value === null) return "";
    if (typeof value === "string") return value;
    throw badValue(["body", "config", "extra", name], "not a text", value);
  };
  const context = given("context");
  const fewshot = is_fewshot === true ? given("fewshot") : "";
  if (is_fewshot === true && fewshot === "") throw new Refusal(400, `Missing fewshot for id ${String(row["id"])}`);
  const template = given("prompt_template");
  if (template !== "") return substitute(template, { question, fewshot, context, locale: locale ?? "None" });
  if (context === "" && fewshot === "") return question;
  const [ask, answer] = locale === "zh" ? ["问题：", "答案："] : ["Question:", "Answer:"];
  const parts = [context, ...(context && fewshot ? ["----------------"] : []), fewshot].filter((part) => part !== "");
  return `${parts.join("\n\n")}\n\n${ask}${question}\n\n${answer}\n`;
}

/** Python's `Template.safe_substitute`: `$name` and `${name}`; `$$` is one `$`, and unknown names stay. */
function substitute(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(
    /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g,
    (whole, plain?: string, braced?: string) => {
      if (whole === "$$") return "$";
      const name = plain ?? braced ?? "";
      return Object.hasOwn(values, name) ? (values[name] ?? "") : whole;
    },
  );
}
