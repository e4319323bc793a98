import type { Module, Slot, Token } from 'graphene-pk11';
import type { CustodyLogger, Pkcs11Config } from '../profile/config.js';

/** The configured token is missing, or cannot be told from another. The message is for the operator. */
export class SlotNotFound extends Error {}

export interface Selection {
  readonly slot: Slot;
  readonly token: Token;
}

const present = (module: Module): Selection[] => {
  const slots = module.getSlots(true);
  const found: Selection[] = [];
  for (let index = 0; index < slots.length; index++) {
    const slot = slots.items(index);
    found.push({ slot, token: slot.getToken() });
  }
  return found;
};

/** The part of a token's data that it is told from others by. */
interface Named {
  readonly token: { readonly label: string; readonly serialNumber: string };
}

const labels = (all: readonly Named[]): string =>
  all.map(({ token }) => `“${token.label}” (${token.serialNumber})`).join(', ') || 'none';

type Wanted = Pick<Pkcs11Config, 'partition' | 'slotIndex' | 'tokenLabel' | 'tokenSerial'>;

/**
 * Chooses by label and serial. The index counts only if neither is configured, because indices change when tokens are added.
 * @throws SlotNotFound
 */
export const chooseToken = <Found extends Named>(
  all: readonly Found[],
  { partition, slotIndex, tokenLabel, tokenSerial }: Wanted,
  logger: Pick<CustodyLogger, 'warn'>,
): Found => {
  if (tokenLabel === undefined && tokenSerial === undefined) {
    logger.warn({ partition, slotIndex }, 'the token is selected by slot index, which can change: set token-label');
    const chosen = all[slotIndex];
    if (!chosen)
      throw new SlotNotFound(`there is no token at slot index ${slotIndex}; ${all.length} slots have a token`);
    return chosen;
  }
  const matching = all.filter(
    ({ token }) =>
      (tokenLabel === undefined || token.label === tokenLabel) &&
      (tokenSerial === undefined || token.serialNumber === tokenSerial),
  );
  const wanted = `label ${tokenLabel ?? '(any)'} and serial ${tokenSerial ?? '(any)'}`;
  if (matching.length > 1)
    throw new SlotNotFound(`${matching.length} tokens have ${wanted}: set token-serial. Present: ${labels(all)}`);
  const [chosen] = matching;
  if (!chosen) throw new SlotNotFound(`no token has ${wanted}. Present: ${labels(all)}`);
  return chosen;
};

export const selectSlot = (module: Module, config: Pkcs11Config, logger: CustodyLogger): Selection =>
  chooseToken(present(module), config, logger);
