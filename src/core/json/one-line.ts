/** Between the tokens of JSON a line break is a space; within them there is none. */
export function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, " ");
}
