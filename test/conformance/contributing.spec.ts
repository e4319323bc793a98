import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { algorithms } from '@ankasecure/algorithm';
import { contracts } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { pathsOf, patternOf, readPage, recipesOf } from './contributing.js';
import { filesBelow } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readPage(root);
const recipes = recipesOf(text);
const tests = /\.(spec|conformance|fixture)\.ts$|\/testing\/|^test\/|\/bench\//;
const files = ['apps', 'libs', 'deploy'].flatMap((folder) => filesBelow(join(root, folder)));
const paths = files.map((path) => path.slice(root.length));

const recipe = (title: string) => {
  const found = recipes.find((one) => one.title === title);
  if (found === undefined) throw new Error(`CONTRIBUTING has no section "### ${title}"`);
  return found;
};

/** Shipped sources in which a word stands. */
const naming = (word: RegExp): readonly string[] =>
  paths.filter(
    (path) =>
      /\.(ts|yml)$/.test(path) && !tests.test(path) && word.test(readFileSync(join(root, path), 'utf8')),
  );

it('names files that are there', () => {
  const named = pathsOf(text);
  expect(named.length).toBeGreaterThan(30);
  const all = [...paths, ...['test', '.config', '.ci', '.github'].flatMap((folder) => filesBelow(join(root, folder)).map((path) => path.slice(root.length)))];
  const missing = named.filter((path) => {
    const pattern = patternOf(path.replace(/\/$/, ''));
    return !all.some((file) => pattern.test(file) || pattern.test(file.split('/').slice(0, path.split('/').length).join('/').replace(/\/$/, '')));
  });
  expect(missing).toEqual([]);
});
