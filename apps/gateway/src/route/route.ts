import type { Contract, ErrorCode, KeyRight } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { Role } from '../auth/role.js';

/** Where the whole public API lives. */
export const basePath = '/api/v1';

/** One operation of the API: everything that serving, authorising and describing it needs. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base path, OpenAPI style: `/keys/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: 'Tenants' | 'Policy' | 'Keys' | 'Lifecycle' | 'Cryptography' | 'Approvals' | 'Identity' | 'Audit';
  readonly summary: string;
  readonly description?: string;
  /** A principal needs one of these. */
  readonly roles: readonly Role[];
  /** What it does with the one key it is about: the right that lets a caller do it whose role does not suffice for every key. */
  readonly right?: KeyRight;
  /** Anybody may ask, without a token: it has a handler of its own. */
  readonly public?: true;
  /** What the request becomes on the bus. */
  readonly contract: Contract;
  /**
   * Where the contract's request comes from: the body's bytes as they stand (with the path's parameters among their members
   * where it has any), or path and query parameters.
   */
  readonly takes: 'body' | 'parameters';
  /** What the body is, where the path says a part of the contract's request. */
  readonly body?: z.ZodType;
  readonly status: 200 | 201;
  /** Takes an Idempotency-Key, and sends the id of what is to be made. */
  readonly idempotent?: true;
  /** Needs, or takes, If-Match with the resource's ETag. */
  readonly conditional?: true | 'optional';
  /** The reply is one resource, whose revision is its ETag. */
  readonly etag?: true;
  /** Takes `?dryRun=true`: everything is checked, the answer says what would happen, nothing is done. */
  readonly dryRun?: true;
  /** The tenant’s policy may want two people for it: what one asks for waits then, and the answer is 202. */
  readonly controlled?: true;
  /** Decides on what waits so, and where it approves has it done, wherever the tenant's keys are: it has a handler of its own. */
  readonly decides?: 'approve' | 'reject';
  /** The answer may say that what was used is on its way out: Deprecation and Sunset. */
  readonly notice?: true;
  /** The made resource's Location is this and the id of the reply's head. */
  readonly location?: string;
  /** The answer to an `{id}` that cannot be one: the same as to an unknown one. */
  readonly unknownId?: ErrorCode;
  /** How long the answer may take, in milliseconds. */
  readonly withinMs: number;
  /** What this operation can be refused with, besides what every operation can. */
  readonly errors: readonly ErrorCode[];
  readonly example: { readonly request?: unknown; readonly reply: unknown };
}

/** The names in the path: `['id', 'version']` of `/keys/{id}/versions/{version}`. */
export const pathParametersOf = ({ path }: Pick<Route, 'path'>): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

/** What a caller sends as the body of a route that takes one. */
export const bodySchemaOf = (route: Route): z.ZodType => route.body ?? route.contract.request;

export const urlOf = (route: Route): string => `${basePath}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
