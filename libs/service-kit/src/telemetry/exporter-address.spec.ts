import { describe, expect, it } from 'vitest';
import { exporterFault } from './exporter-address.js';

const names = ['', '_TRACES', '_METRICS', '_LOGS'].map((signal) => `OTEL_EXPORTER_OTLP${signal}_ENDPOINT`);

describe.each(names)('%s', (name) => {
  it.each(['http://collector:4318', 'https://collector/v1/traces', 'HTTP://127.0.0.1', ''])(
    'may be “%s”',
    (address) => {
      expect(exporterFault({ [name]: address })).toBeUndefined();
    },
  );

  it.each(['collector:4318', 'collector', 'grpc://collector:4317', 'ftp://c', 'file:///tmp/x', 'tls://c', 'http://'])(
    'may not be “%s”',
    (address) => {
      expect(exporterFault({ [name]: address })).toBe(`${name} must be an http or https URL`);
    },
  );

  it('may be a host and a port over gRPC, and nothing else besides a URL', () => {
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(exporterFault({ ...grpc, [name]: 'collector:4317' })).toBeUndefined();
    expect(exporterFault({ ...grpc, [name]: 'nats://collector:4317' })).toBeDefined();
  });
});
