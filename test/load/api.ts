/** A client of the REST API for one caller, for everything in a measurement that is not measured. */
export interface Api {
  post<Reply>(path: string, body: unknown): Promise<Reply>;
}

/** The number of outcomes that each kind of request must have left in the audit trail. */
export class Expected {
  readonly #items = new Map<string, number>();

  add(path: string, items: number): void {
    const operation = path.slice(path.lastIndexOf('/') + 1);
    this.#items.set(operation, (this.#items.get(operation) ?? 0) + items);
  }

  of(operation: string): number {
    return this.#items.get(operation) ?? 0;
  }

  get total(): number {
    return [...this.#items.values()].reduce((sum, items) => sum + items, 0);
  }

  get operations(): readonly string[] {
    return [...this.#items.keys()];
  }
}

const itemsOf = (body: unknown): number => {
  const { items } = body as { items?: unknown };
  return Array.isArray(items) ? items.length : 1;
};

/** Every call throws unless the status is 2xx. Crypto calls are counted in `expected`. */
export const apiOf = (baseUrl: string, token: string, expected?: Expected): Api => ({
  post: async <Reply>(path: string, body: unknown): Promise<Reply> => {
    if (['/sign', '/verify', '/encrypt', '/decrypt'].includes(path)) expected?.add(path, itemsOf(body));
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as Reply;
  },
});
