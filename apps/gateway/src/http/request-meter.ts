import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';

interface Meter {
  readonly counter: Counter.Internal;
  readonly histogram: Histogram.Internal<'operation' | 'status'>;
}

/** Bucket limits in seconds, from a cached refusal to a key from a slow token. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** Counts requests and measures their duration, by operation and status. Label sets are looked up once, not at every request. */
@Injectable()
export class RequestMeter {
  private readonly meters = new Map<string, Meter>();
  private readonly counter: Counter<'operation' | 'status'>;
  private readonly histogram: Histogram<'operation' | 'status'>;

  constructor(registry: Registry) {
    const labelNames = ['operation', 'status'] as const;
    const registers = [registry];
    this.counter = new Counter({
      name: 'ankasecure_http_requests_total',
      help: 'Requests answered',
      labelNames,
      registers,
    });
    this.histogram = new Histogram({
      name: 'ankasecure_http_request_duration_seconds',
      help: 'Time from the request’s headers to the end of its answer',
      labelNames,
      buckets,
      registers,
    });
  }

  record(operation: string, { statusCode, elapsedTime }: Pick<FastifyReply, 'statusCode' | 'elapsedTime'>): void {
    const { counter, histogram } = this.of(operation, statusCode);
    counter.inc();
    histogram.observe(elapsedTime / 1000);
  }

  private of(operation: string, status: number): Meter {
    const key = `${operation} ${status}`;
    const known = this.meters.get(key);
    if (known !== undefined) return known;
    const labels = { operation, status: String(status) };
    const meter = { counter: this.counter.labels(labels), histogram: this.histogram.labels(labels) };
    this.meters.set(key, meter);
    return meter;
  }
}
