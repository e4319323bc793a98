import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly schema?: Schema;
  readonly name?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const file = new URL('../../apps/gateway/openapi.golden.json', import.meta.url);
const api = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as Description;

/** Places without a limit of their own, and what limits them instead. */
const limitedElsewhere: Readonly<Record<string, string>> = {
  'getPolicyTemplate.template': 'the request line has at most 16 KiB, and no event has it',
  'issueToken.client_assertion': 'the form has at most 16 KiB, and no event has it',
  'issueToken.client_id': 'the form has at most 16 KiB, and an event has it only if an account has it',
};

const resolve = (schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema;
  const [, , group = '', name = ''] = schema.$ref.split('/');
  return resolve(api.components[group]?.[name] ?? expect.unreachable(schema.$ref));
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
  const schema = resolve(given);
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

const unlimited = Object.values(api.paths)
  .flatMap((operations) => Object.values(operations))
  .filter(({ operationId }) => operationId !== undefined)
  .flatMap(({ operationId = '', parameters = [], requestBody }) => [
    ...parameters
      .map(resolve)
      .flatMap(({ name = '', schema = {} }) =>
        name.includes('-') ? [] : unlimitedIn(schema, `${operationId}.${name}`),
      ),
    ...Object.values(requestBody === undefined ? {} : (resolve(requestBody).content ?? {})).flatMap(({ schema }) =>
      unlimitedIn(schema, operationId),
    ),
  ]);

// What a caller sends can reach an event, and an event that is too large cannot be sealed.
it('every list and every text that a caller may send has a limit', () => {
  expect([...new Set(unlimited)].toSorted()).toEqual(Object.keys(limitedElsewhere).toSorted());
});
