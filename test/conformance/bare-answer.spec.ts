import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bareAnswers } from './bare-answer.js';
import { readWorkspace } from './workspace.js';

/** Calls whose answer is not a record that was compared with the question: a number, a yes or no, or rows of SQL. */
const calls =
  /\.(existsBy|exists|countBy|count|maximum|minimum|sum|average|increment|decrement|getCount|getExists|getRaw\w+|createQueryBuilder|query)(?:<[^(]*>)?\(/g;

/** How many rows a statement found to change. A row that is hidden from it is not "nothing to do". */
const effects = /\{ affected \}|\.affected\b/g;

const root = fileURLToPath(new URL('../..', import.meta.url));
const aside = /\.(spec|fixture)\.ts$|\/testing\/|\/migrations\//;
/** The services whose records are sealed, and what they share. The audit service has trails, which are proved. */
const asking = ['apps/crypto-worker', 'apps/gateway', 'apps/policy', 'libs/service-kit'];
const shipped = readWorkspace(root)
  .packages.filter(({ directory }) => asking.includes(directory))
  .flatMap(({ sources }) => sources.map(({ path }) => path))
  .filter((path) => path.endsWith('.ts') && !aside.test(path));

/** What a file asks, in the order of names. Calls of other things than databases have such names too. */
const askedIn = (path: string): readonly string[] => {
  const source = readFileSync(join(root, path), 'utf8');
  const counted = [...source.matchAll(effects)].map(() => 'affected');
  return [...counted, ...[...source.matchAll(calls)].map(([, name = '']) => name)].toSorted();
};

it('finds a reason for each answer of a database that no seal binds', () => {
  const found = shipped
    .map((path) => [path, askedIn(path)] as const)
    .filter(([, asked]) => asked.length > 0)
    .map(([path, asked]) => [path, asked.join(' ')] as const);
  const told = Object.entries(bareAnswers).map(([path, { asks }]) => [path, asks] as const);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(told));
});
