import { AnkaError, type Context, context, monotonicNow, type ReplyHead, replyHead } from '@ankasecure/contracts';
import { scan } from 'secure-json-parse';
import type { z } from 'zod';
import { jsonFaultOf } from '../json/json-fault.js';
import type { Transits } from './transit.js';

/** A message is one line of JSON followed by the body. A body passes through without being parsed. */
export interface Frame {
  readonly head: unknown;
  readonly body: Buffer;
}

type SentContext = z.infer<typeof context>;

const newline = 10;
const empty = Buffer.alloc(0);

/** The head of a request as it travels: the time that is left takes the place of the deadline. */
const sentContext = ({ deadline, ...context }: Context): SentContext => ({
  ...context,
  remainingMs: Math.max(1, Math.ceil(deadline - monotonicNow())),
});

/** The members of a request that the sending process fills in about itself. */
export interface Sending {
  /** The sender's name. */
  readonly by?: string;
  /** The reply is to tell the clock of the process that answers. */
  readonly askClock?: boolean;
}

export const encodeRequest = (context: Context, body: Uint8Array, { by, askClock = false }: Sending = {}): Buffer =>
  encodeFrame(
    {
      ...sentContext(context),
      ...(by !== undefined && { sent: { by, at: Math.round(monotonicNow() * 10) / 10 } }),
      ...(askClock && { askClock }),
    },
    body,
  );

export const encodeFrame = (head: SentContext | ReplyHead, body: Uint8Array = empty): Buffer => {
  const line = JSON.stringify(head);
  const size = Buffer.byteLength(line);
  const frame = Buffer.allocUnsafe(size + 1 + body.length);
  frame.write(line);
  frame[size] = newline;
  frame.set(body, size + 1);
  return frame;
};

const decodeFrame = (data: Uint8Array): Frame => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = bytes.indexOf(newline);
  if (end < 0) throw new AnkaError('body-malformed', 'the message has no head');
  return { head: JSON.parse(bytes.toString('utf8', 0, end)) as unknown, body: bytes.subarray(end + 1) };
};

/** A request as it arrived. */
export interface Received {
  readonly context: Context;
  readonly body: Buffer;
  /** The reply is to tell this process's clock. */
  readonly askClock: boolean;
  /** How long it waited on its way, in milliseconds. */
  readonly waitedMs: number;
}

/** @param transits know how long requests wait on their way */
export const decodeRequest = (data: Uint8Array, transits?: Transits): Received => {
  const { head, body } = decodeFrame(data);
  const { remainingMs, sent, askClock = false, ...rest } = context.parse(head);
  const now = monotonicNow();
  const waitedMs = sent === undefined ? 0 : (transits?.of(sent.by, sent.at, now) ?? 0);
  return { context: { ...rest, deadline: now + remainingMs - waitedMs }, body, askClock, waitedMs };
};

export const decodeReply = (data: Uint8Array): { head: ReplyHead; body: Buffer } => {
  const { head, body } = decodeFrame(data);
  return { head: replyHead.parse(head), body };
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Matches every spelling of `__proto__`, including escaped letters. It may match more. */
const maySayProto = /__proto__|\\u00[5-7]/i;

/**
 * Parses a JSON body.
 * @throws AnkaError `body-malformed` for anything but one JSON document in well-formed UTF-8 without a byte order mark;
 * `request-invalid` for a member named `__proto__`, which validation would drop silently, and for two members of one object
 * with the same name, because parsers disagree on which of them counts, or deep nesting
 */
export const parseJson = (bytes: Uint8Array): unknown => {
  const { text, value } = parseText(bytes);
  const fault = jsonFaultOf(text);
  if (fault !== undefined) throw new AnkaError('request-invalid', faults[fault]);
  if (maySayProto.test(text) && !isSafe(value))
    throw new AnkaError('request-invalid', 'No member of the body may be named __proto__');
  return value;
};

const faults = {
  'repeated-member': 'No object in the body may have two members with the same name',
  'too-deep': 'The body may be nested at most 64 levels deep',
} as const;

const parseText = (bytes: Uint8Array): { readonly text: string; readonly value: unknown } => {
  try {
    const text = utf8.decode(bytes);
    return { text, value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new AnkaError('body-malformed', 'The body must be one JSON document in UTF-8, without a byte order mark', {
      cause,
    });
  }
};

const isSafe = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || scan(value, { safe: true, constructorAction: 'ignore' }) !== null;

const clip = (text: string): string =>
  (text.length > 160 ? `${text.slice(0, 160)}…` : text).replaceAll(/\p{Cc}/gu, '·').toWellFormed();

/** The tighter a bound is, the greater its rank. */
const rankOf = (issue: z.core.$ZodIssue): number | undefined => {
  if (issue.code === 'too_big') return -Number(issue.maximum);
  return issue.code === 'too_small' ? Number(issue.minimum) : undefined;
};

/** A value that breaks several bounds at one end is told the tightest: an integer has that of safe integers beside its own. */
const withoutLooseBounds = (issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] =>
  issues.filter((issue, index) => {
    const rank = rankOf(issue);
    if (rank === undefined) return true;
    const place = JSON.stringify(issue.path);
    return !issues.some((other, at) => {
      if (other.code !== issue.code || JSON.stringify(other.path) !== place) return false;
      const another = rankOf(other) ?? rank;
      return another > rank || (another === rank && at < index);
    });
  });

/** Only names of members are the caller's own text, so that a long list of what is allowed is told whole. */
const sentenceOf = (issue: z.core.$ZodIssue): string => {
  const place = issue.path.length > 0 ? `${clip(issue.path.join('.'))}: ` : '';
  if (issue.code === 'unrecognized_keys')
    return place + clip(`has no member ${issue.keys.map((name) => JSON.stringify(name)).join(', ')}`);
  return place + (issue.code === 'invalid_value' ? issue.message : clip(issue.message));
};

/** Describes invalid values to the caller: the place and the expected type, never the value. */
export const describeIssues = (error: z.core.$ZodError): string => {
  const flat = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] => {
    if (issue.code !== 'invalid_union') return [issue];
    const [closest] = issue.errors.toSorted((a, b) => a.length - b.length);
    // The discriminator matches no variant.
    if (closest === undefined) return [issue];
    return closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  };
  return withoutLooseBounds(error.issues.flatMap(flat)).slice(0, 5).map(sentenceOf).join('; ');
};

/** @throws AnkaError `request-invalid` */
export const validate = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AnkaError('request-invalid', describeIssues(result.error));
};
