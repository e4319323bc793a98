import { expect, it } from 'vitest';
import { isOfApi } from './is-of-api.js';

it.each([
  ['/api/v1/keys', true],
  ['/hsm/api/v1/keys?a=b', true],
  ['/readyz', false],
  ['/metrics?from=/api/v1', false],
  [undefined, false],
])('%s: %s', (url, expected) => expect(isOfApi(url)).toBe(expected));
