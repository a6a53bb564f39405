/** A user's file as a model's answer: markdown with a fence is taken as it is, anything else is a Python program. */
export function answerFromFile(text: string): string {
  return text.includes("```") ? text : `\`\`\`python\n${text.trimEnd()}\n\`\`\``;
}
