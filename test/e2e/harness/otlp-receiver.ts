import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Service, services } from '@ankasecure/contracts';
import type { ServiceOptions } from '@ankasecure/local';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds of the sender's clock since 1970, in decimal. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** The attributes of the process that sent it. */
  readonly resource: Attributes;
}
type Attributes = Readonly<Record<string, unknown>>;

/** An attribute as OTLP writes it in JSON: its value is the only member of `value`, under the name of its type. */
interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type SentSpan = Omit<Span, 'attributes' | 'links' | 'resource'> & {
  readonly attributes?: readonly Attribute[];
  readonly links?: Span['links'];
};
interface Export {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly SentSpan[] }[];
  }[];
}

/** The kinds of spans, as OTLP numbers them. */
export const spanKind = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** Receives what services export over OTLP/HTTP as JSON. */
export interface OtlpReceiver {
  /** The environment that makes services export to this receiver without delay. */
  readonly services: Partial<Record<Service, ServiceOptions>>;
  readonly spans: readonly Span[];
  /** Everything received, unchanged. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

const attributesOf = (sent: readonly Attribute[] = []): Attributes =>
  Object.fromEntries(sent.map(({ key, value }) => [key, Object.values(value)[0]]));

const spansOf = (body: Export): Span[] =>
  (body.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const sender = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ attributes, links = [], ...span }) => ({
        ...span,
        attributes: attributesOf(attributes),
        links,
        resource: sender,
      })),
    );
  });

const optionsOf = (endpoint: string): ServiceOptions => ({
  nodeFlags: ['--import', '@ankasecure/service-kit/otel'],
  environment: {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_LOGS_EXPORTER: 'otlp',
  },
});

export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: Span[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      bodies.push(body);
      if (request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(body) as Export));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    services: Object.fromEntries(services.map((service) => [service, optionsOf(endpoint)])),
    spans,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
