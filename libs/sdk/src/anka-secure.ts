import createClient, { type Client } from 'openapi-fetch';
import { type ItemCallOptions, ItemCalls, type ItemOperation, type ItemOperations } from './batch/item-operation.js';
import { type ClientOptions, settingsOf } from './client-options.js';
import type { paths } from './generated/api.js';
import { operationTable } from './generated/operation-table.js';
import { KeySets } from './local/key-sets.js';
import { Local } from './local/local.js';
import { PublicKeys } from './local/public-keys.js';
import { type AnyCall, Caller } from './operation/caller.js';
import type {
  Answer,
  AnswerOf,
  ArgumentsOf,
  CallOf,
  DryRunOf,
  ItemOf,
  ListId,
  OperationId,
  Schemas,
} from './operation/operation.js';
import { HeldToken, tokenSource } from './token/held-token.js';
import { askForToken } from './token/token-endpoint.js';
import { Transport } from './transport/transport.js';

/** A client of the API for one caller. It is safe to share among all parts of a program, and cheaper than several. */
export class AnkaSecure {
  /** Every route by its path, typed by the OpenAPI document (openapi-fetch), with this client's tokens, retries and errors. */
  readonly api: Client<paths>;
  /** Work with public keys, done here. */
  readonly local: Local;
  /** The public key sets of tenants, cached. */
  readonly keySets: KeySets;
  private readonly caller: Caller;
  private readonly items: { readonly [Name in ItemOperation]: ItemCalls<Name> };

  constructor(options: ClientOptions) {
    const settings = settingsOf(options);
    const { apiUrl, fetch, retry, timeoutMs, authentication } = settings;
    const open = new Transport(fetch, undefined, retry);
    const token =
      authentication === undefined
        ? undefined
        : new HeldToken(
            tokenSource(authentication, (form) => askForToken(open, apiUrl, form, timeoutMs)),
            typeof authentication !== 'string',
          );
    this.caller = new Caller(new Transport(fetch, token, retry), apiUrl, timeoutMs);
    this.api = createClient<paths>({ baseUrl: apiUrl, fetch: (request) => this.caller.forward(request) });
    const calls = <Name extends ItemOperation>(name: Name): ItemCalls<Name> =>
      new ItemCalls<Name>(
        (body, call) => this.caller.send(operationTable[name], { body, ...call }),
        retry,
        timeoutMs,
        settings.gather,
      );
    this.items = { encrypt: calls('encrypt'), decrypt: calls('decrypt'), sign: calls('sign'), verify: calls('verify') };
    this.keySets = new KeySets(this.caller, settings.cacheMs);
    this.local = new Local(this, new PublicKeys(this.caller, settings.cacheMs), this.keySets, settings.tenant);
  }

  /**
   * Calls an operation by its operationId, as the OpenAPI document lists them.
   * @throws AnkaSecureError for every refusal and failure
   */
  async call<Id extends OperationId>(id: Id, ...[call]: ArgumentsOf<CallOf<Id>>): Promise<AnswerOf<Id>> {
    const { body } = await this.caller.send(operationTable[id], { ...call });
    return body as AnswerOf<Id>;
  }

  /** As `call`, with the status, the revision and the headers of the answer. */
  async answer<Id extends OperationId>(id: Id, ...[call]: ArgumentsOf<CallOf<Id>>): Promise<Answer<AnswerOf<Id>>> {
    return (await this.caller.send(operationTable[id], { ...call })) as Answer<AnswerOf<Id>>;
  }

  /** Tries an operation: every check is made, and nothing is changed. */
  async dryRun<Id extends OperationId>(id: Id, ...[call]: ArgumentsOf<CallOf<Id>>): Promise<DryRunOf<Id>> {
    const { body } = await this.caller.send(operationTable[id], { ...call }, { dryRun: true });
    return body as DryRunOf<Id>;
  }

  /**
   * All items of a list, page by page as they are read.
   * @throws AnkaSecureError as `call`; TypeError for an operation that answers no list
   */
  async *list<Id extends ListId>(id: Id, ...[call]: ArgumentsOf<CallOf<Id>>): AsyncGenerator<ItemOf<Id>, void> {
    const asked: AnyCall = { ...call };
    let cursor: string | null = null;
    do {
      const query: object = { ...asked.query, ...(cursor !== null && { cursor }) };
      const { body } = await this.caller.send(operationTable[id], { ...asked, query });
      const { items, next = null } = body as { items?: ItemOf<Id>[]; next?: string | null };
      if (!Array.isArray(items)) throw new TypeError(`${id} answers no list.`);
      yield* items;
      cursor = next;
    } while (cursor !== null);
  }

  /** Encrypts with a key in the HSM, or for its public half. */
  encrypt(item: Schemas['EncryptRequest'], options?: ItemCallOptions): Promise<Schemas['EncryptResult']> {
    return this.run('encrypt', item, options);
  }

  /** Decrypts a compact JWE in the HSM. */
  decrypt(item: Schemas['DecryptRequest'], options?: ItemCallOptions): Promise<Schemas['DecryptResult']> {
    return this.run('decrypt', item, options);
  }

  /** Signs in the HSM. */
  sign(item: Schemas['SignRequest'], options?: ItemCallOptions): Promise<Schemas['SignResult']> {
    return this.run('sign', item, options);
  }

  /** Verifies a JWS or a raw signature. One that is not valid is no error: `valid` is false. */
  verify(item: Schemas['VerifyRequest'], options?: ItemCallOptions): Promise<Schemas['VerifyResult']> {
    return this.run('verify', item, options);
  }

  private run<Name extends ItemOperation>(
    name: Name,
    item: ItemOperations[Name]['item'],
    options?: ItemCallOptions,
  ): Promise<ItemOperations[Name]['result']> {
    return (this.items[name] as ItemCalls<Name>).run(item, options);
  }
}
