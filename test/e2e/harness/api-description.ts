import type { Method } from './client.js';

/** The parts of a JSON Schema that define and limit a value. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
interface Content {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
}

/** The parts of an OpenAPI 3.1 description that define what a caller may send. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An operation with what it refers to in its place. */
export interface DescribedOperation {
  readonly operationId: string;
  /** In upper case. */
  readonly method: Method;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The schema of the body in each media type. */
  readonly bodies: readonly Schema[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Follows a reference. @throws Error if it leads nowhere */
export const resolve = <Value extends { readonly $ref?: string }>(api: ApiDescription, value: Value): Value => {
  if (value.$ref === undefined) return value;
  const [, , group = '', name = ''] = value.$ref.split('/');
  const found = api.components[group]?.[name];
  if (found === undefined) throw new Error(`${value.$ref} is not described`);
  return resolve(api, found as Value);
};

export const operationsOf = (api: ApiDescription): readonly DescribedOperation[] =>
  Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, { operationId, parameters = [], requestBody = {} }]) => ({
        operationId,
        method: method.toUpperCase() as Method,
        path,
        parameters: parameters.map((parameter) => resolve(api, parameter)),
        bodies: Object.values(resolve(api, requestBody).content ?? {}).map(({ schema }) => schema),
      })),
  );
