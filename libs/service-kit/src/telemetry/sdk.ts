import { isOfApi } from './is-of-api.js';
import { ownService } from './own-service.js';
import { querySummary } from './query-summary.js';

const { env } = process;

/** The share of the requests without a caller's decision that are traced. */
const ratio = '0.1';

const setDefaults = (): void => {
  if (!env['OTEL_TRACES_SAMPLER']) {
    env['OTEL_TRACES_SAMPLER'] = 'parentbased_traceidratio';
    env['OTEL_TRACES_SAMPLER_ARG'] ||= ratio;
  }
  // Metrics are scraped and logs are on standard output. Neither is sent twice unless somebody asks for it.
  env['OTEL_METRICS_EXPORTER'] ||= 'none';
  env['OTEL_LOGS_EXPORTER'] ||= 'none';
};

/** Starts the OpenTelemetry SDK. What it observes must not be loaded yet. */
export const startSdk = async (): Promise<void> => {
  setDefaults();
  const { register } = await import('import-in-the-middle/register-hooks.mjs');
  register();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { defaultResource, resourceFromAttributes } = await import('@opentelemetry/resources');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
  const { PinoInstrumentation } = await import('@opentelemetry/instrumentation-pino');
  const sdk = new NodeSDK({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence.
    resource: defaultResource().merge(resourceFromAttributes({ ...ownService(process.argv[1]) })),
    instrumentations: [
      new HttpInstrumentation({
        // The public API only: health checks and metric scrapes make no traces.
        ignoreIncomingRequestHook: ({ url }) => !isOfApi(url),
        // What callers put behind the question mark is theirs, be it a mistake.
        startIncomingSpanHook: (request) => (request.url?.includes('?') ? { 'url.query': '[redacted]' } : {}),
      }),
      // Statements without their values.
      new PgInstrumentation({
        enhancedDatabaseReporting: false,
        requireParentSpan: true,
        requestHook: (span, { query }) => {
          const summary = querySummary(query.text);
          span.updateName(summary).setAttributes({
            'db.query.summary': summary,
            'db.operation.name': summary.split(' ', 1)[0] ?? summary,
          });
        },
      }),
      new PinoInstrumentation(),
    ],
  });
  sdk.start();
};
