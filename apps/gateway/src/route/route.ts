import type { Contract, ErrorCode, KeyRight } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { Role } from '../auth/role.js';

/** The base path of the public API. */
export const basePath = '/api/v1';

/** One operation of the API: the data to serve, authorise and describe it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path below the base path, in OpenAPI style: `/keys/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag:
    | 'Tenants'
    | 'Policy'
    | 'Keys'
    | 'Lifecycle'
    | 'Cryptography'
    | 'Approvals'
    | 'Identity'
    | 'Audit'
    | 'HSMs';
  readonly summary: string;
  readonly description?: string;
  /** The roles, one of which a principal needs. */
  readonly roles: readonly Role[];
  /** The right on the key that replaces a role; of several keys, the right on each. It is set if the operation concerns keys. */
  readonly right?: KeyRight | readonly KeyRight[];
  /** Set for a route without a token. It has a handler of its own. */
  readonly public?: true;
  /** The contract that the request becomes on the bus. */
  readonly contract: Contract;
  /**
   * The source of the contract's request: the body's bytes unchanged, with the path's parameters inserted if there are any, or
   * path and query parameters.
   */
  readonly takes: 'body' | 'parameters';
  /** The schema of the body, if the path supplies a part of the contract's request. */
  readonly body?: z.ZodType;
  readonly status: 200 | 201;
  /** Set if the route takes an Idempotency-Key and sends the id of the new resource. */
  readonly idempotent?: true;
  /** Set if the route requires, or accepts, If-Match with the resource's ETag. */
  readonly conditional?: true | 'optional';
  /** Set if the body can be a batch of items, each of which counts as an operation. */
  readonly batch?: true;
  /** Set if the reply is one resource, whose revision is its ETag. */
  readonly etag?: true;
  /** Set if the route takes `?dryRun=true`: it checks everything, answers with the result, and changes nothing. */
  readonly dryRun?: true;
  /** Set if the tenant’s policy can require two people. The request then waits, and the answer is 202. */
  readonly controlled?: true;
  /** Set if the route can turn the two-person rule on. The service then learns whether issuers can name the same people. */
  readonly tellsSharedIssuer?: true;
  /** Set if a platform administrator needs the route to repair restored databases: it is served while the platform's own records are refused. */
  readonly repairs?: true;
  /** Set for a decision on a waiting request. An approval carries it out on the tenant's partition. The route has a handler of its own. */
  readonly decides?: 'approve' | 'reject';
  /** Set if the answer can announce the end of the used algorithm: Deprecation and Sunset. */
  readonly notice?: true;
  /** The start of the new resource's Location. The id in the reply's head follows it. */
  readonly location?: string;
  /** The answer to an impossible `{id}`, which is the answer to an unknown one. */
  readonly unknownId?: ErrorCode;
  /** The time limit of the answer in milliseconds. */
  readonly withinMs: number;
  /** The errors of this operation, besides the errors of every operation. */
  readonly errors: readonly ErrorCode[];
  readonly example: { readonly request?: unknown; readonly reply: unknown };
}

/** The parameters of the path: `['id', 'version']` of `/keys/{id}/versions/{version}`. */
export const pathParametersOf = ({ path }: Pick<Route, 'path'>): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

/** The schema of the body that a caller sends. */
export const bodySchemaOf = (route: Route): z.ZodType => route.body ?? route.contract.request;

export const urlOf = (route: Route): string => `${basePath}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
