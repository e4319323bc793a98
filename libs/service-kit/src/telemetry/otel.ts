// Loaded with `node --import` before the service. Does nothing unless an OTLP endpoint is configured: see telemetry.md.
import '../start/hang-up.js';

const { env } = process;
const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

if (endpoint && env['OTEL_SDK_DISABLED'] !== 'true') {
  const { endIfFaulty } = await import('./exporter-address.js');
  await endIfFaulty(env);
  await (await import('./sdk.js')).startSdk();
}
