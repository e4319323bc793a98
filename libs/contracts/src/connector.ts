import { z } from 'zod';
import { text } from './primitive.js';

/** The name of a file in the directory of the tenant's connector secrets. It has no separator, so it never leads out of it. */
const secretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits, dots, underscores and hyphens');

const isReceiver = (value: string): boolean => {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username + url.password === '' && url.hash === '';
};
const url = text(512)
  .refine(isReceiver, 'must be an https URL without user, password and fragment')
  .meta({ format: 'uri' });

/** The files of a TLS connection, in PEM. Without `authority`, the system's authorities are believed. */
const tls = z
  .strictObject({
    authority: secretName.optional(),
    certificate: secretName.optional(),
    key: secretName.optional(),
  })
  .refine(
    ({ certificate, key }) => (certificate === undefined) === (key === undefined),
    'send certificate and key, or none',
  )
  .default({});

const splunk = z.strictObject({
  kind: z.literal('splunk'),
  /** Of the HTTP Event Collector, such as `https://hec.example.com:8088`. */
  url,
  /** The secret with the token of the collector. */
  token: secretName,
  /** Whether an event counts as delivered only when the indexers have acknowledged it. The token must have acknowledgement on. */
  acknowledged: z.boolean().default(false),
  index: text(80).optional(),
  sourcetype: text(80).default('ankasecure:audit'),
  host: text(253).default('ankasecure'),
  tls,
});

const elastic = z.strictObject({
  kind: z.literal('elastic'),
  /** Of the cluster, such as `https://es.example.com:9200`. */
  url,
  /** The secret with the API key, as Elasticsearch encodes it. */
  apiKey: secretName,
  dataStream: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)
    .default('logs-ankasecure.audit-default'),
  /** Refuses to write into anything but a data stream. OpenSearch does not know the parameter. */
  requireDataStream: z.boolean().default(true),
  tls,
});

const arcsight = z.strictObject({
  kind: z.literal('arcsight'),
  /** Of the receiver: syslog over TLS (RFC 5425). */
  host: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/),
  port: z.number().int().min(1).max(65_535).default(6514),
  /** Events of each tenant that are sent again on a new connection: syslog acknowledges nothing. */
  rewind: z.number().int().min(0).max(10_000).default(1_000),
  tls,
});

const otlp = z.strictObject({
  kind: z.literal('otlp'),
  /** Where logs are taken, such as `https://otel.example.com:4318/v1/logs`. */
  url,
  /** The secret with the value of the Authorization header, such as `Bearer …`. Default: none is sent. */
  authorization: secretName.optional(),
  tls,
});

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  url,
  /** The secrets that sign, each `whsec_` and base64 (Standard Webhooks). Several while one replaces the other. */
  signing: z.array(secretName).min(1).max(3),
  tls,
});

const entraId = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,99}$/);

/** How the connector proves to Entra who it is. */
const entraCredential = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('secret'), secret: secretName }),
  /** A certificate and its RSA key, in PEM. */
  z.strictObject({ by: z.literal('certificate'), certificate: secretName, key: secretName }),
  /** The token that the platform where the service runs renews in a file (workload identity). */
  z.strictObject({ by: z.literal('workload-identity'), token: secretName }),
]);
export type EntraCredential = z.infer<typeof entraCredential>;

const sentinel = z.strictObject({
  kind: z.literal('sentinel'),
  /** Of the Logs Ingestion API, such as `https://my-dce.westeurope-1.ingest.monitor.azure.com`. */
  url,
  /** The immutable id of the data collection rule. */
  rule: z.string().regex(/^dcr-[0-9a-f]{32}$/),
  stream: z
    .string()
    .regex(/^Custom-[A-Za-z][A-Za-z0-9_]{0,79}$/)
    .default('Custom-AnkaSecure_CL'),
  directory: entraId,
  clientId: entraId,
  credential: entraCredential,
  /** Of Entra and of Azure Monitor, which differ in national clouds. */
  login: url.default('https://login.microsoftonline.com'),
  scope: text(256).default('https://monitor.azure.com/.default'),
  tls,
});

export const connectorSettings = z.discriminatedUnion('kind', [splunk, elastic, arcsight, otlp, webhook, sentinel]);
export type ConnectorSettings = z.infer<typeof connectorSettings>;
export type ConnectorKind = ConnectorSettings['kind'];
export type SettingsOf<Kind extends ConnectorKind> = Extract<ConnectorSettings, { readonly kind: Kind }>;
/** The TLS files of a connector. */
export type ConnectorTls = ConnectorSettings['tls'];
