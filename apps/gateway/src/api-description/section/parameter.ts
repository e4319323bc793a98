import { type Html, html, prose } from './html.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The parts of an API description that its operations refer to. */
export interface Components {
  readonly components: { readonly schemas: object; readonly parameters: object };
}

/** Something that a request takes, as the page shows it: a header, a part of the address, or a member of the body. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: string | number;
  readonly schema: JsonSchema;
}

/** Objects in objects are shown to this depth: a policy's own members and theirs. */
const deepest = 2;

const named = (description: Components, kind: 'schemas' | 'parameters', ref: unknown): JsonSchema => {
  const name = String(ref).split('/').at(-1) as string;
  return ((description.components[kind] as Record<string, unknown>)[name] ?? {}) as JsonSchema;
};

/** The schema that a reference names, with what is said beside the reference. */
const resolved = (description: Components, { $ref, ...own }: JsonSchema): JsonSchema =>
  $ref === undefined ? own : { ...resolved(description, named(description, 'schemas', $ref)), ...own };

const listOf = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? (value as JsonSchema[]) : []);

/** The ways in which a value can be written; the schema itself if there is one way. */
const waysOf = (description: Components, schema: JsonSchema): readonly JsonSchema[] => {
  const ways = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].map((way) => resolved(description, way));
  return ways.length === 0 || schema['properties'] !== undefined ? [schema] : ways;
};

/** The members of an object, and of the objects in it, by their paths: `claims`, `claims.tenant`, `grants[].kind`. */
const membersOf = (description: Components, object: JsonSchema, before = '', depth = 0): readonly Parameter[] => {
  const { required = [] } = object as { required?: readonly string[] };
  return Object.entries((object['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(([member, unresolved]) => {
    const schema = resolved(description, unresolved);
    const name = `${before}${member}`;
    const own = { name, in: 'body', required: required.includes(member), schema };
    if (depth + 1 >= deepest) return [own];
    const inside = waysOf(description, schema).flatMap((way) => [
      ...membersOf(description, way, `${name}.`, depth + 1),
      ...membersOf(description, resolved(description, (way['items'] ?? {}) as JsonSchema), `${name}[].`, depth + 1),
    ]);
    return [own, ...new Map(inside.map((parameter) => [parameter.name, parameter])).values()];
  });
};

/** The members of a body. For a body that can be a batch, the members of one item. */
export const bodyMembers = (description: Components, body: JsonSchema): readonly Parameter[] => {
  const [first] = waysOf(description, resolved(description, body));
  return membersOf(description, first ?? {});
};

/** The parameters of an operation in the description, with those that it refers to. */
export const parametersOf = (
  description: Components,
  parameters: readonly object[] | undefined,
): readonly Parameter[] =>
  (parameters ?? []).map((parameter) =>
    '$ref' in parameter
      ? (named(description, 'parameters', parameter.$ref) as unknown as Parameter)
      : (parameter as Parameter),
  );

/** The values that a schema allows, in a few words: `string`, `sign | encrypt`, `string | null`. */
const valuesOf = (description: Components, schema: JsonSchema): string => {
  const [one, ...more] = waysOf(description, schema);
  if (one !== undefined && more.length > 0)
    return [...new Set([one, ...more].map((way) => valuesOf(description, way)))].join(' | ');
  if ('const' in schema) return String(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  const items = schema['items'] as JsonSchema | undefined;
  if (items !== undefined) return `array of ${valuesOf(description, resolved(description, items))}`;
  return typeof schema['type'] === 'string' ? schema['type'] : 'any';
};

/** The row of a parameter: what it is for, which values it takes and which one counts if it is left out. */
export const parameterRow = (description: Components, parameter: Parameter): Html => {
  const { name, in: place, required, schema } = parameter;
  const about = parameter.description ?? (schema['description'] as string | undefined);
  const fallback = schema['default'] === undefined ? '' : ` (default ${JSON.stringify(schema['default'])})`;
  const values = `${valuesOf(description, schema)}${fallback}`;
  const shown = about === undefined ? prose(values) : [prose(about), html`<p class="values">${values}</p>`];
  return html`<tr><td><code>${name}</code></td><td>${place}${required ? ', required' : ''}</td><td>${shown}</td></tr>`;
};
