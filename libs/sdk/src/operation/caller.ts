import { type ReadAnswer, readJson } from '../error/read-error.js';
import { operationTable } from '../generated/operation-table.js';
import { type TimeLimit, timeLimit } from '../transport/time-limit.js';
import type { Sending, Transport } from '../transport/transport.js';
import type { Answer, CallOptions } from './operation.js';
import type { OperationRow } from './operation-row.js';
import { rowOf } from './route.js';

/** A call of any operation. */
export interface AnyCall extends CallOptions {
  readonly path?: object;
  readonly query?: object;
  readonly body?: unknown;
  /** The ETag that the caller has; the answer is then 304 without a body if it is the present one. */
  readonly ifNoneMatch?: string;
}

const filled = (template: string, values: object = {}): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = (values as Readonly<Record<string, string | number | undefined>>)[name];
    if (value === undefined || value === '') throw new TypeError(`${template} needs ${name}.`);
    return encodeURIComponent(String(value));
  });

const queryOf = (values: object): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
};

const headersOf = (row: OperationRow, call: AnyCall): Record<string, string> => {
  const { correlationId, ifMatch, ifNoneMatch, idempotencyKey = row.keyed ? crypto.randomUUID() : undefined } = call;
  return {
    accept: 'application/json',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(correlationId !== undefined && { 'x-correlation-id': correlationId }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  };
};

/** A part after a point names what a date or a pending change shows beside the revision. */
const revisionOf = (headers: Headers): number | undefined => {
  const [, revision] = /^"(\d+)(\.|")/.exec(headers.get('etag') ?? '') ?? [];
  return revision === undefined ? undefined : Number(revision);
};

const answerOf = (answer: ReadAnswer): Answer<unknown> => {
  const { status, headers, text } = answer;
  return {
    status,
    headers,
    body: text === '' ? undefined : readJson(answer),
    correlationId: headers.get('x-correlation-id') ?? undefined,
    revision: revisionOf(headers),
  };
};

/** Makes requests of calls. */
export class Caller {
  constructor(
    private readonly transport: Transport,
    private readonly apiUrl: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws AnkaSecureError for every answer but 2xx and 304 */
  async send(row: OperationRow, call: AnyCall, parameters: object = {}): Promise<Answer<unknown>> {
    const { path, query, body, signal, timeoutMs } = call;
    const needsBody = row.method === 'POST' && body === undefined;
    const sent = needsBody ? {} : body;
    return this.limited(timeoutMs, signal, async (limit) =>
      answerOf(
        await this.transport.send(
          {
            url: `${this.apiUrl}${filled(row.path, path)}${queryOf({ ...query, ...parameters })}`,
            method: row.method,
            headers: headersOf(row, { ...call, body: sent }),
            ...(sent !== undefined && { body: JSON.stringify(sent) }),
            repetition: row.repetition,
            isPublic: row.public,
          },
          limit,
        ),
      ),
    );
  }

  /** Sends a request that openapi-fetch made. */
  async forward(request: Request): Promise<Response> {
    const path = request.url.slice(this.apiUrl.length).replace(/\?.*$/, '');
    const row = rowOf(request.method, path) ?? { ...operationTable.getPolicy, repetition: 'once' as const };
    const headers = Object.fromEntries(request.headers);
    if (row.keyed) headers['idempotency-key'] ??= crypto.randomUUID();
    const body = request.body === null ? undefined : await request.text();
    const { url, method, signal } = request;
    const { repetition, public: isPublic } = row;
    const sending: Sending = { url, method, headers, repetition, isPublic, ...(body !== undefined && { body }) };
    const answer = await this.limited(undefined, signal, (limit) => this.transport.send(sending, limit));
    const shown = answer.text === '' ? null : answer.text;
    return new Response(shown, { status: answer.status, headers: answer.headers });
  }

  private async limited<Result>(
    timeoutMs: number | undefined,
    signal: AbortSignal | undefined,
    work: (limit: TimeLimit) => Promise<Result>,
  ): Promise<Result> {
    const limit = timeLimit(timeoutMs ?? this.timeoutMs, signal);
    try {
      return await work(limit);
    } finally {
      limit.end();
    }
  }
}
