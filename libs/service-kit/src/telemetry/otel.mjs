// Loaded with `node --import` before the service, and does nothing unless an OTLP endpoint is configured.
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  const { register } = await import('import-in-the-middle/register-hooks.mjs');
  register();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
  const { PinoInstrumentation } = await import('@opentelemetry/instrumentation-pino');
  const sdk = new NodeSDK({
    instrumentations: [
      new HttpInstrumentation({
        // The public API only: health checks and metric scrapes make no traces.
        ignoreIncomingRequestHook: (request) => !request.url?.startsWith('/api/'),
        // What callers put behind the question mark is theirs, be it a mistake.
        startIncomingSpanHook: (request) => (request.url?.includes('?') ? { 'url.query': '[redacted]' } : {}),
      }),
      // Statements without their values.
      new PgInstrumentation({ enhancedDatabaseReporting: false, requireParentSpan: true }),
      new PinoInstrumentation(),
    ],
  });
  sdk.start();
  process.once('beforeExit', () => void sdk.shutdown());
}
