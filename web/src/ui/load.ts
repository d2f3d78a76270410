/** What a drag carries: a person, or tracks. */
export interface Load {
  label?: number;
  tracks?: number[];
}
export const loadOf = (data: Record<string | symbol, unknown>): Load => data;
