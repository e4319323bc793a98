import type { ErrorCode } from '@ankasecure/contracts';
import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { errorTypeOf, isFault } from './error-type.js';

const tracer = trace.getTracer('ankasecure');
const kinds = {
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** A span to be made. Names and attributes carry no secrets. */
export interface SpanPlan {
  readonly name: string;
  readonly kind: keyof typeof kinds;
  readonly attributes?: Attributes;
  readonly links?: readonly Link[];
}

let known: boolean | undefined;
/** Tells whether an SDK (see otel.ts) makes spans. Without one nothing is made, since every message would pay for it. */
export const isTraced = (): boolean => {
  known ??= isSpanContextValid(tracer.startSpan('probe').spanContext());
  return known;
};

/** Runs `work` in a span. `plan` is called only if spans are made. */
export const inSpan = <Value>(plan: () => SpanPlan, work: () => Promise<Value>): Promise<Value> => {
  if (!isTraced()) return work();
  const { name, kind, attributes = {}, links = [] } = plan();
  return tracer.startActiveSpan(name, { kind: kinds[kind], attributes, links: [...links] }, async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
};

const fail = (span: Span, errorType: string | undefined): void => {
  if (errorType !== undefined) span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
};

/** Marks the active span as failed if another service answered with a fault. A refusal is an answer like any other. */
export const markAnswer = (code: ErrorCode): void => {
  const span = trace.getActiveSpan();
  if (span !== undefined && isFault(code)) fail(span, code);
};

/** The ids of a span that is exported. */
export type ExportedSpan = SpanContext;

/** The active span, if it is exported. */
export const activeSpan = (): ExportedSpan | undefined => {
  if (!isTraced()) return undefined;
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) && (span.traceFlags & 1) === 1 ? span : undefined;
};

/** The active span as a W3C traceparent; empty if there is no span. */
export const traceparentOf = (): { traceparent?: string } => {
  if (!isTraced()) return {};
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return {};
  return { traceparent: `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}` };
};

/** Runs `work` as a child of the caller's span. */
export const withParent = <Value>(traceparent: string | undefined, work: () => Value): Value =>
  traceparent === undefined || !isTraced()
    ? work()
    : context.with(propagation.extract(context.active(), { traceparent }), work);

/**
 * Runs `work`, which serves several requests at once, as a child of the first one's span. The span that `work` makes links to
 * the others, so that no trace grows with the requests of others.
 */
export const inSharedSpan = <Value>(
  plan: () => SpanPlan,
  spansOf: () => readonly ExportedSpan[],
  work: () => Promise<Value>,
): Promise<Value> => {
  if (!isTraced()) return work();
  const [first, ...others] = distinct(spansOf());
  const parent = first === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, first);
  return context.with(parent, () =>
    first === undefined
      ? work()
      : inSpan(() => ({ ...plan(), links: others.map((span) => ({ context: span })) }), work),
  );
};

/** The spans that traceparents name, each once. */
export const linksTo = (traceparents: Iterable<string>): Link[] =>
  [...new Set(traceparents)].flatMap((traceparent) => {
    const span = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent }));
    return span === undefined ? [] : [{ context: span }];
  });

/** Records a call that has just ended as a child of the active span. `micros` is its duration in microseconds. */
export const recordSpan = (plan: SpanPlan, micros: number, error?: unknown): void => {
  const end = performance.timeOrigin + performance.now();
  const { name, kind, attributes = {} } = plan;
  const span = tracer.startSpan(name, { kind: kinds[kind], startTime: end - micros / 1000, attributes });
  if (error !== undefined) fail(span, errorTypeOf(error));
  span.end(end);
};

/** Names the active span of an HTTP request by its method and the template of its route, such as `/api/v1/keys/:id`. */
export const nameRoute = (method: string, route: string): void => {
  trace.getActiveSpan()?.setAttribute('http.route', route).updateName(`${method} ${route}`);
};

/** A provider of the API stands in for the SDK's, and only the SDK's can flush. */
interface FlushableProvider {
  readonly getDelegate?: () => FlushableProvider;
  readonly forceFlush?: () => Promise<void>;
}

/** Exports the spans that have ended. */
export const flushSpans = async (): Promise<void> => {
  const provider = trace.getTracerProvider() as FlushableProvider;
  await (provider.getDelegate?.() ?? provider).forceFlush?.();
};

const distinct = (spans: readonly ExportedSpan[]): readonly ExportedSpan[] => [
  ...new Map(spans.map((span) => [span.spanId, span])).values(),
];
