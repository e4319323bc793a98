/** The median of repetitions, with the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of an even number of values, the median is the mean of the two in the middle. All are NaN if there are no values. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const { length } = sorted;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return {
    median: (at(Math.floor((length - 1) / 2)) + at(Math.ceil((length - 1) / 2))) / 2,
    least: at(0),
    most: at(length - 1),
  };
};
