import type { Socket } from 'node:net';
import { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { HttpConfig } from './http.config.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by admission: the part of the budget that the request's bodies hold. */
    hold: Hold | undefined;
  }
}

/** One request's part of the budget. It is released when the handler has ended and the request is answered or its connection closed. */
export class Hold {
  private answered = false;
  private readonly freeing: (() => void)[] = [];
  private handling = 0;
  private freed = false;

  constructor(
    private bytes: number,
    private readonly change: (bytes: number) => void,
  ) {
    change(bytes);
  }

  /** Also holds a reply of `bytes`, for as long as the rest. A reply is never refused; later requests are. */
  add(bytes: number): void {
    if (this.freed) return;
    this.bytes += bytes;
    this.change(bytes);
  }

  /** Keeps the bytes while `work` runs. It still uses the body if the caller disconnects. */
  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    this.handling++;
    try {
      return await work();
    } finally {
      this.handling--;
      this.free();
    }
  }

  /** Calls `free` when the rest is released, or at once if it was. */
  whenFreed(free: () => void): void {
    if (this.freed) free();
    else this.freeing.push(free);
  }

  end(): void {
    this.answered = true;
    this.free();
  }

  private free(): void {
    if (!this.answered || this.handling > 0 || this.freed) return;
    this.freed = true;
    this.change(-this.bytes);
    for (const free of this.freeing) free();
  }
}

/**
 * Bounds what is read of a body after its answer. A refused request keeps its connection (RFC 9112 §9.3), for which the rest of
 * its body has to be read and thrown away. Whoever announces ten gigabytes without a token has no right to that.
 * @param limit bytes; beyond them the connection is closed
 */
export const boundUnread = ({ raw }: FastifyRequest, limit: number): void => {
  if (raw.complete) return;
  let read = 0;
  raw.on('data', (bytes: Buffer) => {
    read += bytes.length;
    if (read > limit) raw.socket.destroy();
  });
};

/**
 * The bytes of bodies in flight in this process, and of each tenant, which gets at most half. Memory is therefore bounded, and no
 * tenant can fill it alone. A request reserves before any of its body is read.
 */
@Injectable()
export class BodyBudget {
  private held = 0;
  private readonly heldBy = new Map<string, number>();
  private readonly open = new WeakMap<Socket, Set<Hold>>();

  constructor(private readonly config: HttpConfig) {}

  /** Bytes held now. */
  get inFlight(): number {
    return this.held;
  }

  /**
   * A request without a body reserves nothing. It is still refused while too much is held, because its reply would come on top.
   * @throws AnkaError `service-unavailable` when the body does not fit beside those in flight
   */
  reserve(request: FastifyRequest, tenantId: string): void {
    const bytes = this.announced(request);
    const tenantBytes = this.heldBy.get(tenantId) ?? 0;
    const { bodyBudgetBytes: budget } = this.config;
    if (this.held + bytes > budget || tenantBytes + bytes > budget / 2)
      throw new AnkaError(
        'service-unavailable',
        'Too many large requests are being processed. Try again, or send smaller bodies.',
      );
    const hold = new Hold(bytes, (change) => this.change(tenantId, change));
    request.hold = hold;
    this.watch(request.raw.socket).add(hold);
    if (request.raw.socket.closed) this.release(request);
  }

  /** The request is answered. */
  release({ hold, raw }: FastifyRequest): void {
    if (hold === undefined) return;
    this.open.get(raw.socket)?.delete(hold);
    hold.end();
  }

  /** The size that a request announces. A body above the limit is refused unread. One of unknown length is cut off at the limit. */
  private announced({ headers }: FastifyRequest): number {
    if (headers['transfer-encoding'] !== undefined) return this.config.bodyLimitBytes;
    const length = Number(headers['content-length'] ?? 0);
    return length > this.config.bodyLimitBytes ? 0 : length;
  }

  /** Watches the connection, because a response that waits for an earlier one on it is not told of its end. */
  private watch(socket: Socket): Set<Hold> {
    const known = this.open.get(socket);
    if (known !== undefined) return known;
    const holds = new Set<Hold>();
    this.open.set(socket, holds);
    socket.once('close', () => {
      for (const hold of holds) hold.end();
    });
    return holds;
  }

  private change(tenantId: string, bytes: number): void {
    this.held += bytes;
    const left = (this.heldBy.get(tenantId) ?? 0) + bytes;
    if (left > 0) this.heldBy.set(tenantId, left);
    else this.heldBy.delete(tenantId);
  }
}
