import {
  AnkaError,
  aliveReply,
  aliveSubject,
  type ClockReading,
  type Context,
  groupOf,
  inboxPrefix,
  monotonicNow,
  ownSubject,
  type ReplyHead,
  type Service,
  workingSubject,
} from '@ankasecure/contracts';
import {
  type Msg,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  PermissionViolationError,
} from '@nats-io/transport-node';
import { PeerClocks } from '../clock/peer-clocks.js';
import type { ServiceConfig } from '../config/section.js';
import { type Authority, authorityIn } from '../file/certificate-file.js';
import { NotReady } from '../health/health.js';
import type { Logger } from '../logging/logger.js';
import { clientTls } from '../tls/key-exchange.js';
import { Announcements } from './announcements.js';
import { connectPatiently } from './connect.js';
import { decodeReply, encodeRequest } from './frame.js';
import { Members } from './group/members.js';
import { ServedTwice } from './group/served-twice.js';
import { serverLiveness } from './in-flight/liveness.js';
import { isRefusal } from './in-flight/not-begun.js';
import { Waiters } from './in-flight/waiters.js';
import { type Outgoing, OutgoingRequests } from './outgoing.js';
import { type BusRole, permissionProbe, refusalSentence } from './refusal.js';
import { Served } from './served.js';

export interface RawReply {
  readonly head: ReplyHead;
  readonly body: Buffer;
}

/** The section `nats`, the authority of its `caFile` as it is now, and the partition that a worker serves. */
export type BusConfig = ServiceConfig['nats'] & {
  readonly authority?: Authority;
  readonly partition?: string | undefined;
};

/** A request, until it is answered. */
interface Question {
  readonly subject: string;
  readonly context: Context;
  readonly body: Uint8Array;
}

const nobodyRuns = 'No instance of the service is running. Try again.';
const standsStill = 'The service does not answer: its processes stand still. Try again.';
const empty = new Uint8Array();
/** Stands for every process of a group in the question who is alive. */
const everyone = 'all';

/**
 * A process's only connection to the message bus. One private inbox receives all replies; the last token of a reply's
 * subject identifies its request. Every request has a deadline, and fails before it if the service that has it falls silent.
 * Nothing is queued while the connection is lost.
 */
export class BusConnection {
  private readonly members: Members;
  private readonly waiters: Waiters<RawReply>;
  private readonly outgoing = new OutgoingRequests((request) => this.write(request));
  private readonly inbox: string;
  /** The clocks of the processes that answer. */
  readonly peers = new PeerClocks();
  readonly announcements: Announcements;
  private readonly instance = crypto.randomUUID();
  private connected = true;
  private readonly served = new Set<Served>();
  private knownMaxPayload: number;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly role: BusRole,
    readonly log: Logger,
  ) {
    const { service, partition } = role;
    this.inbox = `${inboxPrefix(service)}.${crypto.randomUUID()}.`;
    this.knownMaxPayload = connection.info?.max_payload ?? 0;
    const ask = (group: string, instance: string): void =>
      connection.publish(aliveSubject(group, instance), empty, { reply: this.aliveInbox(group, instance) });
    this.members = new Members({
      isConnected: () => this.isConnected(),
      find: (group) => ask(group, everyone),
      ask,
      changed: (group, instance, silent) =>
        log.warn({ group, instance, silent }, silent ? 'a process is silent: others serve' : 'it answers again'),
    });
    this.announcements = new Announcements(role, connection, log, (subject, receive) =>
      this.keepUp(subject, undefined, ({ data }) => receive(data)),
    );
    this.waiters = new Waiters((subject, asked) => this.members.isSuspect(groupOf(subject), asked));
    this.keepUp(`${this.inbox}*`, undefined, (message) => this.settle(message));
    this.keepUp(workingSubject(`${this.inbox}*`), undefined, ({ subject }) =>
      this.waiters.heard(this.tokenOf(subject)),
    );
    this.keepUp(this.aliveInbox('>'), undefined, (message) => this.hear(message));
    if (partition !== undefined) this.keepUp(permissionProbe(partition), undefined, () => undefined);
    void this.watch();
  }

  /**
   * Connects, and waits for a bus that cannot be reached yet.
   * @throws StartFailure when the patience ends
   */
  static async open(service: Service, config: BusConfig, log: Logger, patienceMs = 60_000): Promise<BusConnection> {
    const options: NodeConnectionOptions = {
      name: service,
      servers: config.servers,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(config.nkeySeed)),
      // The client reads it at each connection, so a new authority needs no restart.
      tls: clientTls(config.authority ?? authorityIn(config.caFile), config.keyExchange),
      inboxPrefix: inboxPrefix(service),
      maxReconnectAttempts: -1,
      ...serverLiveness,
      ignoreAuthErrorAbort: true,
    };
    const connection = await connectPatiently(options, config, patienceMs, log);
    return new BusConnection(connection, { service, partition: config.partition }, log);
  }

  isConnected(): boolean {
    return this.connected && !this.connection.isClosed();
  }

  /** @throws Error while the server does not answer, or refuses the inbox or a contract's subscription */
  async check(): Promise<void> {
    if (!this.isConnected()) throw new Error('not connected');
    // The server reports a refused subscription before it answers.
    await this.connection.flush();
    if ([...this.served].some(({ isRefused }) => isRefused)) throw new NotReady(refusalSentence(this.role));
  }

  /** The server's message limit, in bytes. It includes the head and body of a request or reply. */
  get maxPayload(): number {
    // The connection forgets the server's limits while it is lost. The last known limit still holds then.
    this.knownMaxPayload = this.connection.info?.max_payload ?? this.knownMaxPayload;
    return this.knownMaxPayload;
  }

  /**
   * Sends one request and waits for its reply. An answered failure is a reply with `ok: false`.
   * @throws AnkaError `service-unavailable` if nobody serves the subject or the connection is lost, `deadline-exceeded` if
   * no reply came in time, or the service stopped saying that it works on the request
   */
  ask(subject: string, context: Context, body: Uint8Array): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      const left = context.deadline - monotonicNow();
      if (left <= 0) return reject(new AnkaError('deadline-exceeded'));
      if (!this.isConnected()) return reject(new AnkaError('service-unavailable', 'The message bus is not connected'));
      if (this.members.isAway(groupOf(subject))) return reject(new AnkaError('service-unavailable', standsStill));
      const send = (token: string): void => this.send(token, { subject, context, body });
      send(this.waiters.add(left, { subject, resolve, reject, resend: send }));
    });
  }

  /** The clock of this process, for a reply to a request that asks for it. */
  clock(): ClockReading {
    return { service: this.role.service, instance: this.instance, at: Date.now(), sound: this.peers.isSound() };
  }

  /** Says to the requester behind a reply subject that its request is still worked on. Says nothing while the connection is lost. */
  tellWorking(reply: string): void {
    if (!this.isConnected()) return;
    try {
      this.connection.publish(workingSubject(reply));
    } catch (error) {
      this.log.error({ reply, reason: (error as Error).message }, 'cannot say that a request is worked on');
    }
  }

  /** Joins the queue group `queue` of `subject`, and gets the requests that are for this process alone. */
  serve(subject: string, queue: string, receive: (message: Msg) => void): ServedTwice {
    this.sayAlive(groupOf(subject));
    return new ServedTwice([
      this.keepUp(subject, queue, receive),
      this.keepUp(ownSubject(subject, this.instance), undefined, receive),
    ]);
  }

  /** Resolves when the server has processed every subscription and message so far. */
  async flushed(): Promise<void> {
    await this.connection.flush();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private send(token: string, { subject, context, body }: Question): void {
    const member = this.members.choose(groupOf(subject));
    const frame = encodeRequest(context, body, { by: this.instance, askClock: this.peers.asks(subject) });
    this.outgoing.add({ token, subject: member === undefined ? subject : ownSubject(subject, member), frame });
  }

  private write({ token, subject, frame }: Outgoing): void {
    try {
      this.connection.publish(subject, frame, { reply: this.inbox + token });
    } catch (cause) {
      this.waiters.fail(token, new AnkaError('service-unavailable', 'The message bus refused the request', { cause }));
    }
  }

  private keepUp(subject: string, queue: string | undefined, receive: (message: Msg) => void): Served {
    const served: Served = new Served(subject, () => {
      if (this.connection.isClosed()) return undefined;
      return this.connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error, message) => (error === null ? receive(message) : served.refuse()),
      });
    });
    for (const old of this.served) if (old.isEnded) this.served.delete(old);
    this.served.add(served);
    return served;
  }

  private sayAlive(group: string): void {
    const subject = aliveSubject(group, this.instance);
    if ([...this.served].some((one) => one.subject === subject)) return;
    this.keepUp(subject, undefined, (message) => message.respond());
    this.keepUp(aliveSubject(group, everyone), undefined, (message) => message.respond(this.instance));
  }

  /** The subject of the answer to the question whether a process is alive. */
  private aliveInbox(...who: readonly string[]): string {
    return aliveReply(this.inbox, ...who);
  }

  private hear({ subject, data, headers }: Msg): void {
    const who = subject.slice(this.aliveInbox('').length);
    const end = who.lastIndexOf('.');
    const [group, instance] = [who.slice(0, end), who.slice(end + 1)];
    if (instance === everyone) {
      if (data.length > 0) this.members.heard(group, Buffer.from(data).toString());
    } else if (isRefusal(data, headers)) this.members.gone(group, instance);
    else this.members.heard(group, instance);
  }

  private tokenOf(subject: string): string {
    return subject.slice(this.inbox.length).split('.', 1)[0] ?? '';
  }

  private settle(message: Msg): void {
    const token = this.tokenOf(message.subject);
    if (!this.waiters.has(token)) return;
    if (isRefusal(message.data, message.headers))
      return this.waiters.notBegun(token, new AnkaError('service-unavailable', nobodyRuns));
    try {
      const reply = decodeReply(message.data);
      const request = this.waiters.settle(token, reply);
      if (reply.head.clock === undefined || request === undefined) return;
      this.peers.learn(reply.head.clock, request.asked, monotonicNow());
      this.members.heard(groupOf(request.subject), reply.head.clock.instance);
    } catch (cause) {
      this.waiters.fail(token, new AnkaError('internal-error', 'The reply could not be read', { cause }));
    }
  }

  private async watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      // The connection to a server that does not answer may take long to close.
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.lose();
      if (status.type === 'reconnect') this.connected = true;
      if (status.type === 'reconnect') this.announcements.reconnected();
      if (status.type === 'error') this.reportError(status.error);
    }
  }

  /** A permission error names its subject. Requests to that subject fail at once, and its subscription is tried again. */
  private reportError(error: Error): void {
    if (!(error instanceof PermissionViolationError)) return this.log.error({ reason: error.message }, 'bus error');
    const { operation, subject } = error;
    const remedy = operation === 'subscription' ? refusalSentence(this.role) : undefined;
    this.log.error({ reason: error.message, remedy }, 'bus error');
    if (operation === 'subscription') for (const one of this.served) if (one.subject === subject) one.refuse();
    if (operation === 'publish')
      this.waiters.failAll(
        () => new AnkaError('internal-error', `${this.role.service} may not send this request`),
        subject,
      );
  }

  /** Fails the requests in flight, because replies to a lost connection never arrive. Drops requests that were not sent. */
  private lose(): void {
    this.connected = false;
    this.outgoing.drop();
    this.waiters.failAll(() => new AnkaError('service-unavailable', 'The message bus was lost while the request ran'));
  }
}
