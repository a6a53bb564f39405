export { rewardOf } from "./reward-of.ts";
export { DEFAULT_SCORING, needsEveryCase, Scoring, scoringProblem } from "./scoring.ts";
