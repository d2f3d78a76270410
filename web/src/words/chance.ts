// A probability in words, as clusterer/project/search.py has them.
import { words } from ".";

export const LEAST = [0.95, 0.75, 0.4] as const;
/** Whether somebody is listed only because nobody is more similar. */
export const isNearMiss = (probability: number): boolean => probability < LEAST[2];

export const inChance = (probability: number): string => {
  const t = words();
  if (probability >= LEAST[0]) return t.projectAlmostCertainly;
  if (probability >= LEAST[1]) return t.projectProbably;
  return isNearMiss(probability) ? t.projectProbablyNot : t.projectPerhaps;
};
