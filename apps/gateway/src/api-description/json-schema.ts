import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The parts of zod's output that are too strict: date patterns, and answers that can never gain a member. */
const tidy =
  (io: 'input' | 'output') =>
  ({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void => {
    if (jsonSchema['format'] === 'date-time') delete jsonSchema['pattern'];
    if (io === 'output' && jsonSchema['additionalProperties'] === false) delete jsonSchema['additionalProperties'];
    if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
    if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  };

const relocate = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(relocate);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/$defs/', '#/components/schemas/')
        : relocate(value),
    ]),
  );
};

interface Converted {
  readonly schema: JsonSchema;
  /** The schemas with an id. */
  readonly named: Readonly<Record<string, JsonSchema>>;
}

const convert = (schema: z.ZodType, io: 'input' | 'output'): Converted => {
  const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io, override: tidy(io) });
  const definitions = Object.entries($defs).map(([id, definition]) => {
    const { id: __, ...named } = relocate(definition) as Record<string, unknown>;
    return [id, named] as const;
  });
  return { schema: relocate(root) as JsonSchema, named: Object.fromEntries(definitions) };
};

/** What zod made of a schema, which takes long and is the same every time. */
const converted = { input: new WeakMap<z.ZodType, Converted>(), output: new WeakMap<z.ZodType, Converted>() };

/** The schemas of an API description. A schema with an id is collected and referred to; others are written in place. */
export class SchemaCollection {
  readonly schemas: Record<string, unknown> = {};

  /** @throws Error when one id names two schemas */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const known = converted[io].get(schema) ?? convert(schema, io);
    converted[io].set(schema, known);
    for (const [id, named] of Object.entries(known.named)) {
      if (id in this.schemas && JSON.stringify(this.schemas[id]) !== JSON.stringify(named))
        throw new Error(`the schema ${id} has two meanings`);
      this.schemas[id] = named;
    }
    return known.schema;
  }
}
