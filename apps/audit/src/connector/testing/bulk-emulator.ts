import type { Received, Reply } from './https-receiver.js';

const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' },
  body: JSON.stringify(body),
});

export const bulkError = (status: number, type: string): Reply =>
  json(status, { error: { type, reason: type }, status });

/** The items of a `_bulk` answer. */
export const bulkReply = (...items: readonly object[]): Reply =>
  json(200, { took: 1, errors: true, items: items.map((create) => ({ create })) });

export const failed = (status: number, type: string): object => ({ status, error: { type, reason: 'words' } });

/** `_bulk` of Elasticsearch, by the vendor's description: API keys, action lines, ids that are taken once. */
export class BulkEmulator {
  apiKey = 'VnVhQ2ZHY0JDZGJrU';
  private readonly documents = new Map<string, Record<string, unknown>>();

  readonly handle = ({ headers, url, body, method }: Received): Reply => {
    if (headers['authorization'] !== `ApiKey ${this.apiKey}`) return bulkError(401, 'security_exception');
    if (method !== 'POST' && method !== 'PUT') return bulkError(405, 'method_not_allowed');
    if (!/^\/logs-[a-z0-9.-]+\/_bulk$/.test(url.pathname)) return bulkError(404, 'index_not_found_exception');
    if (headers['content-type'] !== 'application/x-ndjson') return bulkError(406, 'media_type_header_exception');
    const text = body.toString();
    if (!text.endsWith('\n')) return bulkError(400, 'illegal_argument_exception');
    const lines = text.slice(0, -1).split('\n');
    if (lines.length % 2 !== 0) return bulkError(400, 'illegal_argument_exception');
    const items: object[] = [];
    for (let at = 0; at < lines.length; at += 2) items.push(this.create(lines[at] ?? '', lines[at + 1] ?? ''));
    return bulkReply(...items);
  };

  readonly events = (): string[] => [...this.documents.keys()];

  readonly expire = (): void => {
    this.apiKey = 'another';
  };

  private create(action: string, document: string): object {
    const { create } = JSON.parse(action) as { create?: { _id: string } };
    if (create === undefined) return failed(400, 'illegal_argument_exception');
    if (this.documents.has(create._id)) return failed(409, 'version_conflict_engine_exception');
    const source = JSON.parse(document) as Record<string, unknown>;
    if (typeof source['@timestamp'] !== 'string') return failed(400, 'document_parsing_exception');
    this.documents.set(create._id, source);
    return { status: 201, _id: create._id };
  }
}
