import { expect, it } from 'vitest';
import { impossible } from './impossible.js';
import { injections } from './inject.js';
import { matrix } from './matrix.js';
import { type Fault, faults, type Part, parts } from './part.js';

const every = parts.flatMap((part) => faults.map((fault) => [part, fault] as const));
const inTable = (part: Part, fault: Fault) => matrix.filter((row) => row.part === part && row.fault === fault).length;

it.each(every)('the matrix says what happens when %s is %s, or why it cannot be', (part, fault) => {
  const said = impossible[part][fault];
  expect([inTable(part, fault), injections[part][fault] === undefined]).toEqual(
    said === undefined ? [1, false] : [0, true],
  );
});

/** Parts of the long form only: the two that are made of others, each of which the short form shows. */
const longOnly: readonly Part[] = ['workers', 'PostgreSQL'];

it('the short form shows every part that is not made of others, and every fault', () => {
  const short = matrix.filter((row) => row.short);
  expect(new Set(short.map(({ fault }) => fault))).toEqual(new Set(faults));
  expect(new Set(short.map(({ part }) => part))).toEqual(new Set(parts.filter((part) => !longOnly.includes(part))));
  expect(short.length).toBeGreaterThan(parts.length);
});
