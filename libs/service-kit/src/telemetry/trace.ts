import { context, isSpanContextValid, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('ankasecure');
const kinds = { client: SpanKind.CLIENT, server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

let known: boolean | undefined;
/** Tells whether an SDK (see otel.mjs) records spans. Without one no spans are made, since every message would pay for them. */
const traced = (): boolean => {
  known ??= isSpanContextValid(tracer.startSpan('probe').spanContext());
  return known;
};

/** Runs `work` in a span. Names and attributes carry no secrets. */
export const inSpan = <Value>(name: string, kind: keyof typeof kinds, work: () => Promise<Value>): Promise<Value> => {
  if (!traced()) return work();
  return tracer.startActiveSpan(name, { kind: kinds[kind] }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
};

/** The active span as a W3C traceparent; empty if there is no span. */
export const traceparentOf = (): { traceparent?: string } => {
  if (!traced()) return {};
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return {};
  return { traceparent: `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}` };
};

/** Runs `work` as a child of the caller's span. */
export const withParent = <Value>(traceparent: string | undefined, work: () => Value): Value =>
  traceparent === undefined || !traced()
    ? work()
    : context.with(propagation.extract(context.active(), { traceparent }), work);

/** Records a finished call as a child of the active span. `micros` is its duration in microseconds. */
export const recordSpan = (name: string, micros: number, attributes: Record<string, string | number>): void => {
  if (!traced()) return;
  const end = performance.timeOrigin + performance.now();
  tracer.startSpan(name, { startTime: end - micros / 1000, attributes }).end(end);
};
