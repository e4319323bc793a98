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

const labels = (all: readonly Selection[]): string =>
  all.map(({ token }) => `“${token.label}” (${token.serialNumber})`).join(', ') || 'none';

/** Selects by label and serial. The index counts only if neither is configured, because indices change when tokens are added. */
export const selectSlot = (module: Module, config: Pkcs11Config, logger: CustodyLogger): Selection => {
  const all = present(module);
  const { tokenLabel, tokenSerial, slotIndex } = config;
  if (tokenLabel === undefined && tokenSerial === undefined) {
    logger.warn(
      { partition: config.partition, slotIndex },
      'the token is selected by slot index, which can change: set token-label',
    );
    const selection = all[slotIndex];
    if (!selection)
      throw new SlotNotFound(`there is no token at slot index ${slotIndex}; ${all.length} slots have a token`);
    return selection;
  }
  const matching = all.filter(
    ({ token }) =>
      (tokenLabel === undefined || token.label === tokenLabel) &&
      (tokenSerial === undefined || token.serialNumber === tokenSerial),
  );
  const wanted = `label ${tokenLabel ?? '(any)'} and serial ${tokenSerial ?? '(any)'}`;
  if (matching.length > 1)
    throw new SlotNotFound(`${matching.length} tokens have ${wanted}: set token-serial. Present: ${labels(all)}`);
  const [selection] = matching;
  if (!selection) throw new SlotNotFound(`no token has ${wanted}. Present: ${labels(all)}`);
  return selection;
};
