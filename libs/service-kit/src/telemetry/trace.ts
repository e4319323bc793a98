import {
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('ankasecure');
const kinds = { client: SpanKind.CLIENT, server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

/** Runs `work` in a span. Names and attributes carry no secrets. Without an SDK (see otel.mjs) this costs next to nothing. */
export const inSpan = <Value>(
  name: string,
  kind: keyof typeof kinds,
  work: (span: Span) => Promise<Value>,
): Promise<Value> =>
  tracer.startActiveSpan(name, { kind: kinds[kind] }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });

/** The active span as a W3C traceparent, or nothing when there is none. */
export const traceparentOf = (): { traceparent?: string } => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return {};
  return { traceparent: `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}` };
};

/** Runs `work` as a child of the caller's span. */
export const withParent = <Value>(traceparent: string | undefined, work: () => Value): Value =>
  traceparent === undefined ? work() : context.with(propagation.extract(context.active(), { traceparent }), work);

/** Records a call that is over, as a child of the active span; `micros` is its length. */
export const recordSpan = (name: string, micros: number, attributes: Record<string, string | number>): void => {
  const end = performance.timeOrigin + performance.now();
  tracer.startSpan(name, { startTime: end - micros / 1000, attributes }).end(end);
};
