import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type ApiDescription, operationsOf, resolve, type Schema } from '../e2e/harness/api-description.js';

const file = new URL('../../apps/gateway/openapi.golden.json', import.meta.url);
const api = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as ApiDescription;

/** Places without a limit of their own, and what limits them instead. */
const limitedElsewhere: Readonly<Record<string, string>> = {
  'getPolicyTemplate.template': 'the request line has at most 16 KiB, and no event has it',
  'issueToken.client_assertion': 'the form has at most 16 KiB, and no event has it',
  'issueToken.client_id': 'the form has at most 16 KiB, and an event has it only if an account has it',
};

/** Formats of a fixed length. */
const shortFormats: readonly (string | undefined)[] = ['uuid', 'date-time'];
/** A pattern without an unlimited repetition. */
const isFinite = (pattern: string | undefined): boolean =>
  pattern !== undefined && !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\[[^\]]*\]/g, ''));

const isUnlimited = ({ type, enum: values, const: only, format, pattern, maxLength, maxItems }: Schema): boolean => {
  const types = [type].flat();
  if (types.includes('array')) return maxItems === undefined;
  if (!types.includes('string') || values !== undefined || only !== undefined) return false;
  return maxLength === undefined && !shortFormats.includes(format) && !isFinite(pattern);
};

const unlimitedIn = (given: Schema, at: string, within: readonly Schema[] = []): readonly string[] => {
  const schema = resolve(api, given);
  if (within.includes(schema)) return [];
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = schema;
  const inside = [...within, schema];
  return [
    ...(isUnlimited(schema) ? [at] : []),
    ...Object.entries(properties).flatMap(([name, of]) => unlimitedIn(of, `${at}.${name}`, inside)),
    ...(typeof additionalProperties === 'object' ? unlimitedIn(additionalProperties, `${at}.*`, inside) : []),
    ...(items === undefined ? [] : unlimitedIn(items, at, inside)),
    ...[...anyOf, ...oneOf].flatMap((of) => unlimitedIn(of, at, inside)),
  ];
};

const unlimited = operationsOf(api).flatMap(({ operationId, parameters, bodies }) => [
  ...parameters.flatMap(({ name, schema }) =>
    name.includes('-') ? [] : unlimitedIn(schema, `${operationId}.${name}`),
  ),
  ...bodies.flatMap((schema) => unlimitedIn(schema, operationId)),
]);

// An event that is too large cannot be sealed, and what a caller sends can reach an event.
it('every list and every text that a caller may send has a limit', () => {
  expect([...new Set(unlimited)].toSorted()).toEqual(Object.keys(limitedElsewhere).toSorted());
});
