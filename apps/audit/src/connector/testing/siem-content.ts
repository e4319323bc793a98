import { readFileSync } from 'node:fs';
import { DOMParser } from '@xmldom/xmldom';

/** A search of the content for a SIEM. */
export interface Query {
  readonly name: string;
  readonly language: 'spl' | 'kusto' | 'esql' | 'kuery' | 'arcsight';
  readonly text: string;
}

export const readSiem = (path: string): string =>
  readFileSync(new URL(`../../../../../deploy/siem/${path}`, import.meta.url), 'utf8');

export const splunkFile = (path: string): string => readSiem(`splunk/ankasecure/default/${path}`);

export type Stanzas = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads a configuration file of Splunk: stanzas, settings, comments, and lines that a backslash continues.
 * @throws Error for every other line, and for a name that comes twice
 */
export const stanzasOf = (text: string): Stanzas => {
  const stanzas = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  const put = <Value>(map: Map<string, Value>, name: string, value: Value): Value => {
    if (map.has(name)) throw new Error(`${name} comes twice`);
    map.set(name, value);
    return value;
  };
  for (const line of text
    .replaceAll(/ *\\\n/g, '\n\0')
    .replaceAll('\n\0', '\0')
    .split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const stanza = /^\[(.*)\]$/.exec(line)?.[1];
    const [, name, value = ''] = /^([\w.-]+) = (.*)$/.exec(line) ?? [];
    if (stanza !== undefined) current = put(stanzas, stanza, new Map<string, string>());
    else if (name !== undefined && current !== undefined) put(current, name, value.replaceAll('\0', '\n'));
    else throw new Error(`not a setting: ${line}`);
  }
  return stanzas;
};

/** The searches of a dashboard in Simple XML. @throws Error if the text is not well-formed */
export const panelsOf = (xml: string): Query[] => {
  const fail = (level: string, message: string): never => {
    throw new Error(`${level}: ${message}`);
  };
  const { documentElement: form } = new DOMParser({ onError: fail }).parseFromString(xml, 'text/xml');
  if (form === null) throw new Error('no document');
  return [...form.getElementsByTagName('query')].map(({ textContent }) => {
    return { name: 'ankasecure.xml', language: 'spl', text: textContent ?? '' };
  });
};

/** One document a line, as Kibana imports them. */
export const linesOf = <Document>(path: string): Document[] => {
  const lines = readSiem(path).split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no line break');
  return lines.map((line) => JSON.parse(line) as Document);
};

export interface DetectionRule {
  readonly rule_id: string;
  readonly language: 'esql' | 'kuery';
  readonly query: string;
  readonly timestamp_override: string;
  readonly threshold?: { readonly field: readonly string[] };
}

export interface SavedObject {
  readonly type: string;
  readonly id: string;
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
  readonly attributes: {
    readonly columns?: readonly string[];
    readonly sort?: readonly (readonly [field: string, order: string])[];
    readonly timeFieldName?: string;
    readonly title: string;
    readonly panelsJSON?: string;
    readonly kibanaSavedObjectMeta?: { readonly searchSourceJSON: string };
  };
}

interface SearchSource {
  readonly query: { readonly query: string };
  readonly indexRefName?: string;
}

export const sourceOf = ({ attributes }: SavedObject): SearchSource =>
  JSON.parse(attributes.kibanaSavedObjectMeta?.searchSourceJSON ?? '{"query":{"query":""}}') as SearchSource;

interface AnalyticRule {
  readonly name: string;
  readonly properties: { readonly query: string };
}

/** Every search of the content, of every receiver. */
export const allQueries = (): Query[] => [
  ...[...stanzasOf(splunkFile('savedsearches.conf'))].map(
    ([name, settings]): Query => ({ name, language: 'spl', text: settings.get('search') ?? '' }),
  ),
  ...panelsOf(splunkFile('data/ui/views/ankasecure.xml')),
  ...linesOf<DetectionRule>('elastic/detection-rules.ndjson').map(
    ({ rule_id: name, language, query: text }): Query => ({ name, language, text }),
  ),
  ...linesOf<SavedObject>('elastic/saved-objects.ndjson').map(
    (saved): Query => ({ name: saved.id, language: 'kuery', text: sourceOf(saved).query.query }),
  ),
  ...(JSON.parse(readSiem('sentinel/analytic-rules.json')) as { resources: AnalyticRule[] }).resources.map(
    ({ name, properties }): Query => ({ name, language: 'kusto', text: properties.query }),
  ),
  ...readSiem('arcsight/rules.md')
    .split('\n## ')
    .slice(1)
    .map((text): Query => ({ name: text.split('\n', 1)[0] ?? '', language: 'arcsight', text })),
];
