import type { Socket } from 'node:net';
import { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { HttpConfig } from './http.config.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by admission: what the request's bodies hold of the budget. */
    hold: Hold | undefined;
  }
}

/** One request's part of the budget: given back once it is answered, or its connection is gone, and its handler is through. */
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

  /** A body of `bytes` is held as well, for as long as the rest: a reply is never refused, later requests are. */
  add(bytes: number): void {
    if (this.freed) return;
    this.bytes += bytes;
    this.change(bytes);
  }

  /** Keeps the bytes while `work` runs, which has the body in hand even when its caller has gone. */
  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    this.handling++;
    try {
      return await work();
    } finally {
      this.handling--;
      this.free();
    }
  }

  /** Calls `free` with the rest, at once where that was before. */
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
 * Bytes of bodies in flight, of this process and of each tenant, which gets at most half: so that memory is bounded, and no
 * tenant fills it alone. A request reserves before any of its body is read.
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
   * A request without a body reserves nothing, and yet is refused while too much is held: its reply would come on top.
   * @throws AnkaError `service-unavailable` when the body would not fit beside those under way
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

  /** A body beyond the limit is refused unread, and one of unknown length is cut off there. */
  private announced({ headers }: FastifyRequest): number {
    if (headers['transfer-encoding'] !== undefined) return this.config.bodyLimitBytes;
    const length = Number(headers['content-length'] ?? 0);
    return length > this.config.bodyLimitBytes ? 0 : length;
  }

  /** By connection, since a response that waits for an earlier one on its connection does not hear of its end. */
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
