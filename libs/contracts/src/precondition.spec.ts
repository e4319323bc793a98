import { expect, it } from 'vitest';
import { type Preconditions, preconditionsHold } from './precondition.js';

it.each<[string, Preconditions, number | undefined, boolean]>([
  ['none', {}, 3, true],
  ['none, of nothing', {}, undefined, true],
  ['If-Match of the revision', { ifMatch: 3 }, 3, true],
  ['If-Match of another', { ifMatch: 2 }, 3, false],
  ['If-Match of nothing', { ifMatch: 3 }, undefined, false],
  ['If-Match of a list with it', { ifMatch: [1, 3] }, 3, true],
  ['If-Match of a list without it', { ifMatch: [1, 2] }, 3, false],
  ['If-Match of foreign tags', { ifMatch: [] }, 3, false],
  ['If-Match of any', { ifMatch: '*' }, 3, true],
  ['If-Match of any, of nothing', { ifMatch: '*' }, undefined, false],
  ['If-None-Match of any', { ifNoneMatch: '*' }, 3, false],
  ['If-None-Match of any, of nothing', { ifNoneMatch: '*' }, undefined, true],
  ['If-None-Match of the revision', { ifNoneMatch: 3 }, 3, false],
  ['If-None-Match of a list without it', { ifNoneMatch: [1, 2] }, 3, true],
  ['both, one of which fails', { ifMatch: '*', ifNoneMatch: 3 }, 3, false],
])('%s', (_, preconditions, current, holds) => expect(preconditionsHold(preconditions, current)).toBe(holds));
