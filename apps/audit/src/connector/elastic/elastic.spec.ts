import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeHttpConnector } from '../connector.conformance.js';
import { BulkEmulator, bulkError, bulkReply, failed } from '../testing/bulk-emulator.js';
import { sealedEventOf } from '../testing/sealed-event.fixture.js';
import { ecsEvent } from './ecs-event.js';
import { openElastic } from './elastic.connector.js';

const { apiKey } = new BulkEmulator();
const created = { status: 201 };
const items = (...results: string[]) => ({
  result: 'items' as const,
  items: results.map((result) => ({ result })) as never,
});

describeHttpConnector('Elasticsearch', {
  emulate: () => new BulkEmulator(),
  open: ({ url, tls, ...connecting }) =>
    openElastic({
      admit: () => undefined,
      now: () => Date.now(),
      settings: {
        kind: 'elastic',
        url,
        apiKey: 'key',
        dataStream: 'logs-ankasecure.audit-default',
        requireDataStream: true,
        tls,
      },
      ...connecting,
    }),
  secrets: { key: apiKey },
  answers: [
    [
      '201 and a repeated document',
      bulkReply(created, failed(409, 'version_conflict_engine_exception')),
      items('delivered', 'delivered'),
    ],
    ['201 and 429', bulkReply(created, failed(429, 'circuit_breaking_exception')), items('delivered', 'retry')],
    ['503 and 201', bulkReply(failed(503, 'unavailable_shards_exception'), created), items('retry', 'delivered')],
    [
      '201 and a document that has no place',
      bulkReply(created, failed(400, 'document_parsing_exception')),
      items('delivered', 'poison'),
    ],
    ['a closed index', bulkReply(failed(400, 'index_closed_exception'), created), items('pause', 'delivered')],
    [
      'an index that is blocked',
      bulkReply(failed(403, 'cluster_block_exception'), created),
      items('pause', 'delivered'),
    ],
    ['a missing right', bulkReply(failed(403, 'security_exception'), created), items('pause', 'delivered')],
    ['a missing template', bulkReply(failed(404, 'index_not_found_exception'), created), items('pause', 'delivered')],
    [
      'a document in the failure store',
      bulkReply(created, { status: 201, failure_store: 'used' }),
      items('delivered', 'poison'),
    ],
    ['one item too few', bulkReply(created), { result: 'retry' }],
    ['one item too many', bulkReply(created, created, created), { result: 'retry' }],
    [
      'other actions',
      { status: 200, body: '{"items":[{"index":{"status":201}},{"index":{"status":201}}]}' },
      { result: 'retry' },
    ],
    ['a busy cluster', bulkError(429, 'circuit_breaking_exception'), { result: 'retry' }],
    ['a body that is no bulk', bulkError(400, 'illegal_argument_exception'), { result: 'pause' }],
    ['a media type', bulkError(406, 'media_type_header_exception'), { result: 'pause' }],
  ],
});

describe('an event in the Elastic Common Schema', () => {
  /** The types that the schema allows beside each category. */
  const allowed: Readonly<Record<string, readonly string[]>> = {
    api: ['access', 'admin', 'allowed', 'change', 'creation', 'deletion', 'denied', 'end', 'info', 'start', 'user'],
    configuration: ['access', 'change', 'creation', 'deletion', 'info'],
    iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
  };

  it.each([
    ['sign', 'api', 'access'],
    ['dry-run.sign', 'api', 'access'],
    ['key.create', 'configuration', 'creation'],
    ['key.delete', 'configuration', 'deletion'],
    ['policy.put', 'configuration', 'change'],
    ['issuer.create', 'iam', 'creation'],
    ['access', 'iam', 'info'],
    ['anything.new', 'configuration', 'change'],
  ])('of %s is of %s and %s', (operation, category, type) => {
    const { event } = ecsEvent(sealedEventOf(1, { operation })) as { event: Record<string, unknown> };
    expect([event['category'], event['type']]).toEqual([[category], [type]]);
    expect(allowed[category]).toContain(type);
  });

  it('has every field of the event', () => {
    const event = sealedEventOf(7, { failureCode: 'key-state', outcome: 'failure' });
    const text = JSON.stringify(ecsEvent(event));
    for (const value of Object.values(event)) expect(text).toContain(JSON.stringify(value));
  });
});

describe('the index template', () => {
  interface Mapping {
    readonly properties?: Readonly<Record<string, Mapping>>;
    readonly type?: string;
  }
  const file = new URL('../../../../../deploy/siem/elastic/index-template.json', import.meta.url);
  const { index_patterns: patterns, template } = JSON.parse(readFileSync(file, 'utf8')) as {
    index_patterns: readonly string[];
    template: { mappings: Mapping };
  };
  /** The paths of the fields of a document. An object below a field that has a type belongs to that field. */
  const pathsOf = (document: object, mapping: Mapping | undefined, at = ''): string[] =>
    Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
      const own = mapping?.properties?.[name];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject && own?.type === undefined) return pathsOf(value, own, `${at}${name}.`);
      return own?.type === undefined ? [`${at}${name} has no mapping`] : [];
    });

  it('maps every field of a document, and covers the data stream', () => {
    const document = ecsEvent(sealedEventOf(1, { failureCode: 'key-state' }));
    expect(pathsOf(document, template.mappings)).toEqual([]);
    expect(patterns).toEqual(['logs-ankasecure.audit-*']);
  });
});
