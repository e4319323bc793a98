/** The parts of an OpenAPI 3.1 description that define what a caller may send. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An operation and every text that a caller may send: `path.id`, `query.cursor`, `header.Idempotency-Key`, `body.keyId`. */
export interface Surface {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly places: readonly string[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

const resolve = <Value extends { readonly $ref?: string }>(api: ApiDescription, value: Value): Value => {
  if (value.$ref === undefined) return value;
  const [, , group = '', name = ''] = value.$ref.split('/');
  const found = api.components[group]?.[name];
  if (found === undefined) throw new Error(`${value.$ref} is not described`);
  return resolve(api, found as Value);
};

/** Selects free texts. An enum, a number or a boolean cannot name a resource. */
const isText = ({ type, enum: values, const: only }: Schema): boolean =>
  values === undefined && only === undefined && [type].flat().includes('string');

const textsOf = (api: ApiDescription, schema: Schema, at: string): readonly string[] => {
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [], ...own } = resolve(api, schema);
  return [
    ...(isText(own) ? [at] : []),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      textsOf(api, inner, name === 'items' ? at : `${at}.${name}`),
    ),
    ...(items === undefined ? [] : textsOf(api, items, at)),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((inner) => textsOf(api, inner, at)),
  ];
};

const placesOf = (api: ApiDescription, { parameters = [], requestBody = {} }: Operation): readonly string[] => {
  const named = parameters.map((parameter) => resolve(api, parameter));
  const bodies = Object.values(resolve(api, requestBody as Content & { $ref?: string }).content ?? {});
  return [
    ...named.flatMap(({ name, in: where, schema }) => textsOf(api, schema, `${where}.${name}`)),
    ...bodies.flatMap(({ schema }) => textsOf(api, schema, 'body')),
  ];
};

export const surfacesOf = (api: ApiDescription): readonly Surface[] =>
  Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({
        operationId: operation.operationId,
        method: method.toUpperCase(),
        path,
        places: [...new Set(placesOf(api, operation))].toSorted(),
      })),
  );
