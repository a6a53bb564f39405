import { pythonWords } from "sandlot";

/** Longer names first where one contains another. */
const STATES: ReadonlyMap<string, string> = new Map([
  ["district of columbia", "DC"],
  ["new hampshire", "NH"],
  ["new jersey", "NJ"],
  ["new mexico", "NM"],
  ["new york", "NY"],
  ["north carolina", "NC"],
  ["north dakota", "ND"],
  ["rhode island", "RI"],
  ["south carolina", "SC"],
  ["south dakota", "SD"],
  ["west virginia", "WV"],
  ["alabama", "AL"],
  ["alaska", "AK"],
  ["arizona", "AZ"],
  ["arkansas", "AR"],
  ["california", "CA"],
  ["colorado", "CO"],
  ["connecticut", "CT"],
  ["delaware", "DE"],
  ["florida", "FL"],
  ["georgia", "GA"],
  ["hawaii", "HI"],
  ["idaho", "ID"],
  ["illinois", "IL"],
  ["indiana", "IN"],
  ["iowa", "IA"],
  ["kansas", "KS"],
  ["kentucky", "KY"],
  ["louisiana", "LA"],
  ["maine", "ME"],
  ["maryland", "MD"],
  ["massachusetts", "MA"],
  ["michigan", "MI"],
  ["minnesota", "MN"],
  ["mississippi", "MS"],
  ["missouri", "MO"],
  ["montana", "MT"],
  ["nebraska", "NE"],
  ["nevada", "NV"],
  ["ohio", "OH"],
  ["oklahoma", "OK"],
  ["oregon", "OR"],
  ["pennsylvania", "PA"],
  ["tennessee", "TN"],
  ["texas", "TX"],
  ["utah", "UT"],
  ["vermont", "VT"],
  ["virginia", "VA"],
  ["washington", "WA"],
  ["wisconsin", "WI"],
  ["wyoming", "WY"],
]);

/** The words without what joins a list; the text itself where joints make up more than a tenth of it. */
export function listKey(text: string): string {
  const bare = text.replace(/[,;]/g, " ").replaceAll("and", " ").replaceAll("or", " ");
  // Code points, as Python counts them.
  if (Array.from(bare).length < 0.9 * Array.from(text).length) return text;
  return pythonWords(bare).join(" ");
}

/** With the states of the United States abbreviated. */
export function stateKey(text: string): string {
  let short = text;
  for (const [name, letters] of STATES) short = short.replaceAll(name, letters);
  return listKey(short).toLowerCase();
}
