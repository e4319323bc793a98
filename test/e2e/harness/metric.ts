/** One sample in Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export const parseMetrics = (text: string): Sample[] =>
  text.split('\n').flatMap((row) => {
    const match = line.exec(row);
    if (match === null) return [];
    const [, name = '', labels = '', value = ''] = match;
    const pairs = [...labels.matchAll(label)].map(([, key = '', content = '']) => [key, content] as const);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });

/** Reads the metrics of the service process at `url`. */
export const scrape = async (url: string): Promise<Sample[]> =>
  parseMetrics(await (await fetch(`${url}/metrics`)).text());

/** The sum of a metric's samples with these labels at the service process at `url`, or undefined if there is none. */
export const valueOf = async (
  url: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> => {
  const wanted = Object.entries(labels);
  const fitting = (await scrape(url)).filter(
    (one) => one.name === name && wanted.every(([key, text]) => one.labels[key] === text),
  );
  return fitting.length === 0 ? undefined : fitting.reduce((sum, { value }) => sum + value, 0);
};
