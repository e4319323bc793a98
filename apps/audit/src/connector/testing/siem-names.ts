import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { families, isErrorCode, outcomes } from '@ankasecure/contracts';
import { cefOf } from '../arcsight/cef.js';
import type { DeliveredEvent } from '../connector.js';
import { ecsEvent } from '../elastic/ecs-event.js';
import { hecEvent } from '../splunk/hec-event.js';
import { type Column, kustoFaults } from './kusto.js';
import { sealedEventOf } from './sealed-event.fixture.js';
import { type Query, readSiem, splunkFile, stanzasOf } from './siem-content.js';

/** An event in which nothing is absent. */
export const fullEvent: DeliveredEvent = {
  ...sealedEventOf(7, { outcome: 'failure', failureCode: 'key-state', details: { count: '2' } }),
  repeat: true,
};

/** The paths of a document's values. Details are one value, and their members are named by events. */
const pathsOf = (document: object, at = ''): string[] =>
  Object.entries(document).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'details'
      ? pathsOf(value, `${at}${name}.`)
      : [`${at}${name}`],
  );

interface Delivered {
  readonly event: object;
  readonly fields: object;
}
const delivered = JSON.parse(hecEvent(fullEvent, { sourcetype: 'x', host: 'x' }).toString()) as Delivered;
const calculated = [...(stanzasOf(splunkFile('props.conf')).get('ankasecure:audit') ?? [])].filter(([name]) =>
  name.startsWith('EVAL-'),
);

/** The members of the event that props.conf reads for Splunk, which do not exist there. */
export const unreadable = (settings: readonly (readonly [string, string])[] = calculated): string[] =>
  settings
    .flatMap(([, value]) => [...value.matchAll(/spath\(_raw, "(\w+)(?:\.\w+)?"\)/g)].map(([, path = '']) => path))
    .filter((path) => !Object.hasOwn(delivered.event, path));

/** The fields of an event as Splunk knows it. */
const splunkFields: readonly string[] = [
  ...Object.keys(delivered.fields),
  ...calculated.map(([name]) => name.replace('EVAL-', '')),
  '_time',
  '_indextime',
];
export const elasticFields: readonly string[] = pathsOf(ecsEvent(fullEvent));
export const cefKeys: readonly string[] = [...cefOf(fullEvent).matchAll(/[| ](\w+)=/g)].map(([, key = '']) => key);
/** Rows of key, label and the field of ESM. */
export const mapping: readonly (readonly string[])[] = readSiem('arcsight/fields.csv')
  .trim()
  .split('\n')
  .map((line) => line.split(',', 3));
export const sentinelTable: readonly [string, readonly Column[]] = (() => {
  const { resources } = JSON.parse(readSiem('sentinel/azuredeploy.json')) as {
    resources: readonly { properties: { schema: { name: string; columns: readonly Column[] } } }[];
  };
  const schema = resources[0]?.properties.schema;
  if (schema === undefined) throw new Error('the template has no table');
  return [schema.name, schema.columns];
})();

/** The words of the languages that the content uses. What else is a name is that of a field. */
const words: Readonly<Record<'spl' | 'esql', readonly string[]>> = {
  spl: `tstats count min max values dc WHERE BY AS eval tonumber if null relative_time now eventstats where stats AND OR IN dedup
    table sum sort streamstats current f last convert ctime xyseries span 1h _index_earliest`.split(/\s+/),
  esql: 'FROM WHERE NOW AND STATS COUNT MIN MAX BY EVAL KEEP hours minutes'.split(' '),
};

/** Text without its strings, its macros and its options. */
const bare = (text: string): string => text.replaceAll(/"[^"]*"|`[^`]*`|logs-\S+|_index_earliest=\S+/g, ' ');

const otherNames = (text: string, known: readonly string[], own: RegExp): string[] => {
  const made = [...text.matchAll(own)].map(([, name = '']) => name);
  const used = bare(text).match(/(?<![\w.-])[A-Za-z_][\w.]*/g) ?? [];
  return used.filter((name) => ![...known, ...made].includes(name));
};

/** The values that a search compares a field with, without quotes and wildcards. */
const comparedWith = (text: string, fields: string): string[] =>
  [
    ...text.matchAll(
      new RegExp(
        `(?<![\\w.])(?:${fields})\\s*(?:==?|!=|:|startswith|in|IN)\\s*\\(?("?[a-z][a-z.-]*["*]*(?:(?:, | or )"[a-z.-]+")*)(?![\\w(])`,
        'g',
      ),
    ),
  ].flatMap(([, list = '']) => (list.match(/[a-z][a-z.-]+/g) ?? []).filter((value) => value !== 'or'));

const faultsOf: Readonly<Record<Query['language'], (text: string) => string[]>> = {
  spl: (text) =>
    otherNames(
      text.replaceAll(/(?<=(?:operation|outcome)!?=)[a-z]+/g, ''),
      [...words.spl, ...splunkFields],
      /(?:AS |eval |previous\) AS )(\w+)/g,
    ),
  esql: (text) => otherNames(text, [...words.esql, ...elasticFields], /(\w+) = /g),
  kuery: (text) =>
    [...text.matchAll(/([\w.]+) :/g)].map(([, name = '']) => name).filter((name) => !elasticFields.includes(name)),
  kusto: (text) => kustoFaults(text, sentinelTable),
  arcsight: (text) => {
    const names = [...text.matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, name = '']) => name);
    return names.filter((name) => !mapping.some(([, , field]) => field === name));
  },
};

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const sources = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (path) => /(\.spec|\.fixture)\.ts$|testing/.test(String(path)) }).map(
    (path) => readFileSync(`${root}/${path}`, 'utf8'),
  );

/** The operations of events: the names that the services' sources give them, and the changes of a key's state. */
export const operations: ReadonlySet<string> = (() => {
  const named = sources('{apps/*,libs/contracts,libs/service-kit}/src/**/*.ts').flatMap((text) =>
    text
      .split('\n')
      .filter((line) => /\boperations?\b|\bswitchOf\b/i.test(line))
      .flatMap((line) => [...line.matchAll(/'([a-z-]+(?:\.[a-z-]+)+)'/g)].map(([, name = '']) => name)),
  );
  const changes = sources('libs/contracts/src/lifecycle.ts').flatMap((text) =>
    [...text.matchAll(/= change\('([a-z-]+)'/g)].map(([, verb = '']) => `key.${verb}`),
  );
  const uses = families['crypto-worker'].filter((family) => ['sign', 'encrypt', 'decrypt', 'verify'].includes(family));
  return new Set([...named, ...changes, ...uses]);
})();

/** The code in prose, as comparisons: `field` in `"a"`, `"b"` and so on. */
const comparisonsIn = (prose: string): string =>
  [...prose.matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => (/^[a-z]+([A-Z]\w*)?$/.test(code) ? `\n${code} in ` : `${code}, `))
    .join('');

/** The names in a search that no event has: fields, operations, outcomes and failure codes. */
export const unknownNames = ({ language, text }: Query): string[] => {
  const compared = language === 'arcsight' ? comparisonsIn(text) : text;
  const isOutcome = (name: string): boolean => (outcomes as readonly string[]).includes(name);
  return [
    ...faultsOf[language](text),
    ...comparedWith(compared, 'operation|event\\.action|Operation|deviceAction').filter(
      (name) => !operations.has(name),
    ),
    ...comparedWith(compared, 'outcome|event\\.outcome|Outcome|eventOutcome').filter((name) => !isOutcome(name)),
    ...comparedWith(compared, 'failureCode|event\\.reason|FailureCode|reason').filter((name) => !isErrorCode(name)),
  ];
};
