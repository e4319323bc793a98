import { type ApiDescription, resolve, type Schema } from '../harness/api-description.js';

/** Values that the schema alone does not determine, by their place, such as `keys[].x`. `undefined` leaves the member out. */
export type Fixed = Readonly<Record<string, unknown>>;

/** Entries of a record, which its schema does not limit. */
const entries = 32;

/** The longest text of each pattern. The number makes it differ from others. */
const longestOf: Readonly<Record<string, (number: number) => string>> = {
  '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$': () => `s${crypto.randomUUID()}${crypto.randomUUID()}`.slice(0, 63),
  '^[A-Za-z0-9._-]{1,64}$': (number) => `${'n'.repeat(62)}${String(number).padStart(2, '0')}`,
  '^([A-Za-z0-9._-]{1,63}:)?$': () => `${crypto.randomUUID()}${'p'.repeat(27)}:`,
};

/** A text of the most characters. Quotes take twice the room in JSON. */
const textOf = (length: number, number: number): string =>
  `${'"'.repeat(Math.max(0, length - 4))}${1000 + number}`.slice(-length);

const dateFormat = 'date-time';
const latest = '9999-12-31T23:59:59.999999Z';

/** Fills every member of a value to its limit, as its schema states it. @throws Error for a schema without a limit */
export const fill = (api: ApiDescription, schema: Schema, fixed: Fixed = {}, at = '', number = 0): unknown => {
  if (Object.hasOwn(fixed, at)) return fixed[at];
  const one = resolve(api, schema);
  const inner = (of: Schema, place: string, index = number): unknown => fill(api, of, fixed, place, index);
  // Beside members, alternatives only say which of the members go together.
  const [choice] = one.properties === undefined ? (one.anyOf ?? one.oneOf ?? []) : [];
  if (choice !== undefined) return inner(choice, at);
  if (one.const !== undefined) return one.const;
  if (one.enum !== undefined) return one.enum.at(-1);
  switch ([one.type].flat()[0]) {
    case 'object':
      return one.properties === undefined ? recordOf(one, at, inner) : objectOf(one.properties, at, inner);
    case 'array':
      return listOf(api, one, at, inner);
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return one.maximum;
    default:
      return stringOf(one, at, number);
  }
};

type Inner = (of: Schema, place: string, index?: number) => unknown;

const below = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const objectOf = (properties: NonNullable<Schema['properties']>, at: string, inner: Inner): unknown =>
  Object.fromEntries(
    Object.entries(properties)
      .map(([name, of]) => [name, inner(of, below(at, name))] as const)
      .filter(([, value]) => value !== undefined),
  );

const recordOf = ({ propertyNames, additionalProperties }: Schema, at: string, inner: Inner): unknown => {
  if (propertyNames === undefined || typeof additionalProperties !== 'object') return {};
  return Object.fromEntries(
    Array.from({ length: entries }, (_, index) => [
      String(inner(propertyNames, `${at}{}`, index)),
      inner(additionalProperties, `${at}.*`, index),
    ]),
  );
};

const listOf = (api: ApiDescription, { items = {}, maxItems }: Schema, at: string, inner: Inner): unknown => {
  const values = resolve(api, items).enum;
  if (values !== undefined) return values;
  if (maxItems === undefined) throw new Error(`${at}: the list has no limit`);
  return Array.from({ length: maxItems }, (_, index) => inner(items, `${at}[]`, index));
};

const stringOf = ({ format, pattern, maxLength }: Schema, at: string, number: number): string => {
  if (format === dateFormat) return latest;
  if (pattern !== undefined && longestOf[pattern] !== undefined) return longestOf[pattern](number);
  if (maxLength === undefined) throw new Error(`${at}: the text has no limit`);
  return textOf(maxLength, number);
};
